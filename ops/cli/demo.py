"""`sayline demo`: one real job of every kind through the whole stack, and what came of it."""

from __future__ import annotations

import asyncio
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.client import ApiClient
from ops.cli.output import Exit, err, fail, out, print_json
from ops.cli.story import Story, as_json, as_table, tell
from ops.log import configure
from ops.settings import Settings
from schemas.kinds import registry

if TYPE_CHECKING:
    from pathlib import Path

# ruff: noqa: PLC0415 - what runs processes is imported when it is needed


HELP = """Run one real job of every kind, show what came of it, stop.

Files are left in SAYLINE_DATA_DIR/demo (.data/demo), the processes' log in demo.log beside it.

\b
Examples:
sayline demo
sayline demo --json
"""


def demo(*, json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False) -> None:
    """Run one real job of every kind, show what came of it, stop."""
    from ops.local import stack_file
    from ops.local.readiness import NotReadyError
    from ops.local.stack import StackError

    began = time.monotonic()
    settings = Settings()
    if stack_file.read(settings):
        fail(
            f"A stack runs in {settings.data_dir} already.",
            "Stop it, or set another SAYLINE_DATA_DIR.",
            Exit.UNAVAILABLE,
        )
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        stories = asyncio.run(_run(settings))
    except (StackError, NotReadyError) as error:
        fail(str(error), f"Its log: {_log_path(settings)}", Exit.UNAVAILABLE)
    if json:
        print_json([as_json(story) for story in stories])
    else:
        _show(stories)
    err().print(
        f"\nDone in {time.monotonic() - began:.1f} s. The processes' log: {_log_path(settings)}", soft_wrap=True
    )
    if not all(story.succeeded for story in stories):
        raise typer.Exit(Exit.JOB_FAILED)


def _log_path(settings: Settings) -> Path:
    return settings.data_dir / "demo.log"


async def _run(settings: Settings) -> list[Story]:
    from ops.local.stack import Stack

    folder, console = settings.data_dir / "demo", err()
    # A spinner where somebody looks at it.
    progress = console.status("Starting the stack") if console.is_terminal else nullcontext()
    with _log_path(settings).open("w", encoding="utf-8") as log, progress:
        configure(settings, process="stack", stream=log)
        async with Stack(settings, log=log) as stack:
            console.print(f"Emulator, worker, clock and API are up: {stack.api_url}", soft_wrap=True)
            client = ApiClient(stack.api_url, owner="demo")
            return [await asyncio.to_thread(tell, client, kind, folder / kind.name) for kind in registry().values()]


def _show(stories: list[Story]) -> None:
    for story in stories:
        out().print()
        out().rule(f"{story.kind.name}: {story.kind.summary.lower()}", align="left")
        out().print(as_table(story))
