"""One attempt of a job, as its handler sees it: engine, time that is left, a place for files, checkpoints."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from schemas.media import StoredFile
from workers.checkpoint import Checkpoints
from workers.inputs import InputFile, find

if TYPE_CHECKING:
    from datetime import datetime

    from schemas.job import Job
    from schemas.moves import Holder
    from schemas.ports import Clock, JobStore, ObjectStore
    from schemas.usage import Usage


_TOKEN_CHARS = 8


class Attempt:
    """Implements `workers.work.Work` over the stores.

    Files lie under `{kind}/{job}/{epoch}.{attempt}-{token}/`: an attempt that stalled past its lease can't overwrite
    the files of the one that took over, and what it leaves is deleted. An attempt that was handed back and the next one
    have the same number: the first characters of the lease's token tell them apart.
    """

    def __init__(  # noqa: PLR0913 - its ports
        self, job: Job, *, holder: Holder, deadline: datetime, store: JobStore, objects: ObjectStore, clock: Clock
    ) -> None:
        self.engine: Any = None
        self.files: dict[str, str] = {}
        self.usage: Usage | None = None
        self.token = f"{job.id}-{job.epoch}"
        """Names job and epoch, the same for each attempt."""
        self.has_outputs = False
        """Whether a vendor may have written files for this job."""
        self._has_written = False
        self._folder = f"{job.kind}/{job.id}/{job.epoch}.{job.attempt}-{holder.token[:_TOKEN_CHARS]}/"
        self._outputs = f"{job.kind}/{job.id}/vendor/{job.epoch}-"
        self.is_first = job.epoch == 0 and job.attempt == 1 and not job.history
        """Whether there was none before, which may have left files."""
        self._owner = job.owner
        self._deadline = deadline
        self._jobs = store
        self._objects = objects
        self._clock = clock
        self._checkpoints = Checkpoints(holder, store=store, clock=clock)

    @property
    def remaining_s(self) -> float:
        """How much of the attempt's time is left; 0 or less when it is over."""
        return (self._deadline - self._clock()).total_seconds()

    def progress(self, fraction: float | None, note: str | None = None) -> None:
        """Say how far the attempt is; raises `workers.work.AttemptOverError` where it is to end here."""
        self._checkpoints.say(fraction, note)

    def checkpoint(self) -> None:
        """Look whether the attempt is to go on; raises `workers.work.AttemptOverError` where it is not."""
        self._checkpoints.check()

    def key(self, name: str) -> str:
        """Return the key under which a file of this attempt is about to be written."""
        self._has_written = True
        return self._folder + name

    def record_usage(self, usage: Usage) -> None:
        """Say what the attempt took."""
        self.usage = usage

    def input(self, ref: str) -> InputFile:
        """Return a file that the request names, or raise `PermanentError` where it is none of the owner's."""
        return find(ref, owner=self._owner, jobs=self._jobs, objects=self._objects)

    def output(self, name: str) -> InputFile:
        """Return the place of a file that a vendor writes for this job: the same for each attempt of an epoch.

        Not in the attempt's own folder: the next one reads it there, too. Deleted at the job's end.
        """
        self.has_outputs = True
        return InputFile(f"{self._outputs}{name}", self._objects)

    def store(self, name: str, data: bytes, *, mime: str) -> StoredFile:
        """Write a file of the result."""
        key = self.key(name)
        self._objects.put(key, data, mime=mime)
        self.files[name] = key
        return StoredFile(key=key, mime=mime, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())

    def delete_files(self) -> None:
        """Delete what this attempt has written: its result is not the job's."""
        if self._has_written:
            self._objects.delete(list(self._objects.keys(self._folder)))
