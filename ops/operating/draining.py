"""Pausing and draining: from when on nothing of a kind runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.operating import Pause, takers

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from ops.desk import Desk
    from schemas.operating import SignOfLife

_LOOKS_EVERY_S = 1.0


@dataclass(frozen=True, kw_only=True)
class Left:
    """What a drain waits for."""

    unheard: int
    """Living workers that have not said yet that they have paused."""
    in_hand: int
    """Messages that these or others still have."""
    silent: tuple[str, ...] = ()
    """Workers that have said nothing for a while, and last said that they take the kinds or have something of them."""

    @property
    def is_nothing(self) -> bool:
        """Whether the kinds are drained."""
        return not (self.unheard or self.in_hand or self.silent)


def pause_all(desk: Desk, kinds: Iterable[str], *, by: str) -> list[Pause]:
    """Pause kinds; those that are paused stay so."""
    return [desk.pauses.pause(Pause(kind=kind, since=desk.now(), by=by)) for kind in kinds]


def left(desk: Desk, kinds: Sequence[str], *, gone: Collection[str] = ()) -> Left:
    """Return what is left to wait for before nothing of these paused kinds runs.

    A worker says that it has paused after it has stopped to receive: what it then has in hand is all that it will have.
    One that is silent may be dead, or out of the table's reach and at work: it is waited for until it is forgotten,
    unless it is one of those of which the operator knows that they are gone.
    """
    now = desk.now()
    workers = desk.workforce.workers(now=now)
    taking = [(worker, kind) for kind in kinds for worker in takers(workers, kind, now=now)]
    silent = [worker for worker in workers if not worker.is_alive(now) and worker.name not in gone]
    return Left(
        unheard=len({worker.name for worker, kind in taking if not _stopped(worker, kind)}),
        in_hand=sum(worker.in_hand.get(kind, 0) for worker, kind in taking),
        silent=tuple(worker.name for worker in silent if any(_may_run(worker, kind) for kind in kinds)),
    )


def _may_run(worker: SignOfLife, kind: str) -> bool:
    return kind in worker.kinds and (not _stopped(worker, kind) or kind in worker.in_hand)


def _stopped(worker: SignOfLife, kind: str) -> bool:
    return kind in worker.paused or worker.state == "draining"


def wait_drained(
    desk: Desk, kinds: Sequence[str], *, timeout_s: float, watch: Callable[[Left], None], gone: Collection[str] = ()
) -> Left:
    """Wait until nothing of these paused kinds runs, or the time is up; return what is left then."""
    give_up_at = desk.now().timestamp() + timeout_s
    while True:
        rest = left(desk, kinds, gone=gone)
        watch(rest)
        if rest.is_nothing or desk.now().timestamp() >= give_up_at:
            return rest
        desk.sleep(_LOOKS_EVERY_S)
