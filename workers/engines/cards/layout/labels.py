"""Labels: a pill with the word, near what it names, over nobody's face and no other label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers.engines.cards.figure import Box
from workers.engines.cards.layout.items import Item, overlap, united
from workers.engines.cards.layout.text import drawable, line, width
from workers.engines.cards.palette import colour

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.engines.cards.scene.model import Entity

#: Of the letters: 9 px of a thumbnail of 256 px.
SIZE = 38
_HIGH, _PAD = 52, 17
_FRAME = Box(8, 8, 1016, 692)
#: Of what is smaller, a label must not hide much.
_LITTLE = 16_000
_FACE, _LABEL, _OUT = 400.0, 1000.0, 5000.0
#: From a pill that is no farther there is no line.
_CLOSE = 14


@dataclass(frozen=True)
class Target:
    """What a label names: a word, and where it is."""

    word: str
    box: Box
    inner: bool = False
    """Whether it is part of something larger: held, or in a box."""


def targets_of(items: Sequence[Item], wanted: Sequence[Entity]) -> list[Target]:
    """Return what is to be labelled, each entity once."""
    found: dict[int, tuple[Entity, list[Box], bool]] = {}
    for item in items:
        for entity, box, inner in [(item.entity, item.box, False), *((one, box, True) for one, box in item.held)]:
            found.setdefault(id(entity), (entity, [], inner))[1].append(box)
    chosen = [one for one in found.values() if one[0] in wanted and one[0].label]
    return [Target(entity.label, boxes[0] if inner else united(boxes), inner) for entity, boxes, inner in chosen]


@dataclass(frozen=True)
class Label:
    """A label in its place."""

    word: str
    box: Box
    target: Target


def arranged(targets: Sequence[Target], items: Sequence[Item]) -> list[Label]:
    """Place a label for each target, those of small and inner things first."""
    heads = [head for item in items for head in item.heads]
    bodies = [item.box for item in items]
    placed: list[Label] = []
    for target in sorted(targets, key=lambda one: (not one.inner, _area(one.box))):
        word = drawable(target.word)
        wide = width(word, SIZE) + 2 * _PAD
        box = _best(target, wide, heads, bodies, [label.box for label in placed])
        placed.append(Label(word, box, target))
    return placed


def drawn(labels: Sequence[Label], items: Sequence[Item]) -> str:
    """Return the labels' markup: all lines below all pills."""
    heads = [head for item in items for head in item.heads]
    lines = "".join(_leader(one.target.box, one.box, heads, inner=one.target.inner) for one in labels)
    return lines + "".join(_pill(one.word, one.box) for one in labels)


def _area(box: Box) -> float:
    return (box.x2 - box.x1) * (box.y2 - box.y1)


def _best(target: Target, wide: float, heads: list[Box], bodies: list[Box], placed: list[Box]) -> Box:
    own = target.box

    def cost(box: Box) -> float:
        out = max(_FRAME.x1 - box.x1, 0) + max(box.x2 - _FRAME.x2, 0)
        out += max(_FRAME.y1 - box.y1, 0) + max(box.y2 - _FRAME.y2, 0)
        covered = sum(overlap(box, body) * (5 if _area(body) < _LITTLE else 1) for body in bodies) / 60
        faces = sum(overlap(box, head) for head in heads)
        others = sum(overlap(box, _wider(label, 6)) for label in placed)
        hidden = overlap(box, own) / (15 if _area(own) < _LITTLE else 90)
        far = _distance(box, own) * 1.4 + _aside(box, own) * 0.09 + _crossed(own, box, placed) * 60
        return out * _OUT + faces * _FACE + others * _LABEL + covered + hidden + far

    return min(_candidates(own, wide), key=cost)


def _candidates(own: Box, wide: float) -> list[Box]:
    """Return places above, below, beside and on what is named, the nearest first."""
    middle, found = (own.x1 + own.x2) / 2, []
    for away in (6, 30, 60, 100, 150, 210):
        for shift in (0, -0.5, 0.5, -1, 1):
            x = middle + shift * (own.x2 - own.x1 + wide) / 2 - wide / 2
            found += [(x, own.y1 - away - _HIGH), (x, own.y2 + away)]
        for y in (own.y1, (own.y1 + own.y2 - _HIGH) / 2, own.y2 - _HIGH):
            found += [(own.x1 - away - wide, y), (own.x2 + away, y)]
    for share in (0.3, 0.5, 0.7, 0.85):
        found += [(middle - wide / 2, own.y1 + (own.y2 - own.y1) * share - _HIGH / 2)]
    held = [(min(max(x, _FRAME.x1), _FRAME.x2 - wide), y) for x, y in found]
    inside = [(x, y) for x, y in held if _FRAME.y1 <= y <= _FRAME.y2 - _HIGH]
    return [Box(x, y, x + wide, y + _HIGH) for x, y in inside or [(held[0][0], _FRAME.y1)]]


def _wider(box: Box, by: float) -> Box:
    return Box(box.x1 - by, box.y1 - by, box.x2 + by, box.y2 + by)


def _distance(one: Box, other: Box) -> float:
    across = max(one.x1 - other.x2, other.x1 - one.x2, 0)
    along = max(one.y1 - other.y2, other.y1 - one.y2, 0)
    return float((across**2 + along**2) ** 0.5)


def _aside(one: Box, other: Box) -> float:
    """Return how far the middle of one is from the upper middle of the other."""
    across = (one.x1 + one.x2 - other.x1 - other.x2) / 2
    along = (one.y1 + one.y2) / 2 - (other.y1 * 0.7 + other.y2 * 0.3)
    return float((across**2 + along**2) ** 0.5)


def _crossed(own: Box, box: Box, placed: list[Box]) -> int:
    """Count labels that lie between a label and what it names."""
    middle = ((own.x1 + own.x2) / 2, (own.y1 + own.y2) / 2)
    way = Box(min(middle[0], box.x1), min(middle[1], box.y1), max(middle[0], box.x2), max(middle[1], box.y2))
    return sum(overlap(way, label) > 0 for label in placed)


def _leader(own: Box, box: Box, heads: list[Box], *, inner: bool) -> str:
    """Return a line from the pill to what it names, where it is not beside it."""
    far = _distance(box, own)
    if far <= _CLOSE and not inner and _area(own) > _area(box):
        return ""
    x = min(max((box.x1 + box.x2) / 2, own.x1 + (own.x2 - own.x1) * 0.3), own.x2 - (own.x2 - own.x1) * 0.3)
    y = min(max((box.y1 + box.y2) / 2, own.y1 + (own.y2 - own.y1) * 0.3), own.y2 - (own.y2 - own.y1) * 0.3)
    x, y = _off_faces((x, y), box, heads)
    start = f"{(box.x1 + box.x2) / 2:.1f} {(box.y1 + box.y2) / 2:.1f}"
    ink = colour("navy")
    return (
        f'<path d="M{start}L{x:.1f} {y:.1f}" stroke="{ink}" stroke-width="4" stroke-linecap="round" fill="none"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" fill="{ink}"/>'
    )


def _off_faces(end: tuple[float, float], box: Box, heads: list[Box]) -> tuple[float, float]:
    """Return where a line ends that would end in a face: at the head's edge towards the label."""
    x, y = end
    for head in heads:
        if head.x1 < x < head.x2 and head.y1 < y < head.y2:
            above, below = box.y2 <= head.y1, box.y1 >= head.y2
            y = head.y1 if above else head.y2 if below else y
            x = x if above or below else head.x1 if box.x2 <= (head.x1 + head.x2) / 2 else head.x2
    return x, y


def _pill(word: str, box: Box) -> str:
    high = box.y2 - box.y1
    return (
        f'<rect x="{box.x1:.1f}" y="{box.y1:.1f}" width="{box.x2 - box.x1:.1f}" height="{high:.1f}" rx="{high / 2:g}" '
        f'fill="{colour("white")}" stroke="{colour("navy")}" stroke-width="3"/>'
        + line(word, (box.x1 + box.x2) / 2, box.y1 + high / 2 + SIZE * 0.35, SIZE, fill=colour("navy"))
    )
