"""BMP's headers: https://learn.microsoft.com/windows/win32/gdi/bitmap-header-types."""

from __future__ import annotations

import struct

from workers.engines.pictures.outline import Outline
from workers.engines.pictures.refusals import RefusedPictureError

SIGNATURE = b"BM"
_CORE_BYTES = 12
_INFO_BYTES = range(16, 125)


def read_bmp(data: bytes) -> Outline:
    """Read a BMP's headers; where it ends is not in them.

    Raises:
        RefusedPictureError: `damaged`, `unsupported` where the header is of no known length.
    """
    try:
        (length,) = struct.unpack_from("<I", data, 14)
        width, height = struct.unpack_from("<HH" if length == _CORE_BYTES else "<ii", data, 18)
    except struct.error as error:
        raise RefusedPictureError("cut") from error
    if length != _CORE_BYTES and length not in _INFO_BYTES:
        raise RefusedPictureError("unsupported")
    # Below nothing where rows go from top to bottom.
    return Outline(format="bmp", width=width, height=abs(height), frames=1, data=data)
