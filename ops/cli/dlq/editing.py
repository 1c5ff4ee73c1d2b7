"""Requests in the operator's editor: one JSON object of them, by job."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from ops.cli.output import Exit, fail
from ops.cli.request_input import put_setting
from schemas.errors import MissingObjectError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ops.desk import Desk
    from schemas.job import Job, JsonObject

    Change = Callable[[str, JsonObject], JsonObject]

#: More than these nobody edits by hand.
MOST = 100


def by_settings(settings: Sequence[str]) -> Change | None:
    """Return what puts `field=value` into each request; None where nothing is set."""
    if not settings:
        return None

    def change(_: str, request: JsonObject) -> JsonObject:
        changed: JsonObject = json.loads(json.dumps(request))
        for setting in settings:
            put_setting(changed, setting)
        return changed

    return change


def by_editor(desk: Desk, jobs: Iterable[Job]) -> tuple[Change, frozenset[str]]:
    """Have the requests edited; return what puts them in their jobs' places, and the jobs that were left in."""
    documents = {job.id: _request(desk, job) for job in jobs}
    if len(documents) > MOST:
        fail(f"--edit takes up to {MOST} dead letters.", "Choose fewer, or use --set FIELD=VALUE.", Exit.USAGE)
    before = json.dumps(documents, indent=2, ensure_ascii=False)
    text = _edited(before)
    if text == before:
        fail("Nothing was changed.", "To send them as they are, leave --edit out.", Exit.USAGE)
    edited = _parsed(text)
    if unknown := edited.keys() - documents.keys():
        fail(f"{', '.join(sorted(unknown))}: not among those that were chosen.", code=Exit.REFUSED)
    return (lambda job_id, _: edited[job_id]), frozenset(edited)


def _edited(text: str) -> str:
    """Return the text as it is after the operator's editor; meanwhile it lies in a file that only they can read."""
    editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    with TemporaryDirectory(prefix="sayline-") as directory:
        path = Path(directory) / "requests.json"
        path.write_text(text, encoding="utf-8")
        try:
            done = subprocess.run([*editor, str(path)], check=False)  # noqa: S603 - the operator's own choice
        except OSError as error:
            fail(f"{editor[0]}: {error.strerror}.", "Set EDITOR to an editor that there is.", Exit.USAGE)
        if done.returncode:
            fail(f"{editor[0]} ended with {done.returncode}: nothing was changed.", code=Exit.USAGE)
        return path.read_text(encoding="utf-8")


def _parsed(text: str) -> dict[str, JsonObject]:
    try:
        document: Any = json.loads(text)
    except json.JSONDecodeError as error:
        fail(f"What was saved is not JSON: line {error.lineno}, column {error.colno}.", code=Exit.REFUSED)
    if not isinstance(document, dict) or not all(isinstance(each, dict) for each in document.values()):
        fail("What was saved must be an object of requests by job.", code=Exit.REFUSED)
    return document


def _request(desk: Desk, job: Job) -> JsonObject:
    try:
        return desk.payloads.load(job.request)
    except MissingObjectError:
        return {}
