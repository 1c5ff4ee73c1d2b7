"""WebP's structure: RFC 9649, https://www.rfc-editor.org/rfc/rfc9649."""

from __future__ import annotations

import struct

from workers.engines.pictures.outline import Outline
from workers.engines.pictures.refusals import RefusedPictureError

_HEADER_BYTES, _CHUNK_BYTES = 12, 8
#: The start code of a lossy key frame, behind its frame tag.
_KEY_FRAME = b"\x9d\x01\x2a"
_LOSSLESS = 0x2F


def is_webp(data: bytes) -> bool:
    """Whether a file begins as a WebP does."""
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def read_webp(data: bytes) -> Outline:
    """Walk a WebP's chunks up to its end.

    Raises:
        RefusedPictureError: `cut`, or `damaged` where it has no size.
    """
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise RefusedPictureError("cut")
    size, frames, at = None, 0, _HEADER_BYTES
    while at + _CHUNK_BYTES <= end:
        kind, length = struct.unpack_from("<4sI", data, at)
        begin = at + _CHUNK_BYTES
        at = begin + length + length % 2
        if begin + length > end:
            raise RefusedPictureError("cut")
        size = size or _size(kind, data[begin : begin + 10])
        frames += kind == b"ANMF"
    if size is None:
        raise RefusedPictureError("damaged")
    return Outline(format="webp", width=size[0], height=size[1], frames=max(1, frames), data=data[:end])


def _size(kind: bytes, content: bytes) -> tuple[int, int] | None:
    """Return the size that a chunk gives; None where it gives none."""
    if len(content) < (5 if kind == b"VP8L" else 10):
        return None
    if kind == b"VP8X":
        return 1 + int.from_bytes(content[4:7], "little"), 1 + int.from_bytes(content[7:10], "little")
    if kind == b"VP8 " and content[3:6] == _KEY_FRAME:
        width, height = struct.unpack_from("<HH", content, 6)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L" and content[0] == _LOSSLESS:
        bits = int.from_bytes(content[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return None
