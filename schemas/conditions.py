"""Conditions on a record as data: evaluated here over a `Job`, rendered by the store as DynamoDB expressions.

    worker A  --claim--------[ runs ]----------(stalls past its lease)----------- succeed --X refused: holds_lease
    worker B  ------------------------------------------- take_over --[ runs ]-- succeed

One race, and what closes it: A's lease has run out, B may take the job over (`lease_expired`), and from then on A's
token is not the record's (`holds_lease`). Which of the two writes first doesn't matter: each is one conditional write.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from schemas.status import Guard, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from schemas.job import Job
    from schemas.status import Transition

Op = Literal["=", "<", "<=", ">", ">=", "in"]

_COMPARE: Mapping[Op, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda value, allowed: value in allowed,
}


@dataclass(frozen=True)
class Condition:
    """`field op value` under a name that logs and errors show; `a.b` is field b of field a."""

    name: str
    field: str
    op: Op
    value: Any

    def holds(self, job: Job) -> bool:
        """Evaluate as DynamoDB does: a comparison with a field that isn't there is false."""
        found: Any = job
        for part in self.field.split("."):
            found = getattr(found, part, None)
        return found is not None and _COMPARE[self.op](found, self.value)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the mover knows; a guard that needs a fact that isn't given raises."""

    now: datetime
    epoch: int | None = None
    token: str | None = None
    max_attempts: int | None = None
    status: Status | None = None
    """The one state that is meant, of those that the transition may come from."""


def _need(value: object, fact: str) -> Any:  # noqa: ANN401 - the fact's own type
    if value is None:
        raise ValueError(f"this move needs the fact {fact!r}")
    return value


_GUARDS: Mapping[Guard, Callable[[Facts], Condition]] = {
    Guard.SAME_EPOCH: lambda f: Condition("same_epoch", "epoch", "=", _need(f.epoch, "epoch")),
    Guard.HOLDS_LEASE: lambda f: Condition("holds_lease", "lease.token", "=", _need(f.token, "token")),
    Guard.LEASE_EXPIRED: lambda f: Condition("lease_expired", "lease.until", "<", f.now),
    Guard.ATTEMPTS_LEFT: lambda f: Condition("attempts_left", "attempt", "<", _need(f.max_attempts, "max_attempts")),
    Guard.ATTEMPTS_USED_UP: lambda f: Condition(
        "attempts_used_up", "attempt", ">=", _need(f.max_attempts, "max_attempts")
    ),
    Guard.CANCEL_REQUESTED: lambda _: Condition("cancel_requested", "cancel_requested", "=", value=True),
    Guard.NO_CANCEL_REQUESTED: lambda _: Condition("no_cancel_requested", "cancel_requested", "=", value=False),
    Guard.NOTHING_FOLLOWS: lambda _: Condition("nothing_follows", "after", "=", value={}),
    Guard.DUE: lambda f: Condition("due", "due_at", "<=", f.now),
}


def conditions(transition: Transition, facts: Facts) -> tuple[Condition, ...]:
    """Return all that must hold for the transition: the state, then its guards.

    Raises:
        ValueError: a guard needs a fact that isn't given.
    """
    sources = (facts.status,) if facts.status else tuple(sorted(transition.sources))
    state = Condition("allowed_state", "status", "in", sources)
    return (state, *(_GUARDS[guard](facts) for guard in transition.guards))
