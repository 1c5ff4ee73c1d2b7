"""The strip below the picture, with the sentence."""

from __future__ import annotations

from workers.engines.cards.layout.text import drawable, line, width
from workers.engines.cards.palette import colour

#: Where the strip begins; a card is 1024 x 768.
TOP = 700
_WIDE, _HIGH, _MARGIN = 1024, 68, 24
#: One line, or two smaller ones.
_SIZES = ((36, 1), (31, 1), (27, 2), (23, 2))


def caption(text: str) -> str:
    """Return the strip's markup; what has no room ends in an ellipsis."""
    lines, size = _fitted(drawable(text))
    strip = f'<rect y="{TOP}" width="{_WIDE}" height="{_HIGH}" fill="{colour("white")}"/>'
    step = size * 1.14
    first = TOP + _HIGH / 2 - step * (len(lines) - 1) / 2 + size * 0.35
    drawn = (line(one, _WIDE / 2, first + i * step, size, fill=colour("navy")) for i, one in enumerate(lines))
    return strip + "".join(drawn)


def _fitted(text: str) -> tuple[list[str], float]:
    for size, most in _SIZES:
        lines = _broken(text, size)
        if len(lines) <= most:
            return lines, size
    size, most = _SIZES[-1]
    lines = _broken(text, size)[:most]
    while width(f"{lines[-1]} …", size) > _WIDE - 2 * _MARGIN:
        lines[-1] = lines[-1].rsplit(" ", 1)[0] if " " in lines[-1] else lines[-1][:-1]
    return [*lines[:-1], f"{lines[-1]} …"], size


def _broken(text: str, size: float) -> list[str]:
    """Break text where a line is full; words longer than a line are cut."""
    room, lines = _WIDE - 2 * _MARGIN, [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if width(longer, size) <= room:
            lines[-1] = longer
            continue
        rest = word
        while width(rest, size) > room:
            rest = rest[:-1]
        lines.append(rest)
    return [one for one in lines if one]
