"""The rows of a glance at a result."""

from collections.abc import Iterator
from typing import TypeAlias

from rich.text import Text

from ops.cli.output import printable

Rows: TypeAlias = Iterator[tuple[str, Text]]
"""Each a label, empty where it is the row's above, and what it is about."""


def row(label: str, said: str, style: str = "") -> tuple[str, Text]:
    """Return a row of one text, whoever wrote it."""
    return label, Text(printable(said), style=style)
