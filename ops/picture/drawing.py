"""An SVG of what is on a terminal."""

from __future__ import annotations

import os
import re
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from ops.picture.terminal import WIDTH


def draw(*runs: tuple[str, Text]) -> str:
    """Return an SVG of a terminal with these commands and what each has shown; it refers to nothing outside."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, force_terminal=True)
        for command, shown in runs:
            console.print(Text.assemble(("$ ", "green"), (command, "bold")))
            shown.rstrip()
            console.print(shown)
    svg = console.export_svg(title="Sayline", theme=MONOKAI)
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
