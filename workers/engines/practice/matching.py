"""Which of a few topics is meant by a learner's own words."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_HANGUL = re.compile(r"[가-힣]")
#: What may stand behind a noun of one syllable, which else is found in every third word: 일 in 일본.
_BEHIND = r"(?:[은는이가을를의도과와에로]|에서|으로|하기|이야기|얘기)?(?![가-힣])"


def cues_of(text: str) -> tuple[str, ...]:
    """Read cues, separated by `|`; English ones in small letters."""
    return tuple(cue.strip() for cue in text.split("|") if cue.strip())


def nearest(asked: str, cues: Mapping[str, tuple[str, ...]]) -> str | None:
    """Return the topic whose cues cover most of what was asked for, None where none does.

    An English cue is a whole word, in the singular or plural; a Korean one of two syllables may stand in a longer word.
    The first of two equal ones is taken.
    """
    text = asked.casefold()
    found = {name: sum(len(cue) for cue in own if _pattern(cue).search(text)) for name, own in cues.items()}
    best = max(found, key=lambda name: found[name])
    return best if found[best] else None


@cache
def _pattern(cue: str) -> re.Pattern[str]:
    if not _HANGUL.search(cue):
        return re.compile(rf"\b{re.escape(cue)}(?:s|es)?\b")
    return re.compile(re.escape(cue) if len(cue) > 1 else rf"(?<![가-힣]){cue}{_BEHIND}")
