"""GIF's structure: https://www.w3.org/Graphics/GIF/spec-gif89a.txt."""

from __future__ import annotations

import struct

from workers.engines.pictures.outline import Outline
from workers.engines.pictures.refusals import MAX_FRAMES, RefusedPictureError

SIGNATURES = (b"GIF87a", b"GIF89a")
_HEADER_BYTES, _IMAGE_BYTES = 13, 10
_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
#: The extension that says which colour is transparent.
_GRAPHIC_CONTROL = 0xF9


def read_gif(data: bytes) -> Outline:
    """Walk a GIF's blocks up to its end, and count its images; only the first one is kept.

    Raises:
        RefusedPictureError: `cut`, `damaged`, `too_many_frames`.
    """
    try:
        return _read(data)
    except (IndexError, struct.error) as error:
        raise RefusedPictureError("cut") from error


def _read(data: bytes) -> Outline:
    at = _HEADER_BYTES + _table(data[10])
    size = struct.unpack_from("<HH", data, 6)
    frames, control, first = 0, b"", b""
    while data[at] != _TRAILER:
        begin = at
        if data[at] == _EXTENSION:
            at = _skipped(data, at + 2)
            control = data[begin:at] if data[begin + 1] == _GRAPHIC_CONTROL else control
        elif data[at] == _IMAGE:
            frames += 1
            # The table of colours, and a byte about the codes, stand before the image's data.
            at = _skipped(data, at + _IMAGE_BYTES + _table(data[at + 9]) + 1)
            if frames == 1:
                first = control + data[begin:at]
                size = _enlarged(size, struct.unpack_from("<HHHH", data, begin + 1))
        else:
            raise RefusedPictureError("damaged")
        if frames > MAX_FRAMES:
            raise RefusedPictureError("too_many_frames")
    head = data[: _HEADER_BYTES + _table(data[10])]
    return Outline(format="gif", width=size[0], height=size[1], frames=frames, data=head + first + bytes([_TRAILER]))


def _enlarged(screen: tuple[int, ...], image: tuple[int, ...]) -> tuple[int, ...]:
    """Return the screen's size as decoders take it: an image that is larger enlarges it."""
    left, top, width, height = image
    return max(screen[0], left + width), max(screen[1], top + height)


def _table(flags: int) -> int:
    """Return how long the table of colours is that these flags announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _skipped(data: bytes, at: int) -> int:
    """Return where a run of sub-blocks ends."""
    while length := data[at]:
        at += length + 1
    return at + 1
