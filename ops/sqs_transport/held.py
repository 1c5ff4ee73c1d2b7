"""A message in hand, and the ways in which it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from schemas.outcome import Outcome

#: What Celery and kombu raise of a message that is none of Celery's: a field is missing, or of another type.
MALFORMED = (AttributeError, LookupError, TypeError, ValueError, RecursionError)


@dataclass(eq=False, kw_only=True)
class Held:
    """One receive of one message. Times are those of `time.monotonic`, but for `received_at`."""

    queue: str
    url: str
    receipt: str
    body: str
    received_at: float
    """Unix time."""
    visible_at: float
    """When SQS lets others receive it again, unless it is extended before."""
    beat_at: float
    """When it is to be extended."""
    given_at: float | None = None
    """When the pool was given it."""
    started_at: float | None = None
    """When a process or thread of the pool began with it."""
    worker: str = ""
    """That process, `host:pid`."""
    generation: int = 0
    """Of the guard's, see `Guard.took`."""
    probing: bool = False
    """Whether it was received to find out if its engine is back."""

    @property
    def is_given(self) -> bool:
        """Whether the pool has it: it may begin at any moment."""
        return self.given_at is not None


@dataclass(frozen=True)
class Lost:
    """The attempt ended without saying how: its process died, hung, or broke."""

    code: str


@dataclass(frozen=True)
class Refused:
    """The message is no job of its queue's."""

    code: str


Ending: TypeAlias = Outcome | Lost | Refused


class Allowance(Protocol):
    """How many more messages may be received."""

    @property
    def count(self) -> int:
        """0: none for now."""

    @property
    def retry_in_s(self) -> float:
        """When to ask again where there is none."""

    @property
    def probing(self) -> bool:
        """Whether the message finds out if the engine is back."""


class Attempts(Protocol):
    """What the transport needs of the life cycle; all of it may raise `schemas.errors.UnavailableError`."""

    def extend(self, held: Held) -> bool:
        """Extend the lease of a message whose attempt runs; false where the job is another's by now."""

    def abandon(self, held: Held, code: str) -> Outcome:
        """Record the end of an attempt that could not do so itself, once, and say what becomes of its message."""

    def hand_back(self, held: Held) -> None:
        """Give the job back unfinished, and the attempt with it."""

    def refuse(self, queue: str, body: str, code: str) -> None:
        """Put a message that is no job of the queue's on its dead-letter queue, with the reason."""


class Guard(Protocol):
    """Decides how many messages of a queue may be in hand; see `workers.guard`."""

    def allowance(self, in_hand: int) -> Allowance:
        """Return how many more may be received now."""

    def took(self, count: int) -> int:
        """Note that messages were received; return the generation that their ends are to name."""

    def ended(self, ending: Ending, *, generation: int) -> None:
        """Learn how a message's attempt ended."""

    @property
    def is_open(self) -> bool:
        """Whether the engine is out of order: what has not begun is handed back."""
