"""The story of one job: asked for, followed through its states, and what its files turn out to be."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from rich.table import Table

from ops.cli.results import glance
from schemas.status import Status

if TYPE_CHECKING:
    from pathlib import Path

    from ops.cli.client import ApiClient
    from ops.hearing import Heard
    from schemas.job import JsonObject
    from schemas.kinds import AnyKind

_TIMEOUT_S = 60.0
_POLL_S = 0.02
_AUDIO = frozenset({".mp3", ".ogg", ".wav"})
_ASKED_MAX_CHARS = 400


@dataclass
class Story:
    """What was seen of one job."""

    kind: AnyKind
    job: JsonObject
    began: float
    seen: list[tuple[str, float]] = field(default_factory=list)
    """States in the order in which they were seen, each with milliseconds since the submission."""
    files: list[Path] = field(default_factory=list)

    @property
    def succeeded(self) -> bool:
        """Whether the job did what it was asked for."""
        return bool(self.job["status"] == Status.SUCCEEDED)

    def see(self, job: JsonObject) -> None:
        """Take note of the job as it is now."""
        self.job = job
        if not self.seen or self.seen[-1][0] != job["status"]:
            self.seen.append((job["status"], (time.monotonic() - self.began) * 1000))


def tell(client: ApiClient, kind: AnyKind, folder: Path) -> Story:
    """Submit a kind's example with the samples that go with it, follow it to its end, and fetch its files."""
    began = time.monotonic()
    job = client.submit(kind.name, _example(kind), idempotency_key=str(uuid4()), files=kind.samples)
    story = Story(kind, job, began)
    story.see(job)
    _follow(client, story)
    folder.mkdir(parents=True, exist_ok=True)
    for name, href in story.job["files"].items():
        client.save(href, folder / name)
        story.files.append(folder / name)
    return story


def _follow(client: ApiClient, story: Story) -> None:
    etag = None
    while not Status(story.job["status"]).is_final and time.monotonic() - story.began < _TIMEOUT_S:
        time.sleep(_POLL_S)
        look = client.look(story.job["id"], etag)
        if look:
            etag = look.etag
            story.see(look.job)


def as_table(story: Story) -> Table:
    """Return the story for a person, 80 columns."""
    table = Table(box=None, show_header=False, padding=(0, 1))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    job = story.job
    table.add_row("asked", _shortened(json.dumps(_example(story.kind), ensure_ascii=False)))
    for name, path in story.kind.samples.items():
        origin = ", spoken by the embedded voice" if story.kind.files[name].media == "audio" else ""
        table.add_row("with", f"{name}: {path.name}{origin}")
    table.add_row("job", job["id"])
    table.add_row("states", " -> ".join(f"{state} ({ms:.0f} ms)" for state, ms in story.seen))
    table.add_row("times", _times(job))
    if job["error"]:
        table.add_row("error", f"{job['error']['code']}: {job['error']['message']}")
    else:
        table.add_row("engine", f"{job['engine']} {job['model']}")
    for label, text in glance(story.kind.name, job["result"]) if job["result"] else ():
        table.add_row(label, text)
    for path in story.files:
        table.add_row("file", f"{path} ({path.stat().st_size:,} bytes)")
        if path.suffix in _AUDIO:
            table.add_row("heard", str(_heard(path)))
    return table


def as_json(story: Story) -> JsonObject:
    """Return the story for a program."""
    return {
        "kind": story.kind.name,
        "job": story.job,
        "seen": [{"status": state, "ms": round(ms)} for state, ms in story.seen],
        "files": [_file_as_json(path) for path in story.files],
    }


def _file_as_json(path: Path) -> JsonObject:
    file: JsonObject = {"path": str(path), "bytes": path.stat().st_size}
    if path.suffix in _AUDIO:
        heard = _heard(path)
        file["heard"] = {**asdict(heard), "is_speech": heard.is_speech}
    return file


def _example(kind: AnyKind) -> JsonObject:
    """Return the kind's example without what its files say."""
    example: JsonObject = kind.example.model_dump(mode="json", exclude_defaults=True, exclude=set(kind.samples))
    return example


def _shortened(text: str) -> str:
    return text if len(text) <= _ASKED_MAX_CHARS else f"{text[:_ASKED_MAX_CHARS]}..."


def _times(job: JsonObject) -> str:
    created, started, finished = (
        datetime.fromisoformat(job[name]) if job[name] else None for name in ("created_at", "started_at", "finished_at")
    )
    if created is None or started is None or finished is None:
        return "it did not run to its end"
    waited, ran = (started - created).total_seconds() * 1000, (finished - started).total_seconds() * 1000
    return f"waited {waited:.0f} ms for a worker, ran {ran:.0f} ms, attempt {job['attempt']} of {job['max_attempts']}"


def _heard(path: Path) -> Heard:
    """Listen to a file: what its samples say, not what the job says about it."""
    from ops.hearing import hear  # noqa: PLC0415 - numpy and FFmpeg, for this alone

    return hear(path.read_bytes())
