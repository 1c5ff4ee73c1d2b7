"""Signs beside a head that say what can't be seen: sleep, song, speech."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engines.cards.figure.ink import drawings
from workers.engines.cards.painting import painted

if TYPE_CHECKING:
    from workers.engines.cards.figure.parts import Point
    from workers.engines.cards.figure.shapes import Sketch


def draw_signs(sketch: Sketch, signs: tuple[str, ...], head: Point, size: float) -> None:
    """Draw signs beside a head.

    Raises:
        KeyError: There is no such sign.
    """
    for sign in signs:
        x1, y1, x2, y2 = drawings("signs_box")[sign]
        scale = size / 100
        corners = [(head[0] + x * scale, head[1] + y * scale) for x, y in ((x1, y1), (x2, y2))]
        place = f"translate({head[0]:.1f} {head[1]:.1f}) scale({scale:g})"
        sketch.raw(f'<g transform="{place}">{painted(drawings("signs")[sign], {})}</g>', corners)
