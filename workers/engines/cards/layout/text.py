"""Text on cards: one font, shipped with its licence (`fonts/OFL.txt`), with Latin and Hangul letters."""

from __future__ import annotations

import unicodedata
from functools import cache
from html import escape
from pathlib import Path

from PIL import ImageFont

FAMILY = "Sayline Cards"
FONT = Path(__file__).parents[1] / "fonts" / "sayline-cards-bold.ttf"
_MEASURED_AT = 100
#: A character that no font has: what is drawn for it shows which others are missing.
_UNKNOWN = "\U0010fffe"


@cache
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, _MEASURED_AT)


def width(text: str, size: float) -> float:
    """Return how wide text is, in units, at a font size."""
    return _font().getlength(text) * size / _MEASURED_AT


@cache
def _drawn(character: str) -> bool:
    if character.isspace():
        return True
    mask, unknown = _font().getmask(character), _font().getmask(_UNKNOWN)
    return (mask.size, bytes(mask)) != (unknown.size, bytes(unknown))


def drawable(text: str) -> str:
    """Return text in letters that the font has: accents it lacks fall away, and other letters become `?`."""
    plain = unicodedata.normalize("NFC", text)
    return "".join(c if _drawn(c) else _nearest(c) for c in plain)


def _nearest(character: str) -> str:
    base = unicodedata.normalize("NFKD", character)[:1]
    return base if base.isalnum() and _drawn(base) else "?" if character.isalnum() else ""


def line(text: str, x: float, y: float, size: float, *, fill: str) -> str:
    """Return markup of a line whose middle is at x, and whose base line is at y."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{FAMILY}" font-weight="bold" font-size="{size:g}" '
        f'text-anchor="middle" fill="{fill}">{escape(text)}</text>'
    )
