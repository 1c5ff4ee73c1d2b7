"""Lists that are read page by page, the latest first: a page ends with a cursor, after which the next one begins.

A cursor names the last entry that was looked at, by its time and id. What comes in front of it meanwhile moves nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime

#: Milliseconds since 1970, and an id: where an entry stands in its list.
Place: TypeAlias = tuple[int, str]

#: Longest cursor, in characters.
MAX_CURSOR = 81
_CURSOR = re.compile(r"([0-9]{1,16})\.([A-Za-z0-9][A-Za-z0-9_-]{0,63})")


class CursorError(ValueError):
    """A cursor is none that a page has ended with."""


def place(at: datetime, item_id: str) -> Place:
    """Return where an entry stands that is sorted by this time."""
    return round(at.timestamp() * 1000), item_id


def cursor_at(place: Place) -> str:
    """Return the cursor of a page that ends here."""
    milliseconds, item_id = place
    return f"{milliseconds}.{item_id}"


def place_of(cursor: str) -> Place:
    """Return where a page has ended.

    Raises:
        CursorError: the cursor is none.
    """
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise CursorError("no cursor")
    return int(found[1]), found[2]
