"""Markup with colours of the palette: `class="red"` fills, `class="line-red"` strokes, `-dark` and `-light` shade.

Symbols and people are written in it; roles (`main`, `hair` ...) stand for whatever colour a thing or person has.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workers.engines.cards.palette import colour

if TYPE_CHECKING:
    from collections.abc import Mapping

_CLASS = re.compile(r'class="(line-)?([a-z-]+?)(-dark|-light)?"')


def painted(markup: str, roles: Mapping[str, str]) -> str:
    """Return markup with colours in place of classes.

    Raises:
        KeyError: The palette has no such colour, and `roles` no such role.
    """

    def paint(match: re.Match[str]) -> str:
        line, name, shade = match.groups()
        found = colour(roles.get(name, name) + (shade or ""))
        return f'fill="none" stroke="{found}"' if line else f'fill="{found}"'

    return _CLASS.sub(paint, markup)
