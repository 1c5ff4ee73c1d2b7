"""Dead letters as operators see them: listed from the records, received only to be deleted.

A record says that its job is dead-lettered, and why; the message in the dead-letter queue only stands for it. So a list
hides nothing that others have received just now, and no look at a queue makes its messages older.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from schemas.envelope import Envelope
    from schemas.job import Job, JobError, JsonObject


class DeadKey(NamedTuple):
    """What the index says of a dead-lettered job; sorts by its death."""

    died_at: datetime
    job_id: str


@dataclass(frozen=True)
class Period:
    """From when to when, both included."""

    since: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    until: datetime = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class DeadLetter:
    """A message as it was received from a dead-letter queue."""

    id: str
    """SQS's own id of the message: the same at each receive."""
    receipt: str
    body: str
    envelope: Envelope | None
    """None where it is no message of ours."""
    reason: JsonObject


class DeadJobs(Protocol):
    """The records of dead-lettered jobs."""

    def dead_keys(self, kind: str, period: Period = ...) -> Iterator[DeadKey]:
        """Iterate over the dead letters of a kind, the oldest first.

        It is read as it is asked for, and may be a moment behind: what it names need not be dead-lettered any more, and
        what dies meanwhile is named. A job that something still follows is named once that is done. A period that ends
        before it begins has none.
        """

    def count_dead(self, kind: str) -> int:
        """Count the dead letters of a kind, without reading them."""

    def redriven(self, redrive_id: str | None = None) -> Iterator[Job]:
        """Iterate over the jobs that operators have run again, in no order: in this redrive, or in any.

        Reads the whole table, strongly consistent.
        """

    def get_many(self, job_ids: Sequence[str]) -> Sequence[Job]:
        """Read records, strongly consistent, in the order of their ids, those that there are; each once."""


class Burials(Protocol):
    """The way into the dead-letter queues, for many at once."""

    def bury_batch(self, letters: Sequence[tuple[Envelope, JobError, Mapping[str, str | int]]]) -> None:
        """Put messages on their kinds' dead-letter queues, each with its reason and what is to be known of that.

        Raises:
            NotSentError: not all of them are known to be there; it says which.
        """


class DeadLetterBox(Protocol):
    """The dead-letter queues' other end."""

    def receive(self, kind: str, *, hide_s: int) -> Sequence[DeadLetter]:
        """Return up to ten messages, hidden from all others for a while; none where none is to be seen."""

    def delete(self, kind: str, letters: Sequence[DeadLetter]) -> None:
        """Delete messages; one that is gone, or was received by another since, is no error."""

    def put_back(self, kind: str, receipts: Sequence[str]) -> None:
        """Show messages again at once."""

    def held(self, kind: str) -> Mapping[str, int]:
        """Return about how many messages there are: `visible`, `in_flight` and `delayed`."""
