"""The picture that goes with the example of uploaded pictures, drawn: `python -m ops.sample_picture`.

As a camera would have it: lying on its side, with what says so, where it was taken and by which camera.
"""

from __future__ import annotations

import io

from PIL import ExifTags, Image, ImageDraw

from schemas.files import SAMPLES

NAME = "cat.jpg"
#: Upright; drawn four times as large, for smooth edges.
_SIZE = (640, 480)
_SCALE = 4
#: Exif: the camera was held so that a quarter turn clockwise puts it upright.
_QUARTER_TURN = 6
_PLACE = ((37.0, 33.0, 59.0), (126.0, 58.0, 41.0))
_QUALITY = 80

_WALL, _PANE, _FRAME, _SILL = "#f4e3c6", "#a9d6ee", "#ffffff", "#b8814f"
_FUR, _DARK, _PINK, _EYE = "#e0913f", "#b86a22", "#f2b8b0", "#2e2a26"


def picture() -> bytes:
    """Return the cat on its window sill as a JPEG."""
    image = Image.new("RGB", (_SIZE[0] * _SCALE, _SIZE[1] * _SCALE), _WALL)
    _draw(_Pen(ImageDraw.Draw(image)))
    upright = image.resize(_SIZE, Image.Resampling.LANCZOS)
    target = io.BytesIO()
    upright.transpose(Image.Transpose.ROTATE_90).save(target, "JPEG", quality=_QUALITY, exif=_exif())
    return target.getvalue()


class _Pen:
    """Draws in upright pixels."""

    def __init__(self, draw: ImageDraw.ImageDraw) -> None:
        self._draw = draw

    def box(self, colour: str, *corners: float) -> None:
        self._draw.rectangle(_scaled(corners), fill=colour)

    def oval(self, colour: str, *corners: float) -> None:
        self._draw.ellipse(_scaled(corners), fill=colour)

    def area(self, colour: str, *points: float) -> None:
        self._draw.polygon(_scaled(points), fill=colour)

    def curve(self, colour: str, *corners: float, angles: tuple[int, int], width: int) -> None:
        self._draw.arc(_scaled(corners), *angles, fill=colour, width=width * _SCALE)


def _draw(pen: _Pen) -> None:
    pen.box(_FRAME, 60, 30, 580, 390)
    for left in (80, 330):
        pen.box(_PANE, left, 50, left + 230, 390)
    pen.box(_SILL, 0, 385, 640, 430)
    # Tail, body, stripes, paws.
    pen.curve(_FUR, 330, 250, 500, 400, angles=(-30, 130), width=26)
    pen.oval(_FUR, 215, 200, 415, 415)
    for top in (255, 290, 325):
        pen.curve(_DARK, 330, top - 20, 430, top + 30, angles=(110, 190), width=9)
    for left in (240, 310):
        pen.oval(_FUR, left, 360, left + 75, 410)
    # Head, ears, face.
    for left, tip in ((225, 228), (335, 402)):
        pen.area(_FUR, left, 160, left + 70, 160, tip, 70)
        pen.area(_PINK, left + 18, 150, left + 52, 150, (tip + left + 35) / 2, 100)
    pen.oval(_FUR, 215, 100, 415, 270)
    for left in (262, 348):
        pen.oval(_EYE, left, 160, left + 24, 192)
        pen.oval(_FRAME, left + 5, 165, left + 13, 174)
    pen.area(_PINK, 304, 205, 328, 205, 316, 219)
    for left in (292, 316):
        pen.curve(_EYE, left, 208, left + 24, 232, angles=(20, 160), width=3)
    for bottom in (215, 228):
        pen.area(_EYE, 190, bottom, 262, bottom - 4, 262, bottom - 2)
        pen.area(_EYE, 442, bottom, 370, bottom - 4, 370, bottom - 2)


def _scaled(numbers: tuple[float, ...]) -> list[float]:
    return [number * _SCALE for number in numbers]


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = _QUARTER_TURN
    exif[ExifTags.Base.Make] = "Sayline"
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    for ref, number, letter, degrees in (
        (ExifTags.GPS.GPSLatitudeRef, ExifTags.GPS.GPSLatitude, "N", _PLACE[0]),
        (ExifTags.GPS.GPSLongitudeRef, ExifTags.GPS.GPSLongitude, "E", _PLACE[1]),
    ):
        place[ref], place[number] = letter, degrees
    return exif


def main() -> None:
    """Write the sample."""
    (SAMPLES / NAME).write_bytes(picture())


if __name__ == "__main__":
    main()
