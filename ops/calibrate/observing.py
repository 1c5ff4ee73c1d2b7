"""Aligning a corpus with its true and its changed texts; what was computed once is kept in a folder."""

from __future__ import annotations

import hashlib
import pickle
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import workers.engines.pronunciation as engine
from ops.calibrate.perturbations import Perturber, Reference
from ops.calibrate.vocabulary import Vocabulary
from workers.engines.pronunciation.acoustic.model import load_model, model_folder
from workers.engines.pronunciation.alignment.aligner import Alignment, align

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ops.calibrate.corpus import Utterance


@dataclass(frozen=True)
class Observation:
    """A recording aligned with one text."""

    utterance: Utterance
    reference: Reference
    alignment: Alignment


def vocabulary() -> Vocabulary:
    """Return the dictionary of the model, with its 39 phones."""
    definition = load_model().definition
    phones = tuple(definition.names[number] for number in definition.speech)
    return Vocabulary(model_folder() / "cmudict-en-us.dict", phones)


def known(utterances: Sequence[Utterance], words: Vocabulary) -> list[Utterance]:
    """Leave out utterances with a word that is not in the dictionary: its pronunciation would be a guess."""
    return [utterance for utterance in utterances if all(word in words for word in utterance.words)]


def observe(utterances: Sequence[Utterance], *, rounds: int, cache_folder: Path | None) -> Iterator[list[Observation]]:
    """Align each utterance with its texts; yields the observations of one utterance after the other."""
    words = vocabulary()
    chosen = known(utterances, words)
    perturber = Perturber(words, chosen)
    for utterance in chosen:
        references = list(perturber.references(utterance, rounds))
        alignments = _kept(utterance, references, words, cache_folder)
        yield [
            Observation(utterance, reference, alignment)
            for reference, alignment in zip(references, alignments, strict=True)
        ]


def _kept(
    utterance: Utterance, references: Sequence[Reference], words: Vocabulary, folder: Path | None
) -> list[Alignment]:
    if folder is None:
        return _aligned(utterance, references, words)
    path = folder / f"{utterance.name}-{_fingerprint(utterance, references)}.pickle"
    if path.exists():
        kept: list[Alignment] = pickle.loads(path.read_bytes())  # noqa: S301 - of our own making
        return kept
    alignments = _aligned(utterance, references, words)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps(alignments))
    return alignments


def _aligned(utterance: Utterance, references: Sequence[Reference], words: Vocabulary) -> list[Alignment]:
    model = load_model()
    texts = [[words.variants[word] for word in reference.words] for reference in references]
    return align(model, model.scores(utterance.samples()), texts, checkpoint=lambda: None)


def _fingerprint(utterance: Utterance, references: Sequence[Reference]) -> str:
    """Of everything that the alignments depend on."""
    parts = (_code(), repr(references), str(utterance.path.stat().st_size))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


@cache
def _code() -> str:
    """Of the engine's sources that make alignments, and of the model's version."""
    folder = Path(next(iter(engine.__path__)))
    paths = [*(folder / "acoustic").glob("*.py"), *(folder / "alignment").glob("*.py"), folder / "goodness.py"]
    digest = hashlib.sha256(load_model().version.encode())
    for path in sorted(paths):
        digest.update(path.read_bytes())
    return digest.hexdigest()
