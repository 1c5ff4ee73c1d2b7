"""Queues as they go: what waits and runs in each, since when, how fast it comes and goes, and when it will be done."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from ops.rates import Rates
from schemas.errors import NoQueueError
from schemas.operating import takers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from ops.desk import Desk
    from schemas.job import JsonObject
    from schemas.operating import Pause, SignOfLife

#: Kinds are asked about at once, this many.
_AT_ONCE = 8
_COUNTS = ("visible", "in_flight", "delayed")


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
    missing: frozenset[Literal["queue", "dlq"]] = frozenset()
    """What is not there; its counts are 0 here, and nothing for programs."""

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
        unknown: JsonObject = dict.fromkeys(_COUNTS) if "queue" in self.missing else {}
        unknown |= {"dead": None} if "dlq" in self.missing else {}
        said = {"paused": self.pause is not None, "missing": sorted(self.missing)}
        return {"at": self.at.isoformat(), **fields, **unknown, **counts, **said}


def look(desk: Desk, kinds: Sequence[str]) -> list[QueueState]:
    """Look at the queues of these kinds."""
    pauses = desk.pauses.paused()
    workers = desk.workforce.workers(now=desk.now())

    def state(kind: str) -> QueueState:
        return _state(desk, kind, workers, pauses.get(kind))

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        return list(threads.map(state, kinds))


def _state(desk: Desk, kind: str, workers: Sequence[SignOfLife], pause: Pause | None) -> QueueState:
    depths = _depths(desk, desk.settings.queue_name(kind))
    dead = _depths(desk, desk.settings.dlq_name(kind))
    missing: dict[Literal["queue", "dlq"], bool] = {"queue": depths is None, "dlq": dead is None}
    oldest_at = desk.jobs.oldest_open(kind)
    now = desk.now()
    taking = takers(workers, kind, now=now)
    return QueueState(
        kind=kind,
        at=now,
        **(depths or dict.fromkeys(_COUNTS, 0)),
        dead=sum((dead or {}).values()),
        oldest_at=oldest_at,
        takers=len(taking),
        out_of_order=sum(kind in worker.out_of_order for worker in taking),
        pause=pause,
        out_per_s=sum(worker.settled_per_s.get(kind, 0.0) for worker in taking) if taking else None,
        missing=frozenset(name for name, is_missing in missing.items() if is_missing),
    )


def _depths(desk: Desk, queue: str) -> Mapping[str, int] | None:
    try:
        return desk.queues.depths(queue)
    except NoQueueError:  # the others are shown all the same
        return None


class Trend:
    """What has come in since the looks before: what has gone out, and what there is more of."""

    def __init__(self) -> None:
        self._rates: defaultdict[str, Rates] = defaultdict(Rates)

    def follow(self, states: Iterable[QueueState]) -> list[QueueState]:
        """Return the states with how fast jobs come, as far as the last minute's looks tell."""
        return [self._with_rate(state) for state in states]

    def _with_rate(self, state: QueueState) -> QueueState:
        grown = self._rates[state.kind].per_s(state.at, {"total": state.total})
        if not grown:
            return state
        # Depths are approximate, and rates of workers are a little late: less than nothing has not come.
        return replace(state, in_per_s=max(0.0, round(grown["total"] + (state.out_per_s or 0.0), 3)))
