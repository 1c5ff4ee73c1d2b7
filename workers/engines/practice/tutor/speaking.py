"""What the tutor says around its questions: phrases that do not come again too soon."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from workers.engines.practice.tutor.bank import filled, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workers.engines.practice.tutor.notes import Notes

_KEPT = 24


class Speech:
    """A reply in the making."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self.parts: list[str] = []

    def say(self, key: str, **words: str) -> None:
        """Say one of the phrases of this name."""
        self.choose(phrases()[key], **words)

    def choose(self, choices: Sequence[str], **words: str) -> None:
        """Say the one of these that was not said lately, or longest ago."""
        latest = {phrase: place for place, phrase in enumerate(self._notes.phrases)}
        template = min(choices, key=lambda choice: latest.get(choice, -1))
        kept = [phrase for phrase in self._notes.phrases if phrase != template]
        self._notes.phrases = (*kept, template)[-_KEPT:]
        self.add(filled(template, words))

    def add(self, text: str) -> None:
        """Say this."""
        if text:
            self.parts.append(text)


@cache
def phrases() -> Mapping[str, Sequence[str]]:
    """Return the phrases by name."""
    found: Mapping[str, Sequence[str]] = read("phrases.toml")
    return found


def listed(words: Sequence[str]) -> str:
    """Return `a, b and c`."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
