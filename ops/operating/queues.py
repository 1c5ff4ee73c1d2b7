"""Queues as they go: what waits and runs in each, since when, how fast it comes and goes, and when it will be done."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from schemas.operating import takers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from ops.desk import Desk
    from schemas.job import JsonObject
    from schemas.operating import Pause, SignOfLife

#: Kinds are asked about at once, this many.
_AT_ONCE = 8
#: Rates are of about this time; what workers say of themselves is as well.
_RATE_OVER = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class QueueState:
    """A kind's queue at one moment."""

    kind: str
    at: datetime
    visible: int
    in_flight: int
    delayed: int
    dead: int
    oldest_at: datetime | None
    """When the oldest job that waits or runs was to begin."""
    takers: int
    """Living workers that serve the kind."""
    out_of_order: int
    """Those of them that leave its engine alone."""
    pause: Pause | None
    out_per_s: float | None
    """None where no worker has said."""
    in_per_s: float | None = None
    """None until the queue was seen twice."""

    @property
    def total(self) -> int:
        """Everything in the queue, but for dead letters."""
        return self.visible + self.in_flight + self.delayed

    @property
    def drained_in_s(self) -> float | None:
        """When nothing will be left at this pace; None where it is not known, or never."""
        if not self.total:
            return 0.0
        net = (self.out_per_s or 0.0) - (self.in_per_s or 0.0)
        return self.total / net if net > 0 else None

    @property
    def oldest_s(self) -> float | None:
        """How long the oldest job has waited or run."""
        return max(0.0, (self.at - self.oldest_at).total_seconds()) if self.oldest_at else None

    def as_dict(self) -> JsonObject:
        """Return it for programs."""
        shown = ("kind", "visible", "in_flight", "delayed", "dead", "oldest_s", "in_per_s", "out_per_s", "drained_in_s")
        fields: JsonObject = {name: getattr(self, name) for name in shown}
        counts = {"workers": self.takers, "out_of_order": self.out_of_order}
        return {"at": self.at.isoformat(), **fields, **counts, "paused": self.pause is not None}


def look(desk: Desk, kinds: Sequence[str]) -> list[QueueState]:
    """Look at the queues of these kinds."""
    pauses = desk.pauses.paused()
    workers = desk.workforce.workers(now=desk.now())

    def state(kind: str) -> QueueState:
        return _state(desk, kind, workers, pauses.get(kind))

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        return list(threads.map(state, kinds))


def _state(desk: Desk, kind: str, workers: Sequence[SignOfLife], pause: Pause | None) -> QueueState:
    name = desk.settings.queue_name(kind)
    oldest_at = desk.jobs.oldest_open(kind)
    now = desk.now()
    taking = takers(workers, kind, now=now)
    return QueueState(
        kind=kind,
        at=now,
        **desk.queues.depths(name),
        dead=sum(desk.queues.depths(desk.settings.dlq_name(kind)).values()),
        oldest_at=oldest_at,
        takers=len(taking),
        out_of_order=sum(kind in worker.out_of_order for worker in taking),
        pause=pause,
        out_per_s=sum(worker.settled_per_s.get(kind, 0.0) for worker in taking) if taking else None,
    )


class Trend:
    """What has come in since the looks before: what has gone out, and what there is more of."""

    def __init__(self) -> None:
        self._seen: dict[str, deque[QueueState]] = {}

    def follow(self, states: Iterable[QueueState]) -> list[QueueState]:
        """Return the states with how fast jobs come, as far as the last minute's looks tell."""
        return [self._with_rate(state) for state in states]

    def _with_rate(self, state: QueueState) -> QueueState:
        seen = self._seen.setdefault(state.kind, deque())
        seen.append(state)
        while len(seen) > 2 and seen[1].at <= state.at - _RATE_OVER:  # noqa: PLR2004 - two make a distance
            seen.popleft()
        first = seen[0]
        seconds = (state.at - first.at).total_seconds()
        if seconds <= 0:
            return state
        grown = (state.total - first.total) / seconds
        # Depths are approximate, and rates of workers are a little late: less than nothing has not come.
        return replace(state, in_per_s=max(0.0, round(grown + (state.out_per_s or 0.0), 3)))
