"""What the rest of Sayline needs of the outside world; `ops.aws` has the real ones, `ops.memory` their twins.

Every method may raise `schemas.errors.UnavailableError`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime, timedelta
    from typing import BinaryIO

    from schemas.conversation import ConversationHead
    from schemas.envelope import Envelope
    from schemas.images import ImageEntry
    from schemas.job import Job, JobError, JsonObject, Payload
    from schemas.model import Model
    from schemas.move import Move
    from schemas.paging import Place


@dataclass(frozen=True)
class UploadForm:
    """A form to POST as `multipart/form-data`: these fields, then the file as the field `file`, which must be last."""

    url: str
    fields: Mapping[str, str]


#: A message is delivered no later than this after it was sent; a job that is due later is scheduled, in seconds.
LONGEST_DELAY_S = 15 * 60


class JobStore(Protocol):
    """The records of jobs."""

    def create(self, job: Job) -> None:
        """Write a new record.

        Raises:
            ExistsError: there is one with this id; it comes with the error.
        """

    def get(self, job_id: str) -> Job | None:
        """Read a record, strongly consistent."""

    def apply(self, move: Move) -> Job:
        """Make a move as one conditional write, and return the record after it.

        Raises:
            RefusedError: a condition does not hold; the record as it stands comes with the error.
        """

    def withdraw(self, job: Job) -> bool:
        """Delete a new record that nobody has begun to work on, nor checked; false where somebody has.

        A record that another submission has made since is not this one, which then is gone.
        """

    def list_by_owner(self, owner: str, *, limit: int) -> Sequence[Job]:
        """Return the owner's latest jobs, newest first."""

    def due_for_check(self, kind: str, *, now: datetime) -> Iterator[Job]:
        """Iterate over the open jobs of a kind whose next check is due, the earliest first."""

    def count_open(self, kind: str, *, at_most: int) -> int:
        """Count the open jobs of a kind but for scheduled ones, no further than `at_most`."""

    def postpone_check(self, job: Job, until: datetime) -> bool:
        """Count a check of the job and set its next one; false where another was faster."""

    def complete_after(self, job: Job, entry: str) -> Job | None:
        """Do what follows a job and remove its entry, in one transaction, and return the record after it.

        A turn of a conversation that is deleted is not counted, its entry is removed all the same. None where the
        record has other entries by now: another was faster, who completes the rest.
        """

    def counter(self, owner: str, day: str, name: str) -> int:
        """Read one of the owner's counters."""

    def acquire(self, name: str, holder: str, *, now: datetime, ttl: timedelta) -> bool:
        """Take or renew a lease on a duty that one process has at a time; false while another holds it."""

    def held_until(self, name: str) -> datetime | None:
        """Return when the latest lease on a duty ends, or has ended; None where nobody has ever had it."""


class Conversations(Protocol):
    """The heads of conversations. A turn is counted by `JobStore.complete_after`, with what follows its job."""

    def get(self, owner: str, conversation_id: str) -> ConversationHead | None:
        """Read a head, strongly consistent; that of a deleted one as well, while it is remembered."""

    def list_by_owner(self, owner: str, *, limit: int, before: Place | None = None) -> Sequence[ConversationHead]:
        """Return the owner's conversations that are not deleted, the latest turn first; those behind a place."""

    def begin(self, head: ConversationHead) -> bool:
        """Write the head of a new conversation; false where there is one of this owner and id."""

    def hold(self, head: ConversationHead, *, run: str, now: datetime) -> bool:
        """Have a job answer the next turn; false where the head is no more as the caller has seen it."""

    def delete(self, owner: str, conversation_id: str, *, now: datetime) -> bool:
        """Mark it as deleted, and forget what is known of it; false where there is none, or no more."""


class Images(Protocol):
    """The text mappings of pictures; written by `JobStore.complete_after`, with what follows the job that made one."""

    def get(self, owner: str, place: Place) -> ImageEntry | None:
        """Read an entry, strongly consistent; one whose time is over may still be there."""

    def list_by_owner(self, owner: str, *, before: Place | None = None) -> Iterator[ImageEntry]:
        """Iterate over the owner's entries, the latest first, those behind a place; no further than it is asked.

        Those whose time is over may still be there.
        """

    def delete(self, entry: ImageEntry) -> None:
        """Delete an entry; none is no error."""


class ObjectStore(Protocol):
    """The bucket."""

    def put(self, key: str, data: bytes | BinaryIO, *, mime: str) -> None:
        """Write an object, a file from where it stands to its end; the same key is overwritten."""

    def get(self, key: str) -> bytes:
        """Read an object.

        Raises:
            MissingObjectError: there is none.
        """

    def size(self, key: str) -> int:
        """Return how many bytes an object has, without reading it.

        Raises:
            MissingObjectError: there is none.
        """

    def copy(self, source: str, target: str) -> None:
        """Copy an object of up to 5 GB with its type, without reading it here; the target is overwritten.

        Raises:
            MissingObjectError: there is no source.
        """

    def delete(self, keys: Sequence[str]) -> None:
        """Delete objects; a key without one is no error."""

    def keys(self, prefix: str) -> Iterator[str]:
        """Iterate over the keys with this prefix."""

    def upload_form(self, key: str, *, mime: str, size: int, expires_s: int) -> UploadForm:
        """Return a presigned form by which anyone may write the object for a while, of just this type and size."""

    def uri(self, key: str) -> str:
        """Return where the object lies, as `s3://bucket/key`: a vendor that is asked to reads it there itself."""

    def url(self, key: str, *, expires_s: int, filename: str, mime: str) -> str:
        """Return a presigned URL by which anyone may read the object for a while."""


class Payloads(Protocol):
    """Documents that are kept in the record while they are small, else in the bucket (claim check)."""

    def save(self, key: str, document: Model) -> Payload:
        """Return the document as a payload, written under `key` where it is too large for the record."""

    def load(self, payload: Payload) -> JsonObject:
        """Return the document.

        Raises:
            MissingObjectError: its retention is over.
        """


class Enqueuer(Protocol):
    """The way into the queues."""

    def send(self, envelope: Envelope, *, owner: str, delay_s: int = 0) -> None:
        """Put a message on its kind's queue, delivered after 0 to `LONGEST_DELAY_S`; on return it is durable."""

    def send_batch(self, messages: Sequence[tuple[Envelope, str]]) -> None:
        """Put messages on their kinds' queues, each with its owner; on return all are durable.

        Raises:
            NotSentError: not all of them, even after some tries; it says which.
        """


class DeadLetters(Protocol):
    """The way into the dead-letter queues."""

    def bury(self, envelope: Envelope, *, error: JobError, context: Mapping[str, str | int]) -> None:
        """Put a message on its kind's dead-letter queue, with the reason as an attribute."""

    def bury_foreign(self, queue: str, body: str, *, code: str) -> None:
        """Put a message that is no job of the queue's on the queue's dead-letter queue, as it is."""


class QueueDepth(Protocol):
    """How much waits."""

    def depth(self, kind: str) -> int:
        """Return about how many messages a kind's queue holds: visible, in flight and delayed."""


class Clock(Protocol):
    """The time; tests set it."""

    def __call__(self) -> datetime:
        """Return the time, aware, in UTC."""
