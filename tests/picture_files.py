"""Pictures as files, for tests."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import ExifTags, Image

#: What is to be in no picture that is made.
SECRET = b"<script>steal()</script>"
CAMERA = "SecretCamera 3000"
LATITUDE = (37.0, 33.0, 59.25)


def quarters(width: int = 64, height: int = 48) -> Image.Image:
    """A picture with a colour in each quarter: red, green, blue, white, from the upper left by rows."""
    image = Image.new("RGB", (width, height), "white")
    for colour, left, top in (("red", 0, 0), ("lime", width // 2, 0), ("blue", 0, height // 2)):
        image.paste(colour, (left, top, left + width // 2, top + height // 2))
    return image


def saved(image: Image.Image, format_: str, **options: Any) -> bytes:
    """The picture as a file."""
    target = io.BytesIO()
    image.save(target, format_, **options)
    return target.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    """What a camera writes: which side is up, its name, where it was."""
    found = Image.Exif()
    found[ExifTags.Base.Orientation] = orientation
    found[ExifTags.Base.Make] = CAMERA
    place = found.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef] = "N"
    place[ExifTags.GPS.GPSLatitude] = LATITUDE
    return found


def chunk(kind: bytes, content: bytes, *, checksum: int | None = None) -> bytes:
    """A PNG's chunk."""
    checksum = zlib.crc32(kind + content) if checksum is None else checksum
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def png(  # noqa: PLR0913 - the header's fields
    width: int, height: int, data: bytes, *, bits: int = 8, colours: int = 2, before: bytes = b""
) -> bytes:
    """A PNG whose header says what it likes."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colours, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + before + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def gif(width: int, height: int, *images: bytes, trailer: bytes = b";") -> bytes:
    """A GIF with two colours whose header says what it likes."""
    return (
        b"GIF89a"
        + struct.pack("<HHBBB", width, height, 0x80, 0, 0)
        + b"\0\0\0\xff\xff\xff"
        + b"".join(images)
        + trailer
    )


def gif_image(width: int = 1, height: int = 1, data: bytes = b"\x02\x02\x44\x01\x00") -> bytes:
    """An image of a GIF; its data is that of a single pixel."""
    return b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + data


def segment(code: int, content: bytes) -> bytes:
    """A JPEG's segment."""
    return bytes((0xFF, code)) + struct.pack(">H", len(content) + 2) + content
