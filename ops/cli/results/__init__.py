"""What a result says at a glance, for kinds of which that is more than their files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.cli.results import pictures, speech, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ops.cli.results.rows import Rows
    from schemas.job import JsonObject

__all__ = ["glance"]

_KINDS: Mapping[str, Callable[[JsonObject], Rows]] = {
    "analysis": text.analysis,
    "document": text.document,
    "image": pictures.image,
    "picture": pictures.picture,
    "pronunciation": speech.pronunciation,
    "reply": text.reply,
    "transcription": speech.transcription,
}


def glance(kind: str, result: JsonObject) -> Rows:
    """Yield rows of a label and what it is about."""
    rows = _KINDS.get(kind)
    if rows:
        yield from rows(result)
