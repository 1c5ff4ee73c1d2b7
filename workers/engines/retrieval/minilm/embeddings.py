"""The embedded model as `Embeddings`: texts in, vectors out, in batches that take little memory."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from workers.engines.retrieval.minilm.network import SIZE, Network
from workers.engines.retrieval.minilm.weights import model_folder, rows, weights
from workers.engines.retrieval.minilm.wordpiece import WordPiece
from workers.engines.retrieval.scripts import is_latin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from workers.engines.ports import RetrievalCall

#: What the model was trained with; the rest of a longer text is not seen.
_MOST_TOKENS = 256
#: Tokens of a batch, padding included: 512 take 8 MB; more are no faster.
_BATCH_TOKENS = 512


class MiniLM:
    """Implements Embeddings for English, in this process."""

    name = "all-MiniLM-L6-v2"
    dimensions = SIZE
    is_local = True
    #: Questions of tests/documents/tuning.tsv have 0.42 and more on the topic, 0.30 and less off it.
    support = 0.37
    #: One in fifty of those on the topic has less, and one in four of near-tuning.tsv in English, which none answers.
    lead = 0.055

    def __init__(self, folder: Path) -> None:
        self.pieces = WordPiece(folder / "vocab.txt")
        file = folder / "model.safetensors"
        self._network = Network(weights(file), rows(file, "embeddings.word_embeddings.weight"))

    def reads(self, text: str) -> bool:
        """Whether a text is in Latin letters: others come out as pieces without meaning."""
        return is_latin(text)

    def of_passages(self, texts: Sequence[str], call: RetrievalCall) -> NDArray[np.float32]:
        """Embed texts, about 45 ms each of a passage's length."""
        encoded = [self.pieces.encode(text, most=_MOST_TOKENS) for text in texts]
        found = np.zeros((len(texts), SIZE), np.float32)
        done = 0
        for batch in _batches(encoded):
            if done:  # a question is over at once, and no step of its job
                call.progress(done / len(texts), "embedding")
            found[batch] = self._network.embed(*_padded([encoded[number] for number in batch]))
            done += len(batch)
        return found

    def of_question(self, text: str, call: RetrievalCall) -> NDArray[np.float32]:
        """Embed a question as a passage is: the model knows no difference."""
        row: NDArray[np.float32] = self.of_passages([text], call)[0]
        return row

    def close(self) -> None:
        """Nothing is held but memory that is shared."""


@cache
def load_minilm() -> MiniLM | None:
    """Return the model; None where it is not installed."""
    folder = model_folder()
    return MiniLM(folder) if folder else None


def _batches(encoded: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Numbers of texts of about the same length."""
    batch: list[int] = []
    for number in sorted(range(len(encoded)), key=lambda number: len(encoded[number])):
        if batch and (len(batch) + 1) * len(encoded[number]) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def _padded(encoded: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    longest = max(map(len, encoded))
    ids = np.zeros((len(encoded), longest), np.int64)
    mask = np.zeros((len(encoded), longest), np.float32)
    for row, tokens in enumerate(encoded):
        ids[row, : len(tokens)] = tokens
        mask[row, : len(tokens)] = 1
    return ids, mask
