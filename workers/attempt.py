"""One attempt of a job, as its handler sees it: engine, time that is left, a place for files, checkpoints."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schemas.media import StoredFile
from workers.checkpoint import Checkpoints
from workers.dialogues import Dialogues, TurnInHand
from workers.folder import BucketFolder, collection_folder
from workers.inputs import InputFile, OutputFile, find, find_result

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from schemas.job import After, Job, JsonObject
    from schemas.moves import Holder
    from schemas.ports import Clock, Conversations, JobStore, ObjectStore, Payloads
    from schemas.reply.tasks import Conversation
    from schemas.usage import Usage


_TOKEN_CHARS = 8


@dataclass(frozen=True, kw_only=True)
class Around:
    """What an attempt reaches."""

    jobs: JobStore
    objects: ObjectStore
    payloads: Payloads
    conversations: Conversations
    engines: Mapping[str, Callable[[], Any]]
    """By role: the engines that the kind needs beside its own."""
    clock: Clock


class Attempt:
    """Implements `workers.work.Work` over the stores.

    Files lie under `{kind}/{job}/{epoch}.{attempt}-{token}/`: an attempt that stalled past its lease can't overwrite
    the files of the one that took over, and what it leaves is deleted. An attempt that was handed back and the next one
    have the same number: the first characters of the lease's token tell them apart.
    """

    def __init__(self, job: Job, *, holder: Holder, deadline: datetime, around: Around) -> None:
        self.engine: Any = None
        self.files: dict[str, str] = {}
        self.usage: Usage | None = None
        self.token = job.run
        """Names job and epoch, the same for each attempt."""
        self.has_outputs = False
        """Whether a vendor may have written files for this job."""
        self._has_written = False
        self._name = f"{job.epoch}.{job.attempt}-{holder.token[:_TOKEN_CHARS]}"
        self._folder = f"{job.kind}/{job.id}/{self._name}/"
        self._outputs = f"{job.kind}/{job.id}/vendor/{job.epoch}-"
        self.is_first = job.epoch == 0 and job.attempt == 1 and not job.history
        """Whether there was none before, which may have left files."""
        self._job = job
        self._turn: TurnInHand | None = None
        self._deadline = deadline
        self._around = around
        self._checkpoints = Checkpoints(holder, store=around.jobs, clock=around.clock)

    @property
    def after(self) -> Mapping[str, After]:
        """What is to follow the job's success, beside what follows each of its kind."""
        return {"turn": self._turn.after} if self._turn and self._turn.after else {}

    @property
    def remaining_s(self) -> float:
        """How much of the attempt's time is left; 0 or less when it is over."""
        return (self._deadline - self._around.clock()).total_seconds()

    def progress(self, fraction: float | None, note: str | None = None, *, partial: str | None = None) -> None:
        """Say how far the attempt is; raises `workers.work.AttemptOverError` where it is to end here."""
        self._checkpoints.say(fraction, note, partial)

    def checkpoint(self) -> None:
        """Look whether the attempt is to go on; raises `workers.work.AttemptOverError` where it is not."""
        self._checkpoints.check()

    def key(self, name: str) -> str:
        """Return the key under which a file of this attempt is about to be written."""
        self._has_written = True
        return self._folder + name

    def record_usage(self, usage: Usage) -> None:
        """Say what the attempt took; what is said again is added: the handler says it, and an engine beside its own."""
        self.usage = self.usage + usage if self.usage else usage

    def input(self, ref: str) -> InputFile:
        """Return a file that the request names, or raise `PermanentError` where it is none of the owner's."""
        return find(ref, owner=self._job.owner, jobs=self._around.jobs, objects=self._around.objects)

    def engine_of(self, role: str) -> Any:  # noqa: ANN401 - each role has a port of its own
        """Return an engine that the kind needs beside its own; `KeyError` for what is none of its `roles`."""
        return self._around.engines[role]()

    def conversation(self, task: Conversation) -> TurnInHand:
        """Take the next turn of a conversation; `NotYetError` or `PermanentError` where it can't be had."""
        around = self._around
        dialogues = Dialogues(heads=around.conversations, jobs=around.jobs, objects=around.objects, clock=around.clock)
        self._turn = dialogues.take(task, self._job, attempt=self._name)
        return self._turn

    def collection(self, name: str) -> BucketFolder:
        """Return the place of one of the owner's collections of documents."""
        return collection_folder(self._job.owner, name, self._around.objects)

    def result_of(self, job_id: str, kind: str) -> JsonObject:
        """Return the result of another job of the owner's, or raise `PermanentError` where there is none."""
        return find_result(job_id, kind, owner=self._job.owner, jobs=self._around.jobs, payloads=self._around.payloads)

    def output(self, name: str) -> OutputFile:
        """Return the place of a file that is written for this job alone: the same for each attempt of an epoch.

        Not in the attempt's own folder: the next one reads it there, too. Deleted at the job's end.
        """
        self.has_outputs = True
        return OutputFile(f"{self._outputs}{name}", self._around.objects)

    def store(self, name: str, data: bytes, *, mime: str) -> StoredFile:
        """Write a file of the result."""
        key = self.key(name)
        self._around.objects.put(key, data, mime=mime)
        self.files[name] = key
        return StoredFile(key=key, mime=mime, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())

    def delete_files(self) -> None:
        """Delete what this attempt has written: its result is not the job's."""
        objects = self._around.objects
        written = list(objects.keys(self._folder)) if self._has_written else []
        if self._turn and self._turn.after:
            written.append(self._turn.after.key)
        if written:
            objects.delete(written)
