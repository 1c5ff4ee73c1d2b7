"""What applications do today: transcribe freely, then compare words; the method to be better than."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from ops.calibrate.evaluation import Verdict
from workers.engines.pronunciation.evidence import Thresholds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ops.calibrate.corpus import Utterance

#: A word is the one that was heard or not; a text of which half differs is another.
_FLAGGED_FROM = Thresholds(omission=1, insertion=1, mispronunciation=1, match=0.5)


def transcript(utterance: Utterance, cache_folder: Path | None) -> tuple[str, ...]:
    """Return what pocketsphinx's free dictation hears, in lower case."""
    path = None if cache_folder is None else cache_folder / f"{utterance.name}-dictation.txt"
    if path is not None and path.exists():
        return tuple(path.read_text("utf-8").split())
    words = _dictated(utterance.samples().tobytes())
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(" ".join(words), "utf-8")
    return words


def diff(words: Sequence[str], heard: Sequence[str]) -> Verdict:
    """Judge a text by the cheapest way to edit it into what was heard."""
    kept, filled, edits = _alignment(words, heard)
    flags = tuple(float(not one) for one in kept)
    return Verdict(
        words_omitted=flags,
        words_mispronounced=flags,
        gaps_filled=tuple(map(float, filled)),
        mismatch=edits / len(words),
        flagged_from=_FLAGGED_FROM,
    )


def _dictated(pcm: bytes) -> tuple[str, ...]:
    decoder = _decoder()
    decoder.start_stream()
    decoder.start_utt()
    try:
        decoder.process_raw(pcm, full_utt=True)
    finally:
        decoder.end_utt()
    hypothesis = decoder.hyp()
    words = hypothesis.hypstr.split() if hypothesis else []
    return tuple(re.sub(r"\(\d+\)$", "", word).lower() for word in words)


@cache
def _decoder() -> Any:  # noqa: ANN401 - has no types
    from pocketsphinx import Decoder  # noqa: PLC0415 - 130 MB

    return Decoder(samprate=16_000, loglevel="FATAL")


def _alignment(words: Sequence[str], heard: Sequence[str]) -> tuple[list[bool], list[int], int]:
    """Which words were kept, how many others are in each gap, and how many edits that takes (Levenshtein)."""
    table = [list(range(len(heard) + 1))]
    for row, word in enumerate(words, 1):
        line = [row]
        for column, other in enumerate(heard, 1):
            above, diagonal = table[-1][column], table[-1][column - 1]
            line.append(min(above + 1, line[-1] + 1, diagonal + (word != other)))
        table.append(line)
    kept, filled = [False] * len(words), [0] * (len(words) + 1)
    row, column = len(words), len(heard)
    while row or column:
        here = table[row][column]
        if row and column and here == table[row - 1][column - 1] + (words[row - 1] != heard[column - 1]):
            row, column = row - 1, column - 1
            kept[row] = words[row] == heard[column]
        elif row and here == table[row - 1][column] + 1:
            row -= 1
        else:
            column -= 1
            filled[row] += 1
    return kept, filled, table[-1][-1]
