"""Rasterises cards by resvg, with the font that is shipped and no other."""

from __future__ import annotations

import resvg_py

from workers.engines.cards.layout.text import FONT


def png(svg: str) -> bytes:
    """Return a PNG in the drawing's own size."""
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, font_files=[str(FONT)]))
