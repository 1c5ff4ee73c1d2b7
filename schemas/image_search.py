"""Which of an owner's pictures are asked for, and in which order; the same for every store."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.images import ImageEntry, normalised
from schemas.paging import cursor_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from schemas.images import Category
    from schemas.reply.levels import Band

_WORD = re.compile(r"\w+")
#: Korean joins words: one is looked for in the midst of another, too.
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
#: Entries that are looked at for one page: then it ends, be it short, and the next one goes on.
MAX_EXAMINED = 1_000


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
    entries: Iterable[ImageEntry], query: ImageQuery, *, now: datetime, limit: int
) -> tuple[Sequence[ImageEntry], str | None]:
    """Return the pictures that match, and the cursor of the next page; None where there is none.

    A page is short, or empty, where `MAX_EXAMINED` entries had no more that match; the next one goes on behind them.

    Args:
        entries: an owner's, the latest first, from where the page begins; iterated over no further than is needed.
        query: what is asked for.
        now: those whose retention is over by then are left out: a table deletes late.
        limit: how many.
    """
    found: list[ImageEntry] = []
    for examined, entry in enumerate(entries, 1):
        if entry.expires_at > now and query.matches(entry):
            if len(found) == limit:
                return found, cursor_at(found[-1].place)
            found.append(entry)
        if examined == MAX_EXAMINED:
            return found, cursor_at(entry.place)
    return found, None


def _words(text: str) -> list[str]:
    return _WORD.findall(normalised(text))


def _is_found(asked: str, word: str) -> bool:
    return asked in word if _HANGUL.search(asked) else word.startswith(asked)
