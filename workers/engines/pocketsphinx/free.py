"""Free dictation by pocketsphinx's general language model; of learners' speech most words come out wrong."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from workers.engines.pocketsphinx.grammar.choosing import decode, new_decoder, plain
from workers.engines.pocketsphinx.pieces import pieces
from workers.engines.ports import RECORDING_HZ

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    from numpy.typing import NDArray

#: A minute at once takes half a gigabyte.
PIECE_S = 20.0


@cache
def dictation() -> Any:  # noqa: ANN401 - pocketsphinx has no types
    """Load decoder and language model, about 100 MB; once per process, or before it is forked."""
    return new_decoder()


def dictate(samples: NDArray[np.int16], checkpoint: Callable[[float], None]) -> Iterator[tuple[str, int, int, float]]:
    """Yield words of mono PCM s16 at 16 kHz: word, first frame, frame after the last, posterior 0 to 1.

    `checkpoint` is told, piece by piece, which fraction is done.
    """
    decoder = dictation()
    for start, piece in pieces(samples, longest_s=PIECE_S):
        checkpoint(start / len(samples))
        decode(decoder, piece)
        if decoder.hyp() is None:
            continue
        offset = start * 100 // RECORDING_HZ
        for segment in decoder.seg():
            word = plain(segment.word)
            if word[:1].isalnum() or word[:1] == "'":
                posterior = min(1.0, max(0.0, segment.prob))
                yield word, segment.start_frame + offset, segment.end_frame + 1 + offset, posterior
