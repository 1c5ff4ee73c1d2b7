"""Markup written by hand, with colours of the palette: `class="red"` fills, `class="line-red"` strokes.

The same form as the symbols' files; roles (`main`, `hair` ...) stand for whatever colour a person has.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engines.cards.palette import colour

if TYPE_CHECKING:
    from collections.abc import Mapping

_CLASS = re.compile(r'class="(line-)?([a-z-]+?)(-dark|-light)?"')


@cache
def drawings(table: str) -> dict[str, Any]:
    """Return a table of `drawings.toml`: markup by name.

    Raises:
        KeyError: There is no such table.
    """
    data = tomllib.loads(Path(__file__).with_name("drawings.toml").read_text(encoding="utf-8"))
    found: dict[str, Any] = data[table]
    return found


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
