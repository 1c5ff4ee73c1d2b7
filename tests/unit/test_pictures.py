"""What is made of a picture: upright, in its own colours, its first frame, three sizes, nothing beside the pixels."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageCms, ImageOps

from tests.picture_files import exif, quarters, saved
from workers.engines.pictures.formats import outline_of
from workers.engines.pictures.make import Written, made_of
from workers.engines.pictures.refusals import MAX_PIXELS, RefusedPictureError

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "BMP"]


def opened(written: Written) -> Image.Image:
    image = Image.open(io.BytesIO(written.data))
    image.load()
    assert image.format == written.format.upper()
    assert image.size == (written.width, written.height)
    return image


def made(data: bytes) -> list[Image.Image]:
    return [opened(one) for one in made_of(data)[1]]


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    """The colours in the middle of each quarter, rounded to what they are nearly."""
    shown = image.convert("RGB")
    places = [(x * image.width // 4, y * image.height // 4) for y in (1, 3) for x in (1, 3)]
    pixels = [shown.getpixel(place) for place in places]
    return [tuple(255 * (value > 127) for value in pixel) for pixel in pixels if isinstance(pixel, tuple)]


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_is_written_anew_in_three_sizes(format_: str):
    outline, written = made_of(saved(quarters(1600, 1200), format_))
    assert (outline.format, outline.frames) == (format_.lower(), 1)
    assert [(one.name, one.width, one.height) for one in written] == [
        ("original", 1600, 1200),
        ("processed", 1024, 768),
        ("thumbnail", 256, 192),
    ]
    assert [one.format for one in written[1:]] == ["webp", "webp"]
    assert written[0].format == {"JPEG": "jpeg", "WEBP": "webp"}.get(format_, "png")
    for one in written:
        assert corners(opened(one)) == [RED, GREEN, BLUE, WHITE]


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_upright_as_its_camera_says(orientation: int, format_: str):
    camera = saved(quarters(), format_, exif=exif(orientation))
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(camera)))
    assert upright is not None
    for image in made(camera):
        assert image.size == upright.size
        assert corners(image) == corners(upright)
        assert not image.getexif()


def test_an_orientation_that_there_is_not_is_none():
    for image in made(saved(quarters(), "JPEG", exif=exif(77))):
        assert corners(image) == [RED, GREEN, BLUE, WHITE]


@pytest.mark.parametrize("format_", ["GIF", "PNG", "WEBP"])
def test_of_an_animation_the_first_frame_is_kept(format_: str):
    more = [Image.new("RGB", (64, 48), colour) for colour in ("black", "grey")]
    outline, written = made_of(saved(quarters(), format_, save_all=True, append_images=more, lossless=True))
    assert outline.frames == 3
    for one in written:
        assert corners(opened(one)) == [RED, GREEN, BLUE, WHITE]
        assert getattr(opened(one), "n_frames", 1) == 1


def test_a_small_picture_is_not_enlarged():
    assert [image.size for image in made(saved(quarters(30, 20), "PNG"))] == [(30, 20)] * 3


@pytest.mark.parametrize(("size", "expected"), [((20_000, 1), (4096, 1)), ((1, 9_000), (1, 4096)), ((1, 1), (1, 1))])
def test_a_picture_that_is_a_line_keeps_a_pixel_of_its_width(size: tuple[int, int], expected: tuple[int, int]):
    assert made(saved(Image.new("RGB", size, "red"), "PNG"))[0].size == expected


def test_what_can_be_seen_through_stays_so_and_hides_no_colours():
    image = quarters().convert("RGBA")
    image.paste((200, 10, 20, 0), (0, 0, 32, 24))
    for shown in made(saved(image, "PNG")):
        assert shown.mode == "RGBA"
        assert shown.getpixel((shown.width // 8, shown.height // 8)) == (0, 0, 0, 0)
        assert corners(shown)[1:] == [GREEN, BLUE, WHITE]


def test_an_opaque_picture_has_no_transparency():
    assert [image.mode for image in made(saved(quarters().convert("RGBA"), "PNG"))] == ["RGB"] * 3


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGBA", "CMYK"])
def test_every_mode_is_shown_as_it_is(mode: str):
    shades = Image.linear_gradient("L").resize((64, 64))
    if mode == "I;16":
        image = Image.frombytes("I;16", (64, 64), b"".join(bytes((0, value)) for value in shades.tobytes()))
    else:
        image = shades.convert("RGB" if mode == "CMYK" else "L").convert(mode)
    original = made(saved(image, "JPEG" if mode == "CMYK" else "PNG"))[0].convert("L")
    top, bottom = (original.resize((1, 1), box=(0, y, 64, y + 8)).getpixel((0, 0)) for y in (0, 56))
    assert isinstance(top, (int, float))
    assert isinstance(bottom, (int, float))
    assert top < 40
    assert bottom > 215


def test_transparent_colours_of_palettes_are_seen_through():
    image = quarters().convert("P", palette=Image.Palette.ADAPTIVE)
    see_through = image.getpixel((1, 1))
    for format_ in ("PNG", "GIF"):
        shown = made(saved(image, format_, transparency=see_through))[0]
        assert shown.getpixel((1, 1)) == (0, 0, 0, 0)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_colours_of_another_profile_are_those_that_were_meant(format_: str):
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"?XYZ", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"?XYZ", b"gXYZ", 1)
    for shown in made(saved(quarters(), format_, icc_profile=swapped)):
        assert corners(shown) == [GREEN, RED, BLUE, WHITE]
        assert "icc_profile" not in shown.info


def test_a_profile_of_srgb_changes_nothing_and_a_broken_one_is_none():
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    plain = made(saved(quarters(), "PNG"))[0]
    for profile in (srgb, b"no profile"):
        shown = made(saved(quarters(), "PNG", icc_profile=profile))[0]
        assert ImageChops.difference(plain, shown).getbbox() is None
        assert "icc_profile" not in shown.info


def test_a_large_jpeg_is_decoded_at_half_its_size():
    written = made_of(saved(quarters(6_400, 4_800), "JPEG"))[1]
    assert (written[0].width, written[0].height) == (3_200, 2_400)
    assert corners(opened(written[0])) == [RED, GREEN, BLUE, WHITE]


def test_an_original_without_loss_that_would_be_too_large_loses_a_little(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("workers.engines.pictures.make.MAX_BYTES", 100)
    assert made_of(saved(quarters(), "PNG"))[1][0].format == "webp"


@pytest.mark.parametrize("format_", FORMATS)
def test_a_pixel_more_than_is_taken_is_refused(format_: str, monkeypatch: pytest.MonkeyPatch):
    data = saved(quarters(64, 48), format_)
    monkeypatch.setitem(MAX_PIXELS, format_.lower(), 64 * 48)
    assert outline_of(data).frames == 1
    monkeypatch.setitem(MAX_PIXELS, format_.lower(), 64 * 48 - 1)
    with pytest.raises(RefusedPictureError, match="too_many_pixels"):
        outline_of(data)


@settings(max_examples=60)
@given(
    st.sampled_from(FORMATS),
    st.integers(1, 300),
    st.integers(1, 300),
    st.binary(max_size=200),
)
def test_an_outline_has_the_size_that_the_decoder_sees_whatever_follows(
    format_: str, width: int, height: int, behind: bytes
):
    whole = saved(Image.new("RGB", (width, height), "navy"), format_)
    outline = outline_of(whole + behind)
    assert (outline.width, outline.height, outline.format) == (width, height, format_.lower())
    assert Image.open(io.BytesIO(outline.data)).size == (width, height)
    if format_ != "BMP":
        assert behind == b"" or not outline.data.endswith(behind) or whole.endswith(behind)


@settings(max_examples=60)
@given(st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]), st.floats(0, 1, exclude_max=True))
def test_a_file_that_is_cut_anywhere_is_refused(format_: str, share: float):
    whole = saved(quarters(), format_)
    with pytest.raises(RefusedPictureError):
        outline_of(whole[: int(share * len(whole))])
