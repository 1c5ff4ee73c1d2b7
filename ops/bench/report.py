"""What a scenario has found, and how it is shown: a table of 80 columns, JSON, or Markdown for the documentation."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from ops.cli.output import fail, out, print_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

    #: Says how far a scenario is: a fraction, and what it does next.
    Tell = Callable[[float, str], None]


@dataclass(frozen=True, kw_only=True)
class Bound:
    """What is promised, and what was found."""

    promise: str
    found: str
    holds: bool


@dataclass(frozen=True, kw_only=True)
class Report:
    """A scenario's table."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    bounds: tuple[Bound, ...] = ()
    numbers: dict[str, Any] = field(default_factory=dict)
    """The same for programs, unrounded."""

    @property
    def holds(self) -> bool:
        """Whether everything that is promised was found."""
        return all(bound.holds for bound in self.bounds)

    def table(self) -> Table:
        """Return the table for a terminal."""
        table = Table(title=self.title, title_justify="left", box=None, padding=(0, 2, 0, 0), pad_edge=False)
        for number, column in enumerate(self.columns):
            table.add_column(column, justify="right" if number else "left", overflow="fold")
        for row in self.rows:
            table.add_row(*row)
        return table

    def remarks(self) -> list[str]:
        """Return what stands below the table."""
        return [*self.notes, *map(_remark, self.bounds)]

    def markdown(self) -> str:
        """Return a section of the documentation."""
        lines = [f"## {self.title}", "", _line(self.columns), _line(["---"] * len(self.columns))]
        lines += map(_line, self.rows)
        lines += ["", *(f"- {remark}" for remark in self.remarks())]
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """Return the report for JSON."""
        return asdict(self)


def _remark(bound: Bound) -> str:
    return f"{'held' if bound.holds else 'MISSED'}: {bound.promise}; found {bound.found}"


def _line(cells: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def conclude(report: Report, *, as_json: bool) -> None:
    """Print one report, and end the command where not everything holds that is promised."""
    if as_json:
        print_json({"on": circumstances(), "report": report.as_dict()})
    else:
        show(report, out())
    require_held([report])


def require_held(reports: Sequence[Report]) -> None:
    """End the command with exit code 1 where not everything holds that is promised."""
    if not all(report.holds for report in reports):
        fail("Not everything that is promised holds.")


def show(report: Report, console: Console) -> None:
    """Print the table, and what stands below it."""
    console.print(report.table())
    for remark in report.remarks():
        console.print(remark, style=None if remark.startswith("MISSED") else "dim")


@cache
def circumstances() -> str:
    """Return machine, Python and date in one line."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    return f"{_processor()}, {os.cpu_count()} CPUs, {_memory_gib():.0f} GiB; {platform.system()}; {python}; {now}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()


def _memory_gib() -> float:
    return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")) / 2**30
