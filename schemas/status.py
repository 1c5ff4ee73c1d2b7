"""The states of a job, and the one table of the moves between them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Where a job is in its life."""

    SCHEDULED = "scheduled"
    QUEUED = "queued"
    RUNNING = "running"
    RETRYING = "retrying"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    DEAD_LETTERED = "dead_lettered"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether nothing more happens by itself."""
        return self in FINAL


FINAL = frozenset({Status.SUCCEEDED, Status.FAILED, Status.DEAD_LETTERED, Status.CANCELLED})


class Guard(StrEnum):
    """What must hold beside the state for a move to be made; `schemas.conditions` says it as a condition."""

    SAME_EPOCH = "the message is of the record's epoch"
    HOLDS_LEASE = "the mover holds the lease"
    LEASE_EXPIRED = "the lease has run out"
    ATTEMPTS_LEFT = "attempts are left"
    ATTEMPTS_USED_UP = "attempts are used up"
    CANCEL_REQUESTED = "a cancel was requested"
    NO_CANCEL_REQUESTED = "no cancel was requested"
    NOTHING_FOLLOWS = "what follows its end is done"
    DUE = "its time has come"


@dataclass(frozen=True)
class Transition:
    """One allowed move: from any of the sources to the target, by whom and when, if its guards hold."""

    name: str
    sources: frozenset[Status]
    target: Status
    who: str
    guards: tuple[Guard, ...] = ()


def _table() -> dict[str, Transition]:
    s, g = Status, Guard
    waiting = {s.QUEUED, s.RETRYING}
    dead = (g.SAME_EPOCH, g.LEASE_EXPIRED)
    going = (*dead, g.NO_CANCEL_REQUESTED)
    own = (g.HOLDS_LEASE, g.NO_CANCEL_REQUESTED)
    rows = (
        ("release", {s.SCHEDULED}, s.QUEUED, "clock, when it is due", (g.DUE,)),
        ("claim", waiting, s.RUNNING, "worker that received the message", (g.SAME_EPOCH,)),
        ("take_over", {s.RUNNING}, s.RUNNING, "next receiver, its worker being dead", (*going, g.ATTEMPTS_LEFT)),
        ("bury", {s.RUNNING}, s.DEAD_LETTERED, "next receiver, its worker being dead", (*going, g.ATTEMPTS_USED_UP)),
        ("extend", {s.RUNNING}, s.RUNNING, "worker's heartbeat, while the attempt runs", (g.HOLDS_LEASE,)),
        ("report", {s.RUNNING}, s.RUNNING, "worker, at a checkpoint", own),
        ("succeed", {s.RUNNING}, s.SUCCEEDED, "worker, with the result", own),
        ("fail", {s.RUNNING}, s.FAILED, "worker, on a permanent error", own),
        ("retry", {s.RUNNING}, s.RETRYING, "worker, on a transient error", (*own, g.ATTEMPTS_LEFT)),
        ("park", {s.RUNNING}, s.SCHEDULED, "worker, before a long wait", (*own, g.ATTEMPTS_LEFT)),
        ("hand_back", {s.RUNNING}, s.QUEUED, "worker that must stop; no attempt is burnt", own),
        ("wait", {s.RUNNING}, s.QUEUED, "worker, where another job comes first; no attempt is burnt", own),
        ("dead_letter", {s.RUNNING}, s.DEAD_LETTERED, "worker, at the last", (*own, g.ATTEMPTS_USED_UP)),
        ("cancel", {*waiting, s.SCHEDULED}, s.CANCELLED, "API, at once", ()),
        ("request_cancel", {s.RUNNING}, s.RUNNING, "API; the worker stops at its next checkpoint", ()),
        ("stop", {s.RUNNING}, s.CANCELLED, "worker, at a checkpoint", (g.HOLDS_LEASE, g.CANCEL_REQUESTED)),
        ("drop", {s.RUNNING}, s.CANCELLED, "next receiver, its worker being dead", (*dead, g.CANCEL_REQUESTED)),
        (
            "redrive",
            {s.DEAD_LETTERED, s.FAILED},
            s.QUEUED,
            "operator; attempts from 0",
            (g.SAME_EPOCH, g.NOTHING_FOLLOWS),
        ),
        ("discard", {s.DEAD_LETTERED}, s.FAILED, "operator, by a purge", (g.SAME_EPOCH, g.NOTHING_FOLLOWS)),
        (
            "restore",
            {s.FAILED},
            s.DEAD_LETTERED,
            "operator, by an import of what was purged",
            (g.SAME_EPOCH, g.NOTHING_FOLLOWS),
        ),
        ("forget", {s.SUCCEEDED}, s.SUCCEEDED, "API, as its owner deletes what it made", (g.NOTHING_FOLLOWS,)),
    )
    return {
        name: Transition(name, frozenset(sources), target, who, guards) for name, sources, target, who, guards in rows
    }


#: Every allowed move by name. The store's conditions, the chapter on the life cycle and the model test come from it.
TRANSITIONS = _table()
