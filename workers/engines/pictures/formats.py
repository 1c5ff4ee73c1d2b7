"""Which format a file is of, told by its first bytes alone: what it is called does not matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engines.pictures import bmp, gif, jpeg, png
from workers.engines.pictures.refusals import RefusedPictureError
from workers.engines.pictures.webp import is_webp, read_webp

if TYPE_CHECKING:
    from workers.engines.pictures.outline import Outline


def outline_of(data: bytes) -> Outline:
    """Read a file's outline, and see that it is within limits.

    Raises:
        RefusedPictureError: it is not taken.
    """
    found = _read(data)
    found.require_fit()
    return found


def _read(data: bytes) -> Outline:
    if data.startswith(jpeg.SIGNATURE):
        return jpeg.read_jpeg(data)
    if data.startswith(png.SIGNATURE):
        return png.read_png(data)
    if data.startswith(gif.SIGNATURES):
        return gif.read_gif(data)
    if is_webp(data):
        return read_webp(data)
    if data.startswith(bmp.SIGNATURE):
        return bmp.read_bmp(data)
    raise RefusedPictureError("unsupported")
