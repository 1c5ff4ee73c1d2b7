"""Collections of documents: where an owner's lie in the bucket, and what the names of their files say.

`users/{owner}/collections/{collection}/{document}.{version}.{passages}.{contents}.passages`: document and contents are
hashes. Of the files of one document the one of the highest version counts. So a name never stands for other contents,
and may be cached by; and two writers at once leave one of two whole versions.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Annotated, NamedTuple

from pydantic import Field

from schemas.files import user_folder

if TYPE_CHECKING:
    from collections.abc import Iterable

CollectionName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
"""An owner's collection of documents."""

_NAME = re.compile(r"([0-9a-f]{32})\.([0-9]{6})\.([0-9]{4})\.([0-9a-f]{32})\.passages")


class SegmentName(NamedTuple):
    """A file's name, taken apart; of the names of one document the greatest is the one that counts."""

    document: str
    version: int
    passages: int
    contents: str

    def __str__(self) -> str:
        return f"{self.document}.{self.version:06}.{self.passages:04}.{self.contents}.passages"

    def key(self, number: int) -> str:
        """Return the name of one passage's vector, in a vendor's index."""
        return f"{self}#{number}"


def parse(name: str) -> SegmentName | None:
    """Take a name apart; None for any other file's."""
    found = _NAME.fullmatch(name)
    return SegmentName(found[1], int(found[2]), int(found[3]), found[4]) if found else None


def newest(names: Iterable[str]) -> dict[str, SegmentName]:
    """Return the segments that count, by document."""
    found: dict[str, SegmentName] = {}
    for segment in filter(None, map(parse, names)):
        found[segment.document] = max(segment, found.get(segment.document, segment))
    return found


def document_key(name: str) -> str:
    """Return what stands for a document in the names of its files."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def collections_folder(owner: str) -> str:
    """Return the prefix of all collections of an owner."""
    return f"{user_folder(owner)}collections/"


def collection_prefix(owner: str, collection: str) -> str:
    """Return the prefix of all that a collection has in the bucket."""
    return f"{collections_folder(owner)}{collection}/"
