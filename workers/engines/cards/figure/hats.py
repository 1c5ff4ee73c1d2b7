"""Hats, glasses and beards, in a head's own units: 100 tall, the origin in the middle, looking right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engines.cards.figure.ink import drawings

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from workers.engines.cards.figure.head import Face


def hat(marks: AbstractSet[str], face: Face) -> str:
    """Return the hat that the marks want, if any."""
    found = next((markup for mark, markup in drawings("hats").items() if mark in marks), "")
    return f'<g transform="scale({face.wide / 43:.3f} 1)">{found}</g>' if found else ""


def on_face(marks: AbstractSet[str], face: Face) -> str:
    """Return what is worn in the face: glasses, a moustache, a mask."""
    near, far = face.eyes
    pieces = []
    if "moustache" in marks:
        pieces.append(
            f'<path class="hair" d="M{face.ahead + 1:.1f} 14q14 -3 18 10q-12 2 -18 -3q-6 5 -18 3q4 -13 18 -10z"/>'
        )
    if "glasses" in marks:
        rims = "".join(
            f'<circle class="line-brown-dark" stroke-width="3.5" cx="{x:.1f}" cy="-1" r="13"/>' for x in (near, far)
        )
        ear = -face.wide * (0.97 - 0.72 * face.turn)
        bridge = f"M{near + 13:.1f} -2q3 -4 {far - near - 26:.1f} 0M{near - 13:.1f} -3L{ear:.1f} -4"
        bows = f'<path class="line-brown-dark" stroke-width="3.5" d="{bridge}"/>'
        pieces.append(rims + bows)
    if "face-mask" in marks:
        x = face.ahead
        pieces.append(f'<path class="sky" d="M{x - 24:.1f} 12q24 -8 48 0v18q-8 16 -24 16t-24 -16z"/>')
    return "".join(pieces)
