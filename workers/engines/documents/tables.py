"""Tables as lines of text: each row says what its cells are, so that it can be understood where it is quoted."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Table:
    """A table that is read cell by cell."""

    rows: int = 0
    """Of how many the text has been returned."""
    _headers: list[str] = field(default_factory=list)
    _cells: list[str] = field(default_factory=list)
    _kinds: list[bool] = field(default_factory=list)
    _open: bool | None = None

    @property
    def is_in_cell(self) -> bool:
        """Whether a cell has begun."""
        return self._open is not None

    def begin_cell(self, *, is_header: bool) -> None:
        """Begin a cell; the one before has ended."""
        self._open = is_header

    def end_cell(self, text: str) -> None:
        """End the cell, if there is one."""
        if self._open is not None:
            self._cells.append(" ".join(text.split()))
            self._kinds.append(self._open)
        self._open = None

    def end_row(self) -> str | None:
        """Return the row as a line; None for a row of headers, which the rows below it will name, or an empty one."""
        cells, kinds = self._cells, self._kinds
        self._cells, self._kinds = [], []
        if cells and all(kinds):
            self._headers = cells
            return None
        line = "; ".join(self._named(number, cell) for number, cell in enumerate(cells) if cell)
        self.rows += bool(line)
        return line or None

    def _named(self, number: int, cell: str) -> str:
        header = self._headers[number] if number < len(self._headers) else ""
        return f"{header}: {cell}" if header else cell
