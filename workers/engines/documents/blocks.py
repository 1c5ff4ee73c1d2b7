"""A document's text as its reader makes it, and the blocks that it consists of."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from workers.engines.documents.refusals import MAX_CHARACTERS, RefusedDocumentError

#: Controls, soft hyphens, zero-width characters and marks of direction: nobody sees them, and words with them are not
#: found. Joiners stay: scripts and emoji need them.
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
#: No script has so many marks on a letter, and to sort a run of them takes the square of its length.
_MARKS = re.compile(
    r"([\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{8})"
    r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
_SPACES = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n[ \n]*")


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph, an item of a list, a row of a table."""

    start: int
    """First character in the document's text."""
    end: int
    level: int | None = None
    """1 to 6 for a heading, as HTML's; None for all else."""
    page: int | None = None
    """From 1, in a document that has pages."""


@dataclass
class Reading:
    """A document's text: blocks with an empty line between them, lines of a block that stand for themselves."""

    format: str
    blocks: list[Block] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _length: int = 0

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._parts)

    def add(self, text: str, *, level: int | None = None, page: int | None = None, tight: bool = False) -> None:
        """Add a block; one without visible characters is left out.

        Args:
            text: in which a line break means that another item, row or verse begins.
            level: of a heading.
            page: on which it stands.
            tight: whether only a line break is to stand before it: an item behind another one.

        Raises:
            RefusedDocumentError: the text has become too long.
        """
        shown = seemly(text)
        if not shown:
            return
        gap = ("\n" if tight else "\n\n") if self._parts else ""
        start = self._length + len(gap)
        self._parts += (gap, shown)
        self._length = start + len(shown)
        if self._length > MAX_CHARACTERS:
            raise RefusedDocumentError("too_large")
        self.blocks.append(Block(start, self._length, level, page))


def seemly(text: str) -> str:
    """Return a text in Unicode's form C, without what can't be seen, spaces and line breaks one at a time."""
    if len(text) > 2 * MAX_CHARACTERS:
        raise RefusedDocumentError("too_large")
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    seen = unicodedata.normalize("NFC", _MARKS.sub(r"\1", _UNSEEN.sub("", whole)))
    return _BREAKS.sub("\n", _SPACES.sub(" ", seen.replace("\r\n", "\n").replace("\r", "\n"))).strip()
