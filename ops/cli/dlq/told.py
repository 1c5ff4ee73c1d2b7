"""What was done with dead letters, as it is told at the end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ops.cli.output import err, print_json, print_line

if TYPE_CHECKING:
    from schemas.job import JsonObject


def tell(report: JsonObject, *, as_json: bool) -> None:
    """Print what was done, a number to a line."""
    if as_json:
        print_json(report)
        return
    for name, value in report.items():
        print_line(f"{name.replace('_', ' ')}: {value if isinstance(value, str) else json.dumps(value)}")
    if not report:
        err().print("The file has no dead letters.")
