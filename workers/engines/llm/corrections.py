"""A model's corrections, put in their places: it copies words of the message, we look where those stand.

What it "copies" that is not in the message is dropped, and so is a correction that changes nothing or overlaps another.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from schemas.reply.answers import Correction
from workers.engines.llm.said import Said
from workers.engines.llm.texts import comparable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class SaidCorrection(Said):
    """A mistake in the message."""

    original: str
    suggestion: str | None = None
    rule: str
    note: str


class Span(NamedTuple):
    """Where words stand: first character and one past the last."""

    start: int
    end: int


def placed(said: Sequence[SaidCorrection], message: str) -> tuple[Correction, ...]:
    """Return the corrections by their places in the message, in order."""
    found = sorted(_placed(said, message), key=lambda correction: correction.start)
    return tuple(found)


def find(words: str, message: str, taken: Iterable[Span] = (), *, after: int = 0) -> Span | None:
    """Return where the words stand that are not taken yet: first as whole words after a place, last anywhere."""
    wanted = re.escape(comparable(words).strip())
    plain = comparable(message)
    if not wanted:
        return None
    whole = rf"(?<!\w){wanted}(?!\w)"
    tries = ((whole, after, 0), (whole, 0, 0), (whole, 0, re.IGNORECASE), (wanted, 0, 0))
    for pattern, start, flags in tries:
        for match in re.compile(pattern, flags).finditer(plain, start):
            if all(match.end() <= span.start or match.start() >= span.end for span in taken):
                return Span(*match.span())
    return None


def _placed(said: Iterable[SaidCorrection], message: str) -> Iterator[Correction]:
    taken: list[Span] = []
    for each in said:
        span = find(each.original, message, taken, after=taken[-1].end if taken else 0)
        if span is None or message[span.start : span.end] == each.suggestion:
            continue
        taken.append(span)
        yield Correction(
            start=span.start,
            end=span.end,
            original=message[span.start : span.end],
            suggestion=each.suggestion,
            rule=each.rule,
            note=each.note,
        )


def corrected(message: str, corrections: Sequence[Correction]) -> str:
    """Return the message with every suggestion in its place."""
    text = message
    for each in reversed(corrections):
        if each.suggestion is not None:
            text = text[: each.start] + each.suggestion + text[each.end :]
    return text
