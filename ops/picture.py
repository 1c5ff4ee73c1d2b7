"""A terminal picture of a real run, for the docs: `python -m ops.picture docs/demo.svg sayline demo`."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

WIDTH = 80
_CHUNK_BYTES = 65_536


def run(command: list[str]) -> str:
    """Run a command with its output on a terminal of 80 columns; return what it wrote there, escape codes and all.

    Raises:
        CalledProcessError: it failed.
    """
    screen, terminal = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(WIDTH), "TERM": "xterm-256color"}
    # What goes to stderr (a progress display) moves the cursor about, which a picture can't show.
    with subprocess.Popen(command, stdout=terminal, stderr=subprocess.DEVNULL, env=environment) as process:  # noqa: S603 - the caller's own
        os.close(terminal)
        written = b""
        while chunk := _read(screen):
            written += chunk
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return written.decode("utf-8", "replace").replace("\r\n", "\n")


def _read(screen: int) -> bytes:
    try:
        return os.read(screen, _CHUNK_BYTES)
    except OSError:  # Linux says so when the other end is closed
        return b""


def draw(command: list[str], output: str) -> str:
    """Return an SVG of a terminal in which the command was run; it refers to nothing outside."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, force_terminal=True)
        console.print(Text.assemble(("$ ", "green"), (" ".join(command), "bold")))
        console.print(Text.from_ansi(output.rstrip("\n")))
    svg = console.export_svg(title="Sayline", theme=MONOKAI)
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


def main() -> None:
    """Draw the run of a command."""
    path, *command = sys.argv[1:]
    Path(path).write_text(draw(command, run(command)), "utf-8")


if __name__ == "__main__":
    main()
