"""What there is to talk about: words by sort, with their Korean."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from workers.engines.practice.tutor.bank import lines_of, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_LANGUAGES = {"english", "korean food", "chinese food", "japanese food", "chuseok", "seollal", "christmas"}


@dataclass(frozen=True, kw_only=True)
class Thing:
    """A word of the list."""

    word: str
    sort: str
    """For example `food`; `play`, `do`, `go` and `listen` are activities, `plain` is nothing to ask about."""
    countable: bool


@cache
def things() -> Mapping[str, Thing]:
    """Return all words of the list, in small letters."""
    found: dict[str, Thing] = {}
    for sort, block in read("things.toml").items():
        for line in lines_of(block):
            word = line[0].rstrip("~")
            found.setdefault(word, Thing(word=word, sort=sort, countable=not line[0].endswith("~")))
    return found


@cache
def korean_stems() -> Sequence[tuple[str, str]]:
    """Return stems of Korean verbs and adjectives, and adverbs, with their English."""
    return [(line[0], line[1]) for line in lines_of(read("korean.toml")["stems"])]


@cache
def korean_words() -> Sequence[tuple[str, str]]:
    """Return Korean words and stems with their English, longest first."""
    pairs = [
        (line[1], line[0].rstrip("~"))
        for block in read("things.toml").values()
        for line in lines_of(block)
        if len(line) > 1 and line[1]
    ]
    others = [(line[0], line[1]) for line in lines_of(read("korean.toml")["nouns"])]
    named = [(korean, _spelt(english)) for korean, english in pairs]
    return sorted(dict([*korean_stems(), *others, *named]).items(), key=lambda pair: (-len(pair[0]), pair[0]))


def _spelt(english: str) -> str:
    """Give names their capital letters."""
    thing = things().get(english)
    name = (thing is not None and thing.sort == "place" and not thing.countable) or english in _LANGUAGES
    return english.title() if name else english
