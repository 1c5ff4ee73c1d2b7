"""The files of a collection: one for each document, with its passages and their vectors.

What their names say is in `schemas.collections`.
"""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.collections import SegmentName, document_key, parse
from workers.engines.ports import Passage

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from workers.engines.ports import Document

MIME = "application/octet-stream"
#: Grows when passages of the same document would be stored in another form.
_FORM = 1
_LENGTH = struct.Struct(">I")


@dataclass(frozen=True)
class Segment:
    """A document as it lies in the folder."""

    passages: tuple[Passage, ...]
    embeddings: str | None
    """Which model has made vectors of its passages, wherever they lie."""
    vectors: NDArray[np.float32] | None
    """A row for each passage; None where there are none, or where they lie elsewhere."""


def parse_key(key: str) -> tuple[str, int] | None:
    """Return a segment's name and the number of a passage; None for a key that is none of ours."""
    name, _, number = key.partition("#")
    return (name, int(number)) if parse(name) and number.isdecimal() else None


def name_for(document: Document, embeddings: str | None, before: SegmentName | None) -> SegmentName:
    """Return the name of a document's segment: that of the one before, where nothing has changed."""
    contents = _hash(json.dumps([_FORM, embeddings, *_rows(document.passages)], ensure_ascii=False))
    if before is not None and before.contents == contents:
        return before
    version = before.version + 1 if before else 1
    return SegmentName(document_key(document.name), version, len(document.passages), contents)


def encoded(segment: Segment) -> bytes:
    """Return a file: the length of a JSON header, the header, rows of little-endian float32."""
    document = segment.passages[0].document
    header = {"document": document, "embeddings": segment.embeddings, "passages": _rows(segment.passages)}
    head = json.dumps(header, ensure_ascii=False).encode()
    return (
        _LENGTH.pack(len(head)) + head + (b"" if segment.vectors is None else segment.vectors.astype("<f4").tobytes())
    )


def decoded(data: bytes) -> Segment:
    """Read a file that `encoded` has made."""
    (length,) = _LENGTH.unpack_from(data)
    body = _LENGTH.size + length
    header = json.loads(data[_LENGTH.size : body])
    passages = tuple(
        Passage(document=header["document"], section=section, start=start, text=text)
        for section, start, text in header["passages"]
    )
    return Segment(passages, header["embeddings"], _matrix(data[body:], len(passages)))


def _matrix(data: bytes, rows: int) -> NDArray[np.float32] | None:
    if not data:
        return None
    import numpy as np  # noqa: PLC0415 - collections without vectors need none of it

    return np.frombuffer(data, dtype="<f4").reshape(rows, -1)


def _rows(passages: Iterable[Passage]) -> list[tuple[str, int, str]]:
    return [(passage.section, passage.start, passage.text) for passage in passages]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
