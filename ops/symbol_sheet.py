"""Contact sheets of the picture cards' symbols: `python -m ops.symbol_sheet` writes `docs/pictures/symbols*`.

To be looked at after a symbol was drawn or changed: every one by group, filling its cell, with its word.
"""

from __future__ import annotations

from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import resvg_py
from PIL import Image

from workers.engines import cards
from workers.engines.cards.symbols import symbols

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.engines.cards.symbols import Symbol

_DOCS = Path("docs/pictures")
_FONT = Path(cards.__file__).with_name("fonts") / "sayline-cards-bold.ttf"
_COLUMNS = 8
#: Of a cell and of the room for a symbol in it, in pixels.
_CELL, _ROOM = (124, 124), (108, 84)


def sheet(group: Sequence[Symbol]) -> bytes:
    """Return a WebP picture of symbols side by side."""
    width, height = _COLUMNS * _CELL[0], -(-len(group) // _COLUMNS) * _CELL[1]
    cells = "".join(_cell(symbol, index) for index, symbol in enumerate(group))
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">{cells}</svg>'
    png = resvg_py.svg_to_bytes(svg_string=svg, background="#F4F5EF", font_files=[str(_FONT)], skip_system_fonts=True)
    buffer = BytesIO()
    Image.open(BytesIO(bytes(png))).convert("RGB").save(buffer, "WEBP", quality=70, method=6)
    return buffer.getvalue()


def main() -> None:
    """Write every group's sheet and the page that shows them."""
    _DOCS.mkdir(parents=True, exist_ok=True)
    page = ["# The symbols of picture cards", ""]
    page += [
        "Drawn for this project; public domain (CC0). Written by `python -m ops.symbol_sheet`.",
        "",
    ]
    for name, found in groupby(symbols().values(), key=lambda symbol: symbol.group):
        group = list(found)
        (_DOCS / f"symbols-{name}.webp").write_bytes(sheet(group))
        words = dict.fromkeys(word for symbol in group for word in symbol.facts.words)
        page += [f"## {name.capitalize()}", "", f"![{name}](symbols-{name}.webp)", "", f"{', '.join(words)}.", ""]
    (_DOCS / "symbols.md").write_text("\n".join(page), encoding="utf-8")


def _cell(symbol: Symbol, index: int) -> str:
    scale = min(_ROOM[0] / symbol.width, _ROOM[1] / symbol.height)
    left, top = index % _COLUMNS * _CELL[0], index // _COLUMNS * _CELL[1]
    x = left + (_CELL[0] - symbol.width * scale) / 2
    y = top + 8 + _ROOM[1] - symbol.height * scale
    painted = symbol.painted()
    word = escape(symbol.label if symbol.facts.variant_of is None else symbol.name)
    return (
        f'<g transform="translate({x:.1f} {y:.1f}) scale({scale:.4f})">{painted.back}{painted.front}</g>'
        f'<text x="{left + _CELL[0] / 2}" y="{top + 112}" font-family="Sayline Cards" font-size="13" fill="#3A3E4A" '
        f'text-anchor="middle">{word}</text>'
    )


if __name__ == "__main__":
    main()
