"""Dead letters as JSON Lines: what an export writes and an import reads, one to a line.

The files hold what learners have said: they are readable by their maker alone.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, TypeAdapter

from schemas.errors import MissingObjectError
from schemas.job import Job, JsonObject
from schemas.model import Model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import TextIO

    from schemas.ports import Payloads


class JobLine(Model):
    """A dead-lettered job."""

    type: Literal["job"] = "job"
    v: Literal[1] = 1
    job: Job
    request: JsonObject | None
    """The whole request, wherever it was kept; null where it was gone."""


class StrayLine(Model):
    """A message of no job."""

    type: Literal["stray"] = "stray"
    v: Literal[1] = 1
    kind: str
    """Whose queue it was on."""
    body: str
    reason: JsonObject


Line = JobLine | StrayLine
_LINE: TypeAdapter[Line] = TypeAdapter(Annotated[Line, Field(discriminator="type")])


def line_of(job: Job, payloads: Payloads) -> JobLine:
    """Return the line of a job, its request read."""
    return JobLine(job=job, request=request_of(job, payloads))


def request_of(job: Job, payloads: Payloads) -> JsonObject | None:
    """Return what a job asks for; None where that is no longer kept."""
    try:
        return payloads.load(job.request)
    except MissingObjectError:
        return None


class UnreadableLineError(ValueError):
    """A line that is no dead letter."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def read(lines: Iterator[str]) -> Iterator[Line]:
    """Iterate over a file's lines; blank ones are nothing.

    Raises:
        UnreadableLineError: one is no dead letter, or was cut off.
    """
    for number, text in enumerate(lines, 1):
        if text.strip():
            try:
                yield _LINE.validate_json(text)
            except ValueError:
                raise UnreadableLineError(number) from None


@contextmanager
def written(path: Path, *, each: bool = False) -> Iterator[Callable[[Line], None]]:
    """Write a new file; on leaving, or after each line, it is on the disk, whatever happens to the machine next.

    So is its name, which its folder holds. Where an error ends the writing before the first line, there is no file.

    Raises:
        FileExistsError: there is one of this name: nothing is overwritten.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        _settle_name(path)

        def add(line: Line) -> None:
            _write(line, file)
            if each:
                _settle(file)

        try:
            yield add
        except BaseException:
            if not file.tell():
                path.unlink()
            raise
        _settle(file)


def _settle_name(path: Path) -> None:
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _settle(file: TextIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _write(line: Line, file: TextIO) -> None:
    """Write a line."""
    document = line.model_dump(mode="json")
    file.write(json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n")
