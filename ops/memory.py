"""In-memory twins of the stores and queues: the same contract suite runs over them and over the real ones."""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import TYPE_CHECKING

from ops.memory_conversations import MemoryConversations
from ops.memory_images import MemoryImages
from ops.memory_lists import MemoryLists
from schemas.errors import ExistsError, MissingObjectError, NotSentError, RefusedError, UnavailableError
from schemas.job import CountAfter, ImageAfter, TurnAfter
from schemas.ports import UploadForm

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime, timedelta
    from typing import BinaryIO

    from schemas.envelope import Envelope
    from schemas.job import After, Job, JobError
    from schemas.move import Move


class MemoryJobStore(MemoryLists):
    """Records in a dictionary; every method is atomic."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.RLock()
        self._counters: defaultdict[tuple[str, str, str], int] = defaultdict(int)
        self._leases: dict[str, tuple[str, datetime]] = {}
        self.conversations = MemoryConversations()
        self.images = MemoryImages()

    def create(self, job: Job) -> None:
        """Write a new record; `ExistsError` where there is another with this id."""
        with self._lock:
            existing = self._jobs.setdefault(job.id, job)
            if existing != job:
                raise ExistsError(existing)

    def get(self, job_id: str) -> Job | None:
        """Read a record."""
        return self._jobs.get(job_id)

    def apply(self, move: Move) -> Job:
        """Make a move, or raise `RefusedError`."""
        with self._lock:
            job = self._jobs.get(move.job_id)
            if job is None:
                raise RefusedError(move.name, None, move.conditions)
            if unmet := move.unmet(job):
                if move.took_effect(job):
                    return job
                raise RefusedError(move.name, job, unmet)
            self._jobs[job.id] = move.apply_to(job)
            return self._jobs[job.id]

    def withdraw(self, job: Job) -> bool:
        """Delete a new record that nobody has begun to work on, nor checked."""
        with self._lock:
            existing = self._jobs.get(job.id)
            if existing is None or existing.submission != job.submission:
                return True
            if existing.version or existing.checks:
                return False
            del self._jobs[job.id]
            return True

    def postpone_check(self, job: Job, until: datetime) -> bool:
        """Count a check and set the next one, unless another has."""
        with self._lock:
            current = self._jobs.get(job.id)
            if current is None or current.next_check_at != job.next_check_at:
                return False
            self._jobs[job.id] = current.model_copy(update={"next_check_at": until, "checks": current.checks + 1})
            return True

    def complete_after(self, job: Job, entry: str) -> Job | None:
        """Do and remove the entry; the last one takes the job out of the open index."""
        with self._lock:
            current = self._jobs.get(job.id)
            if current is None or current.after != job.after:
                return None
            after = dict(current.after)
            done = after.pop(entry)
            self._do(job, done)
            index = {} if after else current.at_rest()
            self._jobs[job.id] = current.model_copy(update={"after": after, "version": current.version + 1, **index})
            return self._jobs[job.id]

    def _do(self, job: Job, after: After) -> None:
        match after:
            case CountAfter():
                self._counters[job.owner, after.day, after.name] += after.by
            case TurnAfter():
                self.conversations.count(job, after)
            case ImageAfter():
                self.images.write(job, after)

    def counter(self, owner: str, day: str, name: str) -> int:
        """Read one of the owner's counters."""
        return self._counters[owner, day, name]

    def acquire(self, name: str, holder: str, *, now: datetime, ttl: timedelta) -> bool:
        """Take or renew a lease on a duty."""
        with self._lock:
            current, until = self._leases.get(name, (holder, now))
            if current != holder and until >= now:
                return False
            self._leases[name] = (holder, now + ttl)
            return True

    def held_until(self, name: str) -> datetime | None:
        """Return when the latest lease on a duty ends."""
        return self._leases[name][1] if name in self._leases else None


class MemoryObjectStore:
    """Objects in a dictionary."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, str]] = {}

    def put(self, key: str, data: bytes | BinaryIO, *, mime: str) -> None:
        """Write an object."""
        self.objects[key] = (data if isinstance(data, bytes) else data.read(), mime)

    def get(self, key: str) -> bytes:
        """Read an object, or raise `MissingObjectError`."""
        try:
            return self.objects[key][0]
        except KeyError:
            raise MissingObjectError(key) from None

    def size(self, key: str) -> int:
        """Return how many bytes an object has, or raise `MissingObjectError`."""
        return len(self.get(key))

    def copy(self, source: str, target: str) -> None:
        """Copy an object, or raise `MissingObjectError`."""
        self.get(source)
        self.objects[target] = self.objects[source]

    def delete(self, keys: Sequence[str]) -> None:
        """Delete objects."""
        for key in keys:
            self.objects.pop(key, None)

    def keys(self, prefix: str) -> Iterator[str]:
        """Iterate over the keys with this prefix."""
        yield from sorted(key for key in tuple(self.objects) if key.startswith(prefix))

    def upload_form(self, key: str, *, mime: str, size: int, expires_s: int) -> UploadForm:
        """Return a form that says what it stands for; nothing answers there."""
        limits = {"content-length": str(size), "expires": str(expires_s)}
        return UploadForm("memory:///", {"key": key, "Content-Type": mime, **limits})

    def uri(self, key: str) -> str:
        """Return where the object would lie; nobody else can read it."""
        return f"s3://memory/{key}"

    def url(self, key: str, *, expires_s: int, filename: str, mime: str) -> str:
        """Return a URL that says what it stands for; nothing answers there."""
        return f"memory:///{key}?expires={expires_s}&filename={filename}&type={mime}"


class MemoryQueues:
    """Queues and dead-letter queues in lists: what was sent, in order."""

    def __init__(self) -> None:
        self.sent: list[Envelope] = []
        self.delays: dict[str, int] = {}
        """By job id: how long the latest message of the job was delayed, in seconds."""
        self.foreign: list[tuple[str, str, str]] = []
        self.dead: list[tuple[Envelope, JobError]] = []

    def send(self, envelope: Envelope, *, owner: str, delay_s: int = 0) -> None:
        """Put a message on its kind's queue."""
        del owner  # a queue in memory has no fairness to keep
        self.sent.append(envelope)
        self.delays[envelope.job_id] = delay_s

    def send_batch(self, messages: Sequence[tuple[Envelope, str]]) -> None:
        """Put messages on their kinds' queues."""
        unsent: list[Envelope] = []
        for envelope, owner in messages:
            try:
                self.send(envelope, owner=owner)
            except UnavailableError:
                unsent.append(envelope)
        if unsent:
            raise NotSentError("memory", unsent, len(messages))

    def bury(self, envelope: Envelope, *, error: JobError, context: Mapping[str, str | int]) -> None:
        """Put a message on its kind's dead-letter queue."""
        del context
        self.dead.append((envelope, error))

    def bury_batch(self, letters: Sequence[tuple[Envelope, JobError, Mapping[str, str | int]]]) -> None:
        """Put messages on their kinds' dead-letter queues."""
        for envelope, error, context in letters:
            self.bury(envelope, error=error, context=context)

    def bury_foreign(self, queue: str, body: str, *, code: str) -> None:
        """Put a message that is no job of the queue's on its dead-letter queue."""
        self.foreign.append((queue, body, code))

    def depth(self, kind: str) -> int:
        """Return how many messages a kind's queue holds."""
        return sum(envelope.kind == kind for envelope in self.sent)
