"""`sayline demo`: one real job of every kind through the whole stack, and what came of it."""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer
from rich.table import Table

from ops.cli.client import ApiClient
from ops.cli.output import Exit, err, fail, out, print_json
from ops.log import configure
from ops.settings import Settings
from schemas.kinds import registry
from schemas.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from schemas.job import JsonObject
    from schemas.kinds import AnyKind

# ruff: noqa: PLC0415 - what runs processes or hears audio is imported when it is needed

_TIMEOUT_S = 60.0
_POLL_S = 0.005


@dataclass
class Story:
    """What was seen of one job."""

    kind: AnyKind
    job: JsonObject
    seen: list[tuple[str, float]] = field(default_factory=list)
    """States in the order in which they were seen, each with milliseconds since the submission."""
    files: list[Path] = field(default_factory=list)

    @property
    def succeeded(self) -> bool:
        """Whether the job did what it was asked for."""
        return bool(self.job["status"] == Status.SUCCEEDED)


def demo(*, as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False) -> None:
    """Run one real job of every kind on the embedded stack, show what came of it, and stop.

    Files are left in SAYLINE_DATA_DIR/demo (.data/demo), the processes' log in demo.log beside it.
    """
    from ops.local.readiness import NotReadyError
    from ops.local.stack import StackError

    began = time.monotonic()
    settings = Settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        stories = asyncio.run(_run(settings))
    except (StackError, NotReadyError) as error:
        fail(str(error), f"Its log: {_log_path(settings)}", Exit.UNAVAILABLE)
    if as_json:
        print_json([_as_json(story) for story in stories])
    else:
        _show(stories)
        err().print(f"Done in {time.monotonic() - began:.1f} s. The processes' log: {_log_path(settings)}")
    if not all(story.succeeded for story in stories):
        raise typer.Exit(Exit.JOB_FAILED)


def _log_path(settings: Settings) -> Path:
    return settings.data_dir / "demo.log"


async def _run(settings: Settings) -> list[Story]:
    from ops.local.stack import Stack

    with _log_path(settings).open("w", encoding="utf-8") as log, _progress("Running the stack"):
        configure(settings, process="stack", stream=log)
        async with Stack(settings, log=log) as stack:
            err().print(f"Emulator, API, worker and clock are up: {stack.api_url}")
            client = ApiClient(stack.api_url, owner="demo")
            folder = settings.data_dir / "demo"
            return [await asyncio.to_thread(_tell, client, kind, folder / kind.name) for kind in registry().values()]


@contextmanager
def _progress(text: str) -> Iterator[None]:
    """Show that something is going on, where somebody looks at it."""
    console = err()
    if not console.is_terminal:
        yield
        return
    with console.status(text):
        yield


def _tell(client: ApiClient, kind: AnyKind, folder: Path) -> Story:
    """Submit a kind's example, follow it to its end, and fetch its files."""
    began = time.monotonic()
    job = client.submit(kind.name, kind.example.model_dump(mode="json"), idempotency_key=str(uuid4()))
    story = Story(kind, job)
    etag = None
    while True:
        if not story.seen or story.seen[-1][0] != story.job["status"]:
            story.seen.append((story.job["status"], (time.monotonic() - began) * 1000))
        if Status(story.job["status"]).is_final:
            break
        if time.monotonic() - began > _TIMEOUT_S:
            break
        time.sleep(_POLL_S)
        look = client.look(job["id"], etag)
        if look:
            story.job, etag = look.job, look.etag
    folder.mkdir(parents=True, exist_ok=True)
    for name, href in story.job["files"].items():
        client.save(href, folder / name)
        story.files.append(folder / name)
    return story


def _show(stories: list[Story]) -> None:
    for story in stories:
        out().print()
        out().rule(f"{story.kind.name}: {story.kind.summary.lower()}", align="left")
        out().print(_table(story))


def _table(story: Story) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    job = story.job
    table.add_row("job", job["id"])
    table.add_row("states", " -> ".join(f"{state} ({ms:.0f} ms)" for state, ms in story.seen))
    table.add_row("times", _times(job))
    if job["error"]:
        table.add_row("error", f"{job['error']['code']}: {job['error']['message']}")
    else:
        table.add_row("engine", f"{job['engine']} {job['model']}")
    for path in story.files:
        table.add_row("file", str(path))
        table.add_row("", _described(path))
    return table


def _times(job: JsonObject) -> str:
    created, started, finished = (
        datetime.fromisoformat(job[name]) if job[name] else None for name in ("created_at", "started_at", "finished_at")
    )
    if created is None or started is None or finished is None:
        return "it did not run to its end"
    waited, ran = (started - created).total_seconds() * 1000, (finished - started).total_seconds() * 1000
    return f"waited {waited:.0f} ms for a worker, ran {ran:.0f} ms, attempt {job['attempt']} of {job['max_attempts']}"


def _described(path: Path) -> str:
    """Say what is in a file, as found by decoding it."""
    size = f"{path.stat().st_size:,} bytes"
    if path.suffix not in {".mp3", ".ogg", ".wav"}:
        return size
    from ops.hearing import hear

    return f"{size}; {hear(path.read_bytes())}"


def _as_json(story: Story) -> JsonObject:
    return {
        "kind": story.kind.name,
        "job": story.job,
        "seen": [{"status": state, "ms": round(ms)} for state, ms in story.seen],
        "files": [{"path": str(path), "found": _described(path)} for path in story.files],
    }
