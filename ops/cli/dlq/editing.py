"""Requests in the operator's editor: one JSON object of them, by job."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import TYPE_CHECKING, Any, NoReturn

from ops.cli.output import Exit, fail
from ops.cli.request_input import put_setting
from ops.dlq.amending import UnfitError
from ops.dlq.lines import request_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

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
    few = list(islice(jobs, MOST + 1))
    if len(few) > MOST:
        fail(f"--edit takes up to {MOST} dead letters.", "Choose fewer, or use --set FIELD=VALUE.", Exit.USAGE)
    if not few:
        fail("There are no such dead letters.", code=Exit.NO_SUCH_JOB)
    shown = {job.id: request_of(job, desk.payloads) or {} for job in few}
    edited = _parsed(_edited(json.dumps(shown, indent=2, ensure_ascii=False)))
    if unknown := edited.keys() - shown.keys():
        fail(f"{', '.join(sorted(unknown))}: not among those that were chosen.", code=Exit.REFUSED)
    if not edited:
        fail("No request was left in.", code=Exit.USAGE)
    # Not by their text: editors add a last newline by themselves.
    if all(_is_same(shown[job_id], request) for job_id, request in edited.items()):
        fail("Nothing was changed.", "To send them as they are, leave --edit out.", Exit.USAGE)
    return _replacing(shown, edited), frozenset(edited)


def _replacing(shown: Mapping[str, JsonObject], edited: Mapping[str, JsonObject]) -> Change:
    """Return what puts the edited requests in place of just those that the editor has shown."""

    def change(job_id: str, request: JsonObject) -> JsonObject:
        if not _is_same(request, shown[job_id]):
            raise UnfitError(job_id, {"request": "somebody else has changed it meanwhile: look at it again"})
        return edited[job_id]

    return change


def _is_same(one: JsonObject, other: JsonObject) -> bool:
    # For Python 1, 1.0 and True are equal.
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _edited(text: str) -> bytes:
    """Return the text as it is after the operator's editor; meanwhile only they can read the file that has it."""
    editor = _editor()
    with TemporaryDirectory(prefix="sayline-") as directory:
        path = Path(directory) / "requests.json"
        path.write_text(text, encoding="utf-8")
        try:
            done = subprocess.run([*editor, str(path)], check=False)  # noqa: S603 - the operator's own choice
        except OSError as error:
            fail(f"{editor[0]}: {error.strerror}.", "Set EDITOR to an editor that there is.", Exit.USAGE)
        if done.returncode:
            fail(f"{editor[0]} ended with {done.returncode}: nothing was changed.", code=Exit.USAGE)
        return path.read_bytes()


def _editor() -> list[str]:
    """Return the operator's editor and its arguments."""
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        return shlex.split(chosen) or ["vi"]
    except ValueError:
        fail(f"{chosen}: a quotation mark is not closed.", "Set EDITOR to an editor that there is.", Exit.USAGE)


def _parsed(saved: bytes) -> dict[str, JsonObject]:
    try:
        document: Any = json.loads(saved.decode())
    except json.JSONDecodeError as error:
        _keep(saved, f"What was saved is not JSON: line {error.lineno}, column {error.colno}.")
    except UnicodeDecodeError:
        _keep(saved, "What was saved is not UTF-8.")
    if not isinstance(document, dict) or not all(isinstance(each, dict) for each in document.values()):
        _keep(saved, "What was saved must be an object of requests by job.")
    return document


def _keep(saved: bytes, why: str) -> NoReturn:
    """End the command, but leave what was typed in a file that only its writer can read."""
    with NamedTemporaryFile(prefix="sayline-", suffix=".json", delete=False) as file:
        file.write(saved)
    again = f"`VISUAL='cp {file.name}'`"
    fail(why, f"It is kept in {file.name}: mend it, and run the same command with {again} before it.", Exit.REFUSED)
