"""A picture's bytes in, its first frame's pixels out: upright, sRGB, at most 4096 px; runs in the picture process."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import ExifTags, Image, ImageCms

from workers.engines.pictures.formats import outline_of
from workers.engines.pictures.refusals import HALVED_ABOVE, MAX_PIXELS, ORIGINAL_SIDE, RefusedPictureError

if TYPE_CHECKING:
    from workers.engines.pictures.outline import Outline

# Behind our own limits, which are looked at first: Pillow refuses twice as many.
Image.MAX_IMAGE_PIXELS = max(MAX_PIXELS.values())

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
#: Modes that can be made smaller as they are.
_RESIZABLE = {"RGB", "RGBA", "L", "CMYK"}
_SIXTEEN_BITS = {"I;16", "I;16B", "I;16L", "I"}


def decoded(data: bytes) -> tuple[Outline, Image.Image]:
    """Decode a picture's first frame to RGB, or RGBA where something can be seen through.

    Raises:
        RefusedPictureError: it is not taken.
        Exception: whatever Pillow raises over a damaged file.
    """
    outline = outline_of(data)
    image: Image.Image = Image.open(io.BytesIO(outline.data), formats=[outline.format.upper()])
    if image.size != (outline.width, outline.height):
        raise RefusedPictureError("damaged")
    turn, profile = _UPRIGHT.get(_orientation(image)), image.info.get("icc_profile")
    if outline.format == "jpeg" and outline.width * outline.height > HALVED_ABOVE:
        image.draft(None, (outline.width // 2, outline.height // 2))
    image.load()
    image = _resizable(image)
    image.thumbnail((ORIGINAL_SIDE, ORIGINAL_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    image = _plain(_in_srgb(image, profile))
    return outline, image if turn is None else image.transpose(turn)


def _orientation(image: Image.Image) -> int:
    try:
        found = image.getexif().get(ExifTags.Base.Orientation, 1)
    # Metadata that can't be read says nothing; its reader raises whatever it stumbles over.
    except Exception:  # noqa: BLE001
        return 1
    return found if isinstance(found, int) else 1


def _resizable(image: Image.Image) -> Image.Image:
    if image.mode in _SIXTEEN_BITS:
        return image.point(lambda value: value / 256).convert("L")
    if image.mode in _RESIZABLE and "transparency" not in image.info:
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the picture in the colours that are meant where there is no profile, and none will be."""
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile:
        try:
            meant = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            shown = ImageCms.profileToProfile(image, meant, ImageCms.createProfile("sRGB"), outputMode=mode)
        except (ImageCms.PyCMSError, OSError):
            return image.convert(mode)  # a profile that is damaged, or for other colours, says nothing
        return shown if shown is not None else image.convert(mode)
    return image.convert(mode)


def _plain(image: Image.Image) -> Image.Image:
    """Return the pixels without anything else: no metadata, no colours under what is transparent."""
    plain = image
    if image.mode == "RGBA":
        least, _ = image.getchannel("A").getextrema()
        plain = image.convert("RGB") if least == 255 else image.convert("RGBa").convert("RGBA")  # noqa: PLR2004 - opaque
    plain.info.clear()
    return plain
