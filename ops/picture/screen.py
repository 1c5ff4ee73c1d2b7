"""What a terminal shows of what is written to it: as much of ECMA-48 as our commands and their libraries write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

#: An escape sequence: CSI, OSC (titles, links), or another of two characters; or one that is not whole yet.
_SEQUENCE = re.compile(r"\x1b(?:\[([?\d;]*)([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)|[^\[\]])")
_BEGUN = re.compile(r"\x1b(?:\[[?\d;]*|\][^\x07\x1b]*\x1b?)?\Z")

#: A cell: its character, empty right of a wide one, and the sequences that style it.
_Cell = tuple[str, str]
_BLANK: _Cell = (" ", "")


class Screen:
    """Lines of cells and a cursor; lines that a terminal would scroll out of sight are kept."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.is_cursor_shown = True
        self._lines: list[list[_Cell]] = [[]]
        self._row = self._column = 0
        self._style = ""
        self._rest = ""

    def feed(self, text: str) -> None:
        """Take what was written, in pieces of any length."""
        text = self._rest + text
        begun = _BEGUN.search(text)
        self._rest = begun[0] if begun else ""
        position, end = 0, len(text) - len(self._rest)
        while position < end:
            if sequence := _SEQUENCE.match(text, position, end):
                self._obey(sequence[1] or "", sequence[2] or "")
                position = sequence.end()
            else:
                self._put(text[position])
                position += 1

    @property
    def text(self) -> str:
        """What is to be read, line by line, without the blanks at their ends."""
        lines = ("".join(character for character, _ in line).rstrip() for line in self._lines)
        return "\n".join(lines).rstrip()

    @property
    def styled(self) -> Text:
        """The same in its colours."""
        return Text("\n").join(Text.from_ansi("".join(_ansi(line))) for line in self._lines)

    def _put(self, character: str) -> None:
        if character == "\n":
            self._go(self._row + 1, self._column)
        elif character == "\r":
            self._column = 0
        elif character == "\b":
            self._column = max(0, self._column - 1)
        elif character >= " ":
            self._write(character)

    def _write(self, character: str) -> None:
        cells = cell_len(character)
        if self._column + cells > self.width:
            self._go(self._row + 1, 0)
        line = self._lines[self._row]
        line += [_BLANK] * (self._column + cells - len(line))
        line[self._column : self._column + cells] = [(character, self._style), *[("", "")] * (cells - 1)][:cells]
        self._column += cells

    def _go(self, row: int, column: int) -> None:
        self._row, self._column = max(0, row), max(0, min(self.width - 1, column))
        self._lines += [[] for _ in range(self._row + 1 - len(self._lines))]

    def _obey(self, parameters: str, final: str) -> None:
        number = int(parameters) if parameters.isdecimal() else 0
        match final:
            case "m":
                self._style = "" if parameters in {"", "0"} else f"{self._style}\x1b[{parameters}m"
            case "A" | "B":
                self._go(self._row + max(1, number) * (1 if final == "B" else -1), self._column)
            case "C" | "D":
                self._go(self._row, self._column + max(1, number) * (1 if final == "C" else -1))
            case "G":
                self._go(self._row, number - 1)
            case "K":
                self._erase(number)
            case "h" | "l" if parameters == "?25":
                self.is_cursor_shown = final == "h"

    def _erase(self, what: int) -> None:
        """Erase the line: from the cursor (0), up to it (1), or all of it (2)."""
        line = self._lines[self._row]
        if what == 0:
            del line[self._column :]
        else:
            upto = len(line) if what == 2 else min(len(line), self._column + 1)  # noqa: PLR2004 - ECMA-48's own
            line[:upto] = [_BLANK] * upto


def _ansi(line: list[_Cell]) -> Iterator[str]:
    last = ""
    for character, style in line:
        if character and style != last:
            yield f"\x1b[0m{style}"
            last = style
        yield character
    yield "\x1b[0m"
