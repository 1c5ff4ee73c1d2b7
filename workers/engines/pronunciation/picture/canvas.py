"""Sizes, elements and text of the SVG."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

WIDTH_PX = 960
MARGIN_PX = 16
HEAD_PX = 108
ROW_PX = 232

#: What XML 1.0 has no place for: https://www.w3.org/TR/xml/#charsets.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escaped(text: str) -> str:
    """Return text as XML has it."""
    return escape(_FORBIDDEN.sub("", text))


def element(name: str, content: str = "", **attributes: object) -> str:
    """Write an element; `content` is XML, a trailing underscore of a name is left out, others become hyphens."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(_FORBIDDEN.sub('', _plain(value)))}"
        for key, value in attributes.items()
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def label(text: str, x: float, y: float, class_: str = "") -> str:
    """Write text at a place."""
    extra: dict[str, object] = {"class_": class_} if class_ else {}
    return element("text", escaped(text), x=x, y=y, **extra)


def width_px(text: str, size_px: int = 14) -> float:
    """Estimate how wide a text is: wide characters, of Korean for example, about as wide as high."""
    return sum(size_px if ord(character) >= 0x1100 else size_px * 0.58 for character in text)  # noqa: PLR2004


def _plain(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
