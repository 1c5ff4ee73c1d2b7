"""JPEG's structure: ITU-T T.81, annex B. https://www.w3.org/Graphics/JPEG/itu-t81.pdf."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workers.engines.pictures.outline import Outline
from workers.engines.pictures.refusals import MAX_SCANS, RefusedPictureError

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNATURE = b"\xff\xd8\xff"
#: The next marker; stuffed bytes and restart markers are of a scan's data. Fill bytes stand before it: to match
#: them as well would take the square of their number.
_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")
#: A camera writes some twenty; a profile, or XMP, in pieces some hundred.
_MAX_SEGMENTS = 10_000
_SOI, _EOI, _SOS, _TEM = 0xD8, 0xD9, 0xDA, 0x01
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
#: JFIF, Exif (for its orientation), the colour profile and Adobe's colour transform; other segments say nothing about
#: the pixels: XMP, further pictures, comments.
_KEPT = {0xE0: b"JFIF\0", 0xE1: b"Exif\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_APPLICATION, _COMMENT = range(0xE0, 0xF0), 0xFE


def read_jpeg(data: bytes) -> Outline:
    """Walk a JPEG's segments up to its end.

    Raises:
        RefusedPictureError: `cut`, or `damaged` where it has more than one picture's header, or too much of something.
    """
    pieces, sizes, scans = [data[:2]], [], 0
    for code, before, segment in _segments(data):
        pieces += (before, segment if _is_kept(code, segment) else b"")
        scans += code == _SOS
        if code in _FRAMES:
            sizes.append((int.from_bytes(segment[7:9], "big"), int.from_bytes(segment[5:7], "big")))
        if len(pieces) > 2 * _MAX_SEGMENTS:
            raise RefusedPictureError("damaged")
    if len(sizes) != 1 or not 1 <= scans <= MAX_SCANS:
        raise RefusedPictureError("damaged")
    ((width, height),) = sizes
    return Outline(format="jpeg", width=width, height=height, frames=1, data=b"".join(pieces))


def _segments(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield each segment's code, what stands before it (a scan's data), and the segment with its marker."""
    code, at = _SOI, 2
    while code != _EOI:
        found = _MARKER.search(data, at)
        if found is None:
            raise RefusedPictureError("cut")
        code, begin, start = found[1][0], at, found.end()
        if code in {_SOI, _TEM}:
            raise RefusedPictureError("damaged")
        at = start if code == _EOI else start + int.from_bytes(data[start : start + 2], "big")
        if at > len(data) or (code != _EOI and at < start + 2):
            raise RefusedPictureError("cut")
        yield code, data[begin : found.start()], data[found.start() : at]


def _is_kept(code: int, segment: bytes) -> bool:
    if code == _COMMENT:
        return False
    return code not in _APPLICATION or (code in _KEPT and segment[4:].startswith(_KEPT[code]))
