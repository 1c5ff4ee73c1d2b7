"""What poses bring along, and signs beside the head."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.model import Model
from workers.engines.cards.figure.parts import Box, Held, Point
from workers.engines.cards.painting import painted
from workers.engines.cards.symbols import symbols

if TYPE_CHECKING:
    from workers.engines.cards.figure.shapes import Sketch


class Drawing(Model):
    """A drawing that a hand takes at (0, 0)."""

    box: tuple[float, float, float, float]
    markup: str


@cache
def drawings() -> dict[str, Drawing]:
    """Return every drawing by its name."""
    data = tomllib.loads(Path(__file__).with_name("props.toml").read_text(encoding="utf-8"))
    return {name: Drawing(**facts) for name, facts in data.items()}


def prop(name: str, scale: float) -> Held:
    """Return a drawing, or one of the symbols, as something that is held.

    Raises:
        KeyError: There is neither.
    """
    if name not in drawings():
        return _symbol(name, scale)
    found = drawings()[name]
    return Held(markup=painted(found.markup, {}), hold=(0, 0), scale=scale, box=Box(*found.box))


def _symbol(name: str, scale: float) -> Held:
    symbol = symbols()[name]
    markup = symbol.painted()
    hold = symbol.facts.hold or (symbol.width / 2, symbol.height / 2)
    return Held(markup=markup.back + markup.front, hold=hold, scale=scale, box=Box(0, 0, symbol.width, symbol.height))


def draw_held(sketch: Sketch, held: Held, at: Point, turn: float = 0) -> None:
    """Draw something at a hand."""
    x, y = held.hold
    place = f"translate({at[0]:.1f} {at[1]:.1f}) rotate({turn:g}) scale({held.scale:g}) translate({-x:g} {-y:g})"
    sketch.raw(f'<g transform="{place}">{held.markup}</g>', corners(held, at))


def corners(held: Held, at: Point) -> list[Point]:
    """Return the corners of something at a hand, not turned."""
    (x, y), box = held.hold, held.box
    return [(at[0] + (cx - x) * held.scale, at[1] + (cy - y) * held.scale) for cx in box[::2] for cy in box[1::2]]
