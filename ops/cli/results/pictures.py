"""What results of kinds that make pictures say at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.cli.results.rows import row

if TYPE_CHECKING:
    from ops.cli.results.rows import Rows
    from schemas.job import JsonObject


def image(result: JsonObject) -> Rows:
    """Yield what was drawn, and what was not."""
    yield from _shown(result)
    if result["missing"]:
        yield row("not in it", ", ".join(result["missing"]), "yellow")
    if result["notice"]:
        yield row("notice", result["notice"], "dim")


def picture(result: JsonObject) -> Rows:
    """Yield what an upload was, and what it is now."""
    frames = f", the first of {result['frames']} frames" if result["frames"] > 1 else ""
    yield row("was", f"{result['format']}{frames}")
    yield from _shown(result)


def _shown(result: JsonObject) -> Rows:
    if result["description"]:
        yield row("shows", result["description"])
    sizes = (
        f"{name} {result[name]['width']} x {result[name]['height']}" for name in ("original", "processed", "thumbnail")
    )
    yield row("sizes", ", ".join(sizes))
    if result["keywords"]:
        yield row("found by", ", ".join(result["keywords"]))
