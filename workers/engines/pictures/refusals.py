"""Why a picture is not taken; raised in the picture process, told to the job's owner by `processor.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Longest file, as the kind takes in.
MAX_BYTES = 20_000_000
#: Most pixels: of most formats all must be held, of WebP four times by its decoder, and of JPEG a quarter: one with
#: more than `HALVED_ABOVE` is decoded at half its size.
MAX_PIXELS: Mapping[str, int] = {
    "jpeg": 50_000_000,
    "png": 25_000_000,
    "gif": 25_000_000,
    "bmp": 25_000_000,
    "webp": 16_000_000,
}
HALVED_ABOVE = 25_000_000
#: Most frames of an animation, of which the first is kept.
MAX_FRAMES = 1_000
#: Most scans of a JPEG: progressive ones have some ten, and each costs a pass over all coefficients.
MAX_SCANS = 64
#: Longer sides of what is made.
ORIGINAL_SIDE, PROCESSED_SIDE, THUMBNAIL_SIDE = 4096, 1024, 256

FORMATS = "JPEG, PNG, WebP, GIF, BMP"

#: By reason: the error's code, and what the job's owner is told.
REFUSALS: Mapping[str, tuple[str, str]] = {
    "unsupported": (
        "unsupported_picture",
        (
            f"The file is no picture in one of the formats that are taken: {FORMATS}. Save HEIC, TIFF, SVG and others "
            "as JPEG or PNG."
        ),
    ),
    "damaged": (
        "unreadable_picture",
        f"The picture can't be read: it is damaged, or in a format other than these: {FORMATS}.",
    ),
    "cut": ("unreadable_picture", "The picture is incomplete: its file ends too early. Send it again."),
    "slow": ("unreadable_picture", f"The picture takes too long to read. Save it anew, as one of these: {FORMATS}."),
    "too_many_bytes": ("picture_too_large", f"The file is larger than {MAX_BYTES // 10**6} MB. Send it compressed."),
    "too_many_pixels": (
        "picture_too_large",
        (
            "The picture has too many pixels: a JPEG may have 50 million, a WebP 16 million, others 25 million. Send "
            "it smaller."
        ),
    ),
    "too_many_frames": (
        "picture_too_large",
        f"The animation has more than {MAX_FRAMES:,} frames. Send the one that is to be kept.",
    ),
}


class RefusedPictureError(Exception):
    """The picture is not taken; its argument is the reason, a key of `REFUSALS`."""
