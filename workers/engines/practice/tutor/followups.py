"""Questions about what the learner has just spoken of."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from workers.engines.practice.tutor.bank import Question, any_of, lines_of, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from schemas.reply.levels import Band
    from workers.engines.practice.tutor.mention import Mention, Tense

#: What comes first where a message speaks of several things.
ORDER = [
    "illness",
    "feeling",
    "cannot",
    "wish",
    "task",
    "event",
    "activity",
    "show",
    "place",
    "venue",
    "animal",
    "being",
    "work",
    "genre",
    "food",
    "thing",
    "person",
    "past",
    "other",
    "weather",
    "opinion",
]


def follow_ups(mention: Mention, band: Band, told: Sequence[str]) -> Iterator[Question]:
    """Yield what may be asked about a thing; what the learner has told of it is left out."""
    for when, question in lines(*_block(mention, band)):
        fits = when in {"any", mention.tense} or (when == "own" and mention.own)
        if fits and question.aspect not in told:
            yield question.about(**mention.words)


def staying(tense: Tense, band: Band, *, sound: str | None, first: bool, mood: str | None) -> Iterator[Question]:
    """Yield questions that stay with what was said, whatever it was.

    Args:
        tense: when that was.
        band: the learner's.
        sound: how it sounded: `glad` or `sorry`, if either.
        first: whether the learner did it, or has it.
        mood: `loss` where something sad was told.
    """
    fitting = {"any", tense, sound, "first" if first and tense == "now" else tense}
    for when, question in lines("stay", f"{mood}_{band}" if mood else band):
        if when in fitting:
            yield question


def told_in(text: str) -> set[str]:
    """Return what a text tells about the thing that it speaks of: `when`, `who` ..."""
    return {aspect for aspect, cues in _told().items() if cues.search(text)}


def _block(mention: Mention, band: Band) -> tuple[str, str]:
    blocks = _blocks()
    if mention.disliked:
        sort = mention.sort if f"dislike_{band}" in blocks.get(mention.sort, {}) else "other"
        return sort, f"dislike_{band}"
    if mention.good and f"joy_{band}" in blocks[mention.sort]:
        return mention.sort, f"joy_{band}"
    return mention.sort, band


@cache
def lines(sort: str, block: str) -> Sequence[tuple[str, Question]]:
    """Return when each question of a block fits, and the question."""
    found = []
    for asks, text, korean, starter in lines_of(_blocks().get(sort, {}).get(block, "")):
        aspect, when = asks.split("/")
        question = Question(
            id=f"{sort}/{block}/{aspect}/{when}", aspect=aspect, text=text, korean=korean, starter=starter
        )
        found.append((when, question))
    return found


@cache
def _blocks() -> Mapping[str, Mapping[str, str]]:
    return read("followups.toml")


@cache
def _told() -> Mapping[str, re.Pattern[str]]:
    when = read("praise.toml")["said_when"]["pattern"]
    return {
        aspect: re.compile(
            f"{any_of(cues).pattern}|{when}" if aspect == "when" else any_of(cues).pattern, re.IGNORECASE
        )
        for aspect, cues in _blocks()["told"].items()
    }
