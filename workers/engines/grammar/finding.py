"""What the checker has to say of a text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that one would say in another way."""

    start: int
    """First character (Unicode code point) in the text."""
    end: int
    """One past the last; equal to `start` where something is missing."""
    original: str
    """What stands there."""
    suggestion: str | None
    """What to put there; empty to leave it out, None where the checker knows no better."""
    rule: str
    """The rule's stable name, for example `agreement`."""
    note_en: str
    """Why, for the learner, in English."""
    note_ko: str
    """The same in Korean."""
