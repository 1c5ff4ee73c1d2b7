"""Markup of people that is written by hand; `workers.engines.cards.painting` says how."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def drawings(table: str) -> dict[str, Any]:
    """Return a table of `drawings.toml`: markup by name.

    Raises:
        KeyError: There is no such table.
    """
    data = tomllib.loads(Path(__file__).with_name("drawings.toml").read_text(encoding="utf-8"))
    found: dict[str, Any] = data[table]
    return found
