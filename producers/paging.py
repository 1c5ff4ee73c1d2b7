"""Cursors of lists, as they come with requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from producers.failures import invalid
from producers.problems import FieldError
from schemas.paging import CursorError, place_of

if TYPE_CHECKING:
    from schemas.paging import Place


def begin_at(cursor: str | None) -> Place | None:
    """Return the place behind which a page begins; None for the first page.

    Raises:
        ProblemError: the cursor is none that a page has ended with.
    """
    try:
        return place_of(cursor) if cursor is not None else None
    except CursorError:
        raise invalid([FieldError(field="cursor", message="Should be `next` of a page", code="cursor")]) from None
