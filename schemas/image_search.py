"""Which of an owner's pictures are asked for, and in which order; the same for every store."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.images import ImageEntry, normalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from schemas.images import Category
    from schemas.reply.levels import Band

_WORD = re.compile(r"\w+")
#: Korean joins words: one is looked for in the midst of another, too.
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_CURSOR = re.compile(r"\d{1,16}\.[0-9a-f-]{36}")


class CursorError(ValueError):
    """A cursor is none that a page has ended with."""


@dataclass(frozen=True, kw_only=True)
class ImageQuery:
    """What is asked for; what is None is not asked for."""

    category: Category | None = None
    difficulty: Band | None = None
    text: str = ""
    """Each of its words begins a word of the keywords or of the description; a Korean one is anywhere within one."""

    def matches(self, entry: ImageEntry) -> bool:
        """Whether a picture is what is asked for."""
        if self.category not in {None, entry.category} or self.difficulty not in {None, entry.difficulty}:
            return False
        words = set(_words(" ".join((*entry.keywords, entry.description))))
        return all(any(_is_found(asked, word) for word in words) for asked in _words(self.text))


def page(
    entries: Iterable[ImageEntry], query: ImageQuery, *, now: datetime, limit: int, cursor: str | None
) -> tuple[Sequence[ImageEntry], str | None]:
    """Return the pictures that match, the latest first, and where the next page begins; None where there is none.

    Args:
        entries: all of an owner's, in any order.
        query: what is asked for.
        now: those whose retention is over by then are left out: a table deletes late.
        limit: how many.
        cursor: where the page begins, as the page before has ended.

    Raises:
        CursorError: the cursor is none.
    """
    before = _place_of(cursor) if cursor is not None else None
    live = (one for one in entries if one.expires_at > now and query.matches(one))
    ordered = sorted((one for one in live if before is None or _place(one) < before), key=_place, reverse=True)
    more = len(ordered) > limit
    return ordered[:limit], _cursor(ordered[limit - 1]) if more else None


def _words(text: str) -> list[str]:
    return _WORD.findall(normalised(text))


def _is_found(asked: str, word: str) -> bool:
    return asked in word if _HANGUL.search(asked) else word.startswith(asked)


def _place(entry: ImageEntry) -> tuple[int, str]:
    return round(entry.created_at.timestamp() * 1000), entry.id


def _cursor(entry: ImageEntry) -> str:
    milliseconds, image_id = _place(entry)
    return f"{milliseconds}.{image_id}"


def _place_of(cursor: str) -> tuple[int, str]:
    if not _CURSOR.fullmatch(cursor):
        raise CursorError("no cursor")
    milliseconds, _, image_id = cursor.partition(".")
    return int(milliseconds), image_id
