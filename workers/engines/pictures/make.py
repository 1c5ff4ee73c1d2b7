"""The three pictures that are made of one; runs in the picture process."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from workers.engines.pictures.decode import decoded
from workers.engines.pictures.refusals import MAX_BYTES, PROCESSED_SIDE, THUMBNAIL_SIDE

if TYPE_CHECKING:
    from workers.engines.pictures.outline import Outline

#: What an original is written as, by its format: without loss where it had none.
_ORIGINALS = {"jpeg": "jpeg", "webp": "webp", "png": "png", "gif": "png", "bmp": "png"}
_QUALITY, _SMALL_QUALITY = 92, 88


@dataclass(frozen=True)
class Written:
    """A picture as a file."""

    name: str
    """`original`, `processed` or `thumbnail`."""
    format: str
    width: int
    height: int
    data: bytes


def made_of(data: bytes) -> tuple[Outline, list[Written]]:
    """Make original, processed and thumbnail of a file; raises as `decoded` does."""
    outline, image = decoded(data)
    original = _written("original", image, _ORIGINALS[outline.format], _QUALITY)
    if len(original.data) > MAX_BYTES:  # a photograph without loss
        original = _written("original", image, "webp", _QUALITY)
    processed = _smaller(image, PROCESSED_SIDE)
    return outline, [
        original,
        _written("processed", processed, "webp", _SMALL_QUALITY),
        _written("thumbnail", _smaller(processed, THUMBNAIL_SIDE), "webp", _SMALL_QUALITY),
    ]


def _smaller(image: Image.Image, side: int) -> Image.Image:
    copy = image.copy()
    copy.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return copy


def _written(name: str, image: Image.Image, format_: str, quality: int) -> Written:
    target = io.BytesIO()
    options = {"method": 3} if format_ == "webp" else {}
    image.save(target, format_.upper(), quality=quality, **options)
    return Written(name, format_, *image.size, target.getvalue())
