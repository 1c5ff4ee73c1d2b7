"""What is drawn, with its place: symbols and figures in the scene's units, x to the right, y down, the ground at 0."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workers.engines.cards.figure import Box

if TYPE_CHECKING:
    from workers.engines.cards.facts import Point, Span
    from workers.engines.cards.scene.model import Entity
    from workers.engines.cards.symbols import Symbol

Layer = tuple[float, str]
"""How near it is, and markup: what is nearer is drawn later."""


@dataclass
class Item:
    """One thing or person in its place."""

    entity: Entity
    box: Box
    layers: list[Layer] = field(default_factory=list)
    heads: list[Box] = field(default_factory=list)
    held: list[tuple[Entity, Box]] = field(default_factory=list)
    """What a figure holds, and about where."""

    def moved(self, x: float, y: float = 0) -> Item:
        """Return it elsewhere."""
        markup = [(depth, f'<g transform="translate({x:.1f} {y:.1f})">{svg}</g>') for depth, svg in self.layers]
        return Item(
            entity=self.entity, box=shifted(self.box, x, y), layers=markup,
            heads=[shifted(head, x, y) for head in self.heads],
            held=[(one, shifted(box, x, y)) for one, box in self.held],
        )  # fmt: skip


@dataclass(frozen=True)
class Stand:
    """A symbol in its place: its base line's middle, its scale, and how near it is."""

    symbol: Symbol
    x: float = 0
    y: float = 0
    scale: float = 1
    depth: float = 0
    flip: bool = False

    def point(self, at: Point) -> Point:
        """Return where a point of the symbol is."""
        side = -1 if self.flip else 1
        return (
            self.x + side * (at[0] - self.symbol.width / 2) * self.scale,
            self.y + (at[1] - self.symbol.ground) * self.scale,
        )

    def span(self, span: Span) -> Span:
        """Return where a span of the symbol is, from left to right."""
        one, other = self.point((span[0], span[2])), self.point((span[1], span[2]))
        return min(one[0], other[0]), max(one[0], other[0]), one[1]

    @property
    def box(self) -> Box:
        """Its extent."""
        one, other = self.point((0, 0)), self.point((self.symbol.width, self.symbol.height))
        return Box(min(one[0], other[0]), one[1], max(one[0], other[0]), other[1])

    def item(self, entity: Entity, colours: dict[str, str]) -> Item:
        """Return it painted."""
        painted, symbol = self.symbol.painted(**colours), self.symbol
        side = -self.scale if self.flip else self.scale
        place = (
            f'<g transform="translate({self.x:.1f} {self.y:.1f}) scale({side:.3f} {self.scale:.3f}) '
            f'translate({-symbol.width / 2:g} {-symbol.ground:g})">'
        )
        layers = [(self.depth, f"{place}{painted.back}</g>")]
        if painted.front:
            layers.append((self.depth + 0.4, f"{place}{painted.front}</g>"))
        return Item(entity=entity, box=self.box, layers=layers)


def shifted(box: Box, x: float, y: float) -> Box:
    """Return a box elsewhere."""
    return Box(box.x1 + x, box.y1 + y, box.x2 + x, box.y2 + y)


def united(boxes: list[Box]) -> Box:
    """Return what is around all boxes; there must be one."""
    return Box(min(b.x1 for b in boxes), min(b.y1 for b in boxes), max(b.x2 for b in boxes), max(b.y2 for b in boxes))


def overlap(one: Box, other: Box) -> float:
    """Return the area that both have."""
    wide = min(one.x2, other.x2) - max(one.x1, other.x1)
    high = min(one.y2, other.y2) - max(one.y1, other.y1)
    return max(wide, 0) * max(high, 0)


def colours_of(entity: Entity) -> dict[str, str]:
    """Return the roles' colours that an entity's colours stand for."""
    return dict(zip(("main", "second"), entity.colours, strict=False))
