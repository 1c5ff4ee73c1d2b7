"""One attempt of a job, as its handler sees it: the engine, the time that is left, a place for files."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from schemas.media import StoredFile

if TYPE_CHECKING:
    from datetime import datetime

    from schemas.job import Job
    from schemas.ports import Clock, ObjectStore
    from schemas.usage import Usage


class Attempt:
    """Implements `workers.work.Work` over the object store.

    Files lie under `{kind}/{job}/{epoch}.{attempt}/`: an attempt that stalled past its lease can't overwrite the files
    of the one that took over, and what it leaves is deleted.
    """

    def __init__(self, job: Job, *, deadline: datetime, objects: ObjectStore, clock: Clock) -> None:
        self.engine: Any = None
        self.files: dict[str, str] = {}
        self.usage: Usage | None = None
        self._has_written = False
        self._prefix = f"{job.kind}/{job.id}/"
        self._folder = f"{self._prefix}{job.epoch}.{job.attempt}/"
        self._is_first = job.epoch == 0 and job.attempt == 1 and not job.history
        self._deadline = deadline
        self._objects = objects
        self._clock = clock

    @property
    def remaining_s(self) -> float:
        """How much of the attempt's time is left; 0 or less when it is over."""
        return (self._deadline - self._clock()).total_seconds()

    def key(self, name: str) -> str:
        """Return the key under which a file of this attempt is about to be written."""
        self._has_written = True
        return self._folder + name

    def record_usage(self, usage: Usage) -> None:
        """Say what the attempt took."""
        self.usage = usage

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

    def delete_leftovers(self) -> None:
        """Delete what attempts before this one have written; a first attempt has none."""
        if self._is_first:
            return
        others = [key for key in self._objects.keys(self._prefix) if not key.startswith(self._folder)]
        self._objects.delete(others)
