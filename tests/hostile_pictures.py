"""Pictures that nobody should be able to hurt a decoder, or a reader, with."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from functools import cache
from typing import TYPE_CHECKING

from PIL import Image, PngImagePlugin

from tests.picture_files import SECRET, chunk, exif, gif, gif_image, png, quarters, saved, segment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MADE, UNREADABLE, UNSUPPORTED, LARGE = "made", "unreadable_picture", "unsupported_picture", "picture_too_large"


@cache
def photograph(side: int = 400) -> Image.Image:
    """Something with detail everywhere, the same each time."""
    noise = Image.frombytes("L", (side // 8, side // 8), random.Random(7).randbytes((side // 8) ** 2))
    return Image.merge(
        "RGB", [noise.rotate(turn).resize((side, side), Image.Resampling.BICUBIC) for turn in (0, 90, 180)]
    )


@cache
def jpeg(**options: object) -> bytes:
    return saved(photograph(), "JPEG", quality=85, **options)


def archive() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("page.html", SECRET)
    return target.getvalue()


def damaged(data: bytes, *, keep: int, every: int = 97) -> bytes:
    """Each so-manieth byte turned over, from `keep` on."""
    return bytes(byte ^ 0xFF if i >= keep and i % every == 0 else byte for i, byte in enumerate(data))


def many_scans(count: int) -> bytes:
    """A progressive JPEG of 25 million pixels whose last scan comes over and over."""
    whole = saved(Image.new("L", (5000, 5000), 128), "JPEG", progressive=True, quality=10)
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * count + whole[-2:]


def with_text(kind: str, text: str) -> bytes:
    texts = PngImagePlugin.PngInfo()
    getattr(texts, f"add_{kind}")("Comment", text, zip=True)
    return saved(quarters(), "PNG", pnginfo=texts)


def webp_canvas(width: int, height: int) -> bytes:
    """A WebP whose header has a canvas that is not that of its picture."""
    content = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    picture = saved(quarters(), "WEBP")[12:]
    body = b"WEBPVP8X" + struct.pack("<I", len(content)) + content + picture
    return b"RIFF" + struct.pack("<I", len(body)) + body


def animation(format_: str, frames: int, side: int = 32) -> bytes:
    shades = [Image.new("RGB", (side, side), (index % 256, 90, index // 256)) for index in range(frames)]
    return saved(shades[0], format_, save_all=True, append_images=shades[1:], duration=10)


def bmp(  # noqa: PLR0913 - the header's fields
    width: int, height: int, *, bits: int = 24, compression: int = 0, body: bytes = b"", header: int = 40
) -> bytes:
    about = struct.pack("<IiiHHIIiiII", header, width, height, 1, bits, compression, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + len(body), 0, 0, 54) + about + body


def with_profile(profile: bytes) -> bytes:
    return saved(quarters(), "PNG", icc_profile=profile)


def behind_start(data: bytes, *segments: bytes) -> bytes:
    """A JPEG with these segments at its beginning."""
    return data[:2] + b"".join(segments) + data[2:]


_ZEROS = zlib.compress(bytes(60_000_000), 9)

#: By name: what makes the file, and what becomes of it.
HOSTILE: Mapping[str, tuple[Callable[[], bytes], str]] = {
    # Bombs
    "PNG: 60000 x 60000 pixels in 400 bytes": (
        lambda: png(60_000, 60_000, zlib.compress(b""), bits=1, colours=0),
        LARGE,
    ),
    "PNG: four billion pixels wide": (lambda: png(2**32 - 1, 1, zlib.compress(b"")), LARGE),
    "PNG: as large as is taken, of zeros": (lambda: png(5_000, 4_999, _ZEROS + bytes(9)), UNREADABLE),
    "PNG: a pixel, and 60 MB of data": (lambda: png(1, 1, _ZEROS), MADE),
    "PNG: a text of 60 MB": (lambda: with_text("text", "x" * 60_000_000), MADE),
    "PNG: an international text of 60 MB": (lambda: with_text("itxt", "가" * 20_000_000), MADE),
    "PNG: a profile of 60 MB": (lambda: with_profile(bytes(60_000_000)), UNREADABLE),
    "PNG: a million chunks": (lambda: png(1, 1, zlib.compress(bytes(4)), before=chunk(b"tEXt", b"") * 1_000_000), MADE),
    "PNG: a million pieces of data": (
        lambda: png(1, 1, zlib.compress(bytes(4)), before=chunk(b"IDAT", b"") * 1_000_000),
        MADE,
    ),
    "PNG: claims four billion frames": (
        lambda: png(1, 1, zlib.compress(bytes(4)), before=chunk(b"acTL", b"\xff" * 8)),
        LARGE,
    ),
    "GIF: a screen of 65535 x 65535": (lambda: gif(65_535, 65_535, gif_image()), LARGE),
    "GIF: an image far beyond its screen": (lambda: gif(1, 1, gif_image(65_535, 65_535)), LARGE),
    "GIF: 1,200,000 frames": (lambda: gif(1, 1, gif_image() * 1_200_000), LARGE),
    "GIF: 6 million pieces of a comment": (lambda: gif(1, 1, b"!\xfe" + b"\1a" * 6_000_000 + b"\0", gif_image()), MADE),
    "GIF: 1001 frames": (lambda: animation("GIF", 1_001), LARGE),
    "WebP: 16383 x 16383 pixels": (lambda: webp_canvas(16_383, 16_383), LARGE),
    "WebP: a canvas of 16 million by 16 million": (lambda: webp_canvas(1 << 24, 1 << 24), LARGE),
    "WebP: an animation on 16 megapixels": (lambda: animation("WEBP", 3, side=4_000), MADE),
    "WebP: a canvas unlike its picture": (lambda: webp_canvas(100, 100), UNREADABLE),
    "JPEG: claims 65500 x 65500": (
        lambda: jpeg().replace(struct.pack(">HH", 400, 400), struct.pack(">HH", 65_500, 65_500), 1),
        LARGE,
    ),
    "JPEG: 50 million pixels": (lambda: saved(Image.new("L", (8_160, 6_120), 90), "JPEG"), MADE),
    "JPEG: 50 million pixels, progressive, in full colour": (
        lambda: saved(photograph().resize((8_160, 6_120)), "JPEG", quality=60, progressive=True, subsampling=0),
        MADE,
    ),
    "JPEG: 3000 scans": (lambda: many_scans(3_000), UNREADABLE),
    "JPEG: 4,900,000 comments": (lambda: b"\xff\xd8" + segment(0xFE, b"") * 4_900_000 + b"\xff\xd9", UNREADABLE),
    "JPEG: 19 MB of fill bytes": (lambda: b"\xff\xd8" + b"\xff" * 19_000_000 + b"\0", UNREADABLE),
    "GIF: 6,500,000 comments": (lambda: gif(1, 1, b"!\xfe\0" * 6_500_000, gif_image()), MADE),
    "WebP: 2,400,000 chunks": (
        lambda: b"RIFF" + struct.pack("<I", 19_200_004) + b"WEBP" + b"XXXX\0\0\0\0" * 2_400_000,
        UNREADABLE,
    ),
    "BMP: claims two billion rows": (lambda: bmp(1, -(2**31) + 1), LARGE),
    "BMP: a run for 25 million pixels": (
        lambda: bmp(5_000, 5_000, bits=8, compression=1, body=bytes(1024) + b"\0\1"),
        UNREADABLE,
    ),
    # Cut and damaged
    "JPEG: its first half": (lambda: jpeg()[: len(jpeg()) // 2], UNREADABLE),
    "JPEG: without its end": (lambda: jpeg()[:-2], UNREADABLE),
    "JPEG: an end put behind its first half": (lambda: jpeg()[: len(jpeg()) // 2] + b"\xff\xd9", MADE),
    "JPEG: two headers": (lambda: behind_start(jpeg(), segment(0xC0, b"\x08\0\1\0\1\1\1\x11\0")), UNREADABLE),
    "JPEG: no lines": (lambda: jpeg().replace(struct.pack(">HH", 400, 400), struct.pack(">HH", 0, 400), 1), UNREADABLE),
    "JPEG: a segment beyond the end": (lambda: b"\xff\xd8\xff\xe0\xff\xff" + bytes(10), UNREADABLE),
    "JPEG: broken Exif": (lambda: behind_start(jpeg(), segment(0xE1, b"Exif\0\0II*\0" + b"\xff" * 40)), MADE),
    "PNG: its first half": (lambda: saved(photograph(), "PNG")[:9_000], UNREADABLE),
    "PNG: wrong checksum": (
        lambda: png(1, 1, b"", before=chunk(b"IDAT", zlib.compress(bytes(4)), checksum=1)),
        UNREADABLE,
    ),
    "PNG: damaged data": (lambda: damaged(saved(photograph(), "PNG"), keep=60), UNREADABLE),
    "PNG: a chunk of four billion bytes": (
        lambda: png(1, 1, zlib.compress(bytes(4)), before=b"\xff\xff\xff\xfftEXt"),
        UNREADABLE,
    ),
    "PNG: 3 bits a colour": (lambda: png(1, 1, zlib.compress(bytes(4)), bits=3), UNREADABLE),
    "GIF: cut within its image": (lambda: saved(photograph(), "GIF")[:5_000], UNREADABLE),
    "GIF: no image": (lambda: gif(1, 1), UNREADABLE),
    "WebP: its first half": (lambda: saved(photograph(), "WEBP")[:3_000], UNREADABLE),
    "WebP: damaged": (lambda: damaged(saved(photograph(), "WEBP", lossless=True), keep=30), UNREADABLE),
    "BMP: its first half": (lambda: saved(photograph(), "BMP")[:20_000], UNREADABLE),
    "BMP: a header of a gigabyte": (lambda: bmp(10, 10, header=2**30, body=bytes(400)), UNSUPPORTED),
    # Two files in one
    "JPEG and ZIP": (lambda: jpeg() + archive(), MADE),
    "JPEG and a film": (lambda: jpeg() + b"\0\0\0\x18ftypmp42" + SECRET * 1_000, MADE),
    "JPEG with a page as its comment": (lambda: saved(photograph(), "JPEG", comment=SECRET), MADE),
    "JPEG with XMP": (lambda: behind_start(jpeg(), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET)), MADE),
    "JPEG with a place and a camera": (lambda: saved(photograph(), "JPEG", exif=exif()), MADE),
    "PNG and ZIP": (lambda: saved(quarters(), "PNG") + archive(), MADE),
    "PNG with a page in its texts": (lambda: with_text("text", SECRET.decode()), MADE),
    "GIF and a script": (lambda: saved(quarters(), "GIF", comment=SECRET) + b"/*" + SECRET + b"*/", MADE),
    "WebP and a page": (lambda: saved(quarters(), "WEBP", xmp=SECRET) + SECRET, MADE),
    "BMP and a page": (lambda: saved(quarters(), "BMP") + SECRET, MADE),
    "PDF around a JPEG": (lambda: b"%PDF-1.4\n" + jpeg(), UNSUPPORTED),
    "ZIP before a PNG": (lambda: archive() + saved(quarters(), "PNG"), UNSUPPORTED),
    # What is none of them
    "nothing": (lambda: b"", UNSUPPORTED),
    "a page": (lambda: b"<html>" + SECRET, UNSUPPORTED),
    "SVG that opens a file": (
        lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        UNSUPPORTED,
    ),
    "PostScript": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) run", UNSUPPORTED),
    "TIFF": (lambda: saved(quarters(), "TIFF"), UNSUPPORTED),
    "ICO": (lambda: saved(quarters(), "ICO"), UNSUPPORTED),
    "AVIF": (lambda: saved(quarters(), "AVIF"), UNSUPPORTED),
    "a program": (lambda: b"\x7fELF" + bytes(1_000), UNSUPPORTED),
}
