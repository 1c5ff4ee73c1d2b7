"""What applications do today: transcribe freely, then compare words; the method to be better than."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.calibrate.edits import compared
from ops.calibrate.evaluation import Verdict
from workers.engines.pocketsphinx.free import dictation
from workers.engines.pocketsphinx.grammar.choosing import decode, plain
from workers.engines.pronunciation.evidence import Thresholds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from ops.calibrate.corpus import Utterance

#: A word is the one that was heard or not; a text of which half differs is another.
_FLAGGED_FROM = Thresholds(omission=1, insertion=1, mispronunciation=1, match=0.5)


def transcript(utterance: Utterance, cache_folder: Path | None) -> tuple[str, ...]:
    """Return what pocketsphinx's free dictation hears, in lower case."""
    path = None if cache_folder is None else cache_folder / f"{utterance.name}-dictation.txt"
    if path is not None and path.exists():
        return tuple(path.read_text("utf-8").split())
    words = _dictated(utterance.samples())
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(" ".join(words), "utf-8")
    return words


def diff(words: Sequence[str], heard: Sequence[str]) -> Verdict:
    """Judge a text by the cheapest way to edit it into what was heard."""
    found = compared(words, heard)
    flags = tuple(map(float, found.missing))
    return Verdict(
        words_omitted=flags,
        words_mispronounced=flags,
        gaps_filled=tuple(map(float, found.filled)),
        mismatch=found.edits / len(words),
        flagged_from=_FLAGGED_FROM,
    )


def _dictated(samples: NDArray[np.int16]) -> tuple[str, ...]:
    decoder = dictation()
    decode(decoder, samples)
    hypothesis = decoder.hyp()
    words = hypothesis.hypstr.split() if hypothesis else []
    return tuple(plain(word).lower() for word in words)
