"""Hair, in a head's own units: 100 tall, the origin in the middle, looking right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers.engines.cards.figure.ink import drawings

if TYPE_CHECKING:
    from workers.engines.cards.figure.head import Face


@dataclass(frozen=True, kw_only=True)
class Styled:
    """What hangs behind the trunk, and what is on the head."""

    behind: str
    front: str


def styled(style: str, face: Face, *, covered: bool) -> Styled:
    """Return hair of a style; under a hat, only what shows below it.

    Raises:
        KeyError: There is no such style.
    """
    if style == "curl":
        curl = (
            '<path class="line-hair" stroke-width="6" stroke-linecap="round" d="M-2 -48q-10 -14 4 -16t8 10q-4 6 -8 2"/>'
        )
        return Styled(behind="", front="" if covered else curl)
    if style == "bald":
        return Styled(behind="", front=_wreath(face))
    behind, beside, fringe = _STYLES[style]
    back = _tail(behind, face)
    return Styled(behind=back, front=_cap(face, fringe) + _tail(beside, face))


#: By style: what is behind, what is beside, and how the fringe runs.
_STYLES = {
    "short": ("", "", "short"),
    "side": ("", "", "side"),
    "tousled": ("", "", "tousled"),
    "long": ("mane", "", "side"),
    "bob": ("bob", "", "fringe"),
    "ponytail": ("ponytail", "", "side"),
    "pigtails": ("pigtails", "", "fringe"),
    "bun": ("bun", "", "side"),
}


def _cap(face: Face, fringe: str) -> str:
    """Return the hair on top: from the nape over the crown to the temple, and back along the fringe."""
    w, t = face.wide, face.turn
    left, right = -w - 4, w + 3
    burn = -w * (0.86 - 0.62 * t)
    nape = 8 + 16 * t
    temple = -w * -0.88
    line = {
        "short": f"Q{w * 0.5:.1f} -34 {burn + 8:.1f} -22",
        "side": f"Q{w * 0.62:.1f} -24 {w * (0.1 + 0.3 * t):.1f} -36Q{burn + 14:.1f} -30 {burn + 6:.1f} -10",
        "tousled": f"l-9 -9l-7 10l-9 -11l-8 11l-9 -11l-8 11L{burn + 6:.1f} -20",
        "fringe": f"Q{w * 0.4:.1f} -24 {burn + 6:.1f} -20",
    }[fringe]
    crown = -56 if fringe != "tousled" else -58
    return (
        f'<path class="hair" d="M{burn - 6:.1f} {nape:.0f}Q{left - 2:.1f} {nape + 2:.0f} {left:.1f} -8'
        f"C{left:.1f} {crown + 14} {left + w * 0.45:.1f} {crown} 2 {crown}"
        f"C{right - w * 0.42:.1f} {crown} {right:.1f} {crown + 18} {right:.1f} -16L{temple:.1f} -6"
        f'Q{temple:.1f} -16 {temple - 3:.1f} -20{line}L{burn + 2:.1f} 4Q{burn:.1f} 10 {burn - 6:.1f} {nape:.0f}z"/>'
    )


def _tail(kind: str, face: Face) -> str:
    """Return what hangs down: `{b}` and such in `drawings.toml` are places that turn with the head."""
    if not kind:
        return ""
    w, t = face.wide, face.turn
    back, edge = -w - 5, w * (1.04 - 0.5 * t)
    knot = (-w * (0.1 + 0.85 * t), -58 + 30 * t)
    places = {"b": back, "e": edge, "k": knot[0], "h": knot[1], "n": -w * (1.08 - 0.1 * t), "f": w * (1.08 - 0.36 * t)}
    return str(drawings("tails")[kind]).format(**{name: round(place, 1) for name, place in places.items()})


def _wreath(face: Face) -> str:
    """Return what an old man has left: hair from the nape to above the ears."""
    w, t = face.wide, face.turn
    burn = -w * (0.86 - 0.62 * t)
    left = -w - 4
    near = (
        f'<path class="hair" d="M{burn:.1f} 10L{burn + 8:.1f} -12Q{-w * 0.75:.1f} -26 {-w * 0.93:.1f} -30'
        f'Q{left - 8:.1f} -10 {left:.1f} 12Q{left + 4:.1f} 28 {-w * 0.72:.1f} 28z"/>'
    )
    far = f'<path class="hair" d="M{w * 0.98:.1f} -26q12 14 2 34l-8 -2q4 -14 -2 -28z"/>'
    return near + (far if t < 0.6 else "")  # noqa: PLR2004
