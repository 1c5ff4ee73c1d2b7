"""PNG's structure, and its animations': https://www.w3.org/TR/png-3/."""

from __future__ import annotations

import struct
import zlib

from workers.engines.pictures.outline import Outline
from workers.engines.pictures.refusals import RefusedPictureError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = struct.Struct(">I4s")
#: Length, type and checksum around a chunk's content.
_AROUND = 12
_IHDR_BYTES = 13
#: What says something about the pixels, or about which side is up; not texts, times, frames of an animation.
_KEPT = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"iCCP", b"eXIf"}


def read_png(data: bytes) -> Outline:
    """Walk a PNG's chunks up to its end.

    Raises:
        RefusedPictureError: `cut`, or `damaged` where it does not begin as it should, or a checksum is wrong.
    """
    pieces, frames, at, kind = [data[: len(SIGNATURE)]], 1, len(SIGNATURE), b""
    if data[at : at + 8] != _HEADER.pack(_IHDR_BYTES, b"IHDR"):
        raise RefusedPictureError("damaged")
    while kind != b"IEND":
        if at + _AROUND > len(data):
            raise RefusedPictureError("cut")
        length, kind = _HEADER.unpack_from(data, at)
        end = at + _AROUND + length
        if end > len(data):
            raise RefusedPictureError("cut")
        if kind in _KEPT:
            # Pillow looks at none of the checksums of pixels.
            if zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
                raise RefusedPictureError("damaged")
            pieces.append(data[at:end])
        if kind == b"acTL":
            frames = int.from_bytes(data[at + 8 : at + 12], "big")
        at = end
    width, height = struct.unpack_from(">II", data, len(SIGNATURE) + 8)
    return Outline(format="png", width=width, height=height, frames=frames, data=b"".join(pieces))
