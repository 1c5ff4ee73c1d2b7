"""A move of a job as data: a transition, the facts that it rests on, and the change that it makes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from schemas.conditions import Condition, Facts, conditions
from schemas.job import Attempt, Job
from schemas.status import TRANSITIONS, Status

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a move writes; `version` and `updated_at` are written by every move."""

    put: Mapping[str, Any] = field(default_factory=dict)
    add: Mapping[str, int] = field(default_factory=dict)
    remove: frozenset[str] = frozenset()
    append: Attempt | None = None
    """A line for the history."""


@dataclass(frozen=True)
class Move:
    """A transition of one job."""

    name: str
    job_id: str
    facts: Facts
    change: Change

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All that must hold, the state first."""
        return conditions(TRANSITIONS[self.name], self.facts)

    @property
    def target(self) -> Status:
        """The state that it leads to."""
        return TRANSITIONS[self.name].target

    def unmet(self, job: Job) -> tuple[Condition, ...]:
        """Return the conditions that the record does not meet."""
        return tuple(c for c in self.conditions if not c.holds(job))

    def puts(self) -> dict[str, Any]:
        """Return all fields that are set."""
        return {**self.change.put, "status": self.target, "updated_at": self.facts.now}

    def adds(self) -> dict[str, int]:
        """Return all counters that are added to."""
        return {**self.change.add, "version": 1}

    def took_effect(self, job: Job) -> bool:
        """Whether this very move was made, and only its answer was lost.

        A claim is known by its lease, whose token no other delivery has and which a heartbeat may have extended since;
        an end by its line in the history, whatever followed; any other move by what it wrote, as long as nobody has
        written since.
        """
        put = self.change.put
        if "started_at" in put:
            begun = (put["lease"].token, put["started_at"])
            return job.lease is not None and (job.lease.token, job.started_at) == begun
        if self.change.append:
            return self.change.append in job.history
        return all(getattr(job, name) == value for name, value in self.puts().items())

    def apply_to(self, job: Job) -> Job:
        """Return the record after the move; whether it is allowed is the caller's to check."""
        fields = dict(job)
        for name in self.change.remove:
            fields[name] = Job.model_fields[name].get_default(call_default_factory=True)
        fields |= self.puts()
        fields |= {name: getattr(job, name) + by for name, by in self.adds().items()}
        if self.change.append:
            fields["history"] = (*job.history, self.change.append)
        return Job(**fields)
