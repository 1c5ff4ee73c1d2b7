"""Rounded shapes as SVG: hulls around circles; limbs, trunks and skirts are all made of those."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import cos, pi, sin

from workers.engines.cards.figure.parts import Box, Point
from workers.engines.cards.palette import colour

Circle = tuple[float, float, float]
"""Centre and radius."""

#: Points on a circle: at a radius of 40 units the outline is within half a unit.
_AROUND = 28


def hull(circles: list[Circle]) -> list[Point]:
    """Return the outline of the smallest convex shape around circles (Andrew's monotone chain)."""
    points = sorted(
        {
            (round(x + r * cos(step * 2 * pi / _AROUND), 1), round(y + r * sin(step * 2 * pi / _AROUND), 1))
            for x, y, r in circles
            for step in range(_AROUND)
        }
    )
    return _half(points)[:-1] + _half(points[::-1])[:-1]


def _half(points: list[Point]) -> list[Point]:
    chain: list[Point] = []
    for point in points:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def between(a: Point, b: Point, share: float) -> Point:
    """Return the point at a share of the way."""
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


@dataclass
class Sketch:
    """Markup as it grows, from back to front, and its extent."""

    markup: list[str] = field(default_factory=list)
    extent: list[Point] = field(default_factory=list)

    def blob(self, circles: list[Circle], fill: str, *, edge: str | None = None) -> None:
        """Draw the hull of circles, with an edge (3 units) where it would merge with what is behind."""
        outline = hull(circles)
        self.extent += outline
        line = f' stroke="{colour(edge)}" stroke-width="3"' if edge else ""
        path = "L".join(f"{x:g} {y:g}" for x, y in outline)
        self.markup.append(f'<path d="M{path}Z" fill="{colour(fill)}"{line}/>')

    def line(self, points: list[Point], width: float, ink: str) -> None:
        """Draw a rounded line."""
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        self.markup.append(
            f'<path d="M{path}" fill="none" stroke="{colour(ink)}" stroke-width="{width:.1f}"'
            ' stroke-linecap="round" stroke-linejoin="round"/>'
        )

    def raw(self, markup: str, corners: list[Point]) -> None:
        """Add markup that reaches to these points."""
        self.markup.append(markup)
        self.extent += corners

    @property
    def svg(self) -> str:
        """What has been drawn."""
        return "".join(self.markup)


def box_of(points: list[Point]) -> Box:
    """Return the extent of points."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return Box(min(xs), min(ys), max(xs), max(ys))
