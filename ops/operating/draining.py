"""Pausing and draining: from when on nothing of a kind runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.operating import Pause, takers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ops.desk import Desk
    from schemas.operating import SignOfLife

_LOOKS_EVERY_S = 1.0


@dataclass(frozen=True, kw_only=True)
class Left:
    """What a drain waits for."""

    unheard: int
    """Living workers that have not said yet that they have paused."""
    in_hand: int
    """Messages that workers still have."""

    @property
    def is_nothing(self) -> bool:
        """Whether the kinds are drained."""
        return not (self.unheard or self.in_hand)


def pause_all(desk: Desk, kinds: Iterable[str], *, by: str) -> list[Pause]:
    """Pause kinds; those that are paused stay so."""
    return [desk.pauses.pause(Pause(kind=kind, since=desk.now(), by=by)) for kind in kinds]


def left(desk: Desk, kinds: Sequence[str]) -> Left:
    """Return what is left to wait for before nothing of these paused kinds runs.

    A worker says that it has paused after it has stopped to receive: what it then has in hand is all that it will have.
    One that counts as gone has nothing: what it had comes back when its visibility ends, and is taken by none.
    """
    now = desk.now()
    workers = desk.workforce.workers(now=now)
    taking = [(worker, kind) for kind in kinds for worker in takers(workers, kind, now=now)]
    return Left(
        unheard=len({worker.name for worker, kind in taking if not _stopped(worker, kind)}),
        in_hand=sum(worker.in_hand.get(kind, 0) for worker, kind in taking),
    )


def _stopped(worker: SignOfLife, kind: str) -> bool:
    return kind in worker.paused or worker.state == "draining"


def wait_drained(desk: Desk, kinds: Sequence[str], *, timeout_s: float, watch: Callable[[Left], None]) -> Left:
    """Wait until nothing of these paused kinds runs, or the time is up; return what is left then."""
    give_up_at = desk.now().timestamp() + timeout_s
    while True:
        rest = left(desk, kinds)
        watch(rest)
        if rest.is_nothing or desk.now().timestamp() >= give_up_at:
            return rest
        desk.sleep(_LOOKS_EVERY_S)
