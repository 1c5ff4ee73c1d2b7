"""The keeper: the one thread that says anything to SQS about messages in hand, and keeps them while they are."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from ops.sqs_transport.custody import HANDED_BACK
from ops.sqs_transport.held import Lost, Refused
from schemas.errors import TIMED_OUT, UnavailableError
from schemas.outcome import Hidden, Left, Settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from ops.sqs_transport.custody import Custody
    from ops.sqs_transport.heartbeat import Heartbeat
    from ops.sqs_transport.held import Attempts, Ending, Held
    from ops.sqs_transport.settler import Settler

log = structlog.get_logger(__name__)

#: What has ended waits this long for others, to make a batch.
_LINGER_S = 0.2
_LONGEST_ROUND_S = 0.5
#: At the end of the grace period, this much of it is kept for handing back what still runs.
_HAND_BACK_S = 10.0


@dataclass
class Drain:
    """The way to a worker's end: nothing is received, what runs is finished or handed back."""

    give_up_at: float
    """When what still runs is handed back."""


@dataclass(kw_only=True)
class Keeper:
    """Settles, keeps and hands back, round after round."""

    custody: Custody
    settler: Settler
    heartbeat: Heartbeat
    attempts: Attempts
    limit_s: Callable[[str], float]
    """How long an attempt of a queue's jobs may run, whatever the pool does about it."""
    longest_s: float
    """The longest of those: nothing waits in the pool for longer."""
    watch: Callable[[], str | None]
    """Returns what has stalled."""
    on_drained: Callable[[], None]
    """Called once nothing is in hand any more."""
    leave: Callable[[str], None]
    """Ends the process at once."""
    now: Callable[[], float] = time.monotonic
    _drain: Drain | None = None
    _is_drained: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Begin, in a thread of its own."""
        threading.Thread(target=self._run, name="keeper", daemon=True).start()

    def drain(self, grace_s: float) -> None:
        """Receive no more, and end in good order within the grace period. Safe in a signal handler, as is `hurry`."""
        hand_back_s = min(_HAND_BACK_S, grace_s / 3)
        self._drain = self._drain or Drain(self.now() + grace_s - hand_back_s)

    def hurry(self) -> None:
        """End now: hand back whatever is in hand."""
        self._drain = Drain(self.now())

    @property
    def is_draining(self) -> bool:
        """Whether the worker is about to end."""
        return self._drain is not None

    def _run(self) -> None:
        try:
            while not self._is_drained.is_set():
                self.round()
        except Exception:
            # Without it leases run out and nothing is deleted: better no worker than this one.
            log.exception("keeper_failed")
            self.leave("keeper_failed")

    def round(self) -> None:
        """Wait for work, and do what is due."""
        self.custody.wait(self._pause_s(), linger_s=_LINGER_S)
        for held, ending in self.custody.drain():
            self._settle(held, ending)
        self.settler.flush()
        self.heartbeat.beat(self.custody.held())
        self._end_overdue()
        if reason := self.watch():
            log.error("worker_stalled", reason=reason)
            self._hand_back_all()
            self.leave(reason)
        if self._drain:
            self._go_on_draining(self._drain)

    def _pause_s(self) -> float:
        next_at = self.settler.next_at
        return _LONGEST_ROUND_S if next_at is None else min(max(next_at - self.now(), 0.0), _LONGEST_ROUND_S)

    def _settle(self, held: Held, ending: Ending) -> None:
        try:
            match ending:
                case Settled():
                    self.settler.delete(held)
                case Hidden(seconds):
                    self.settler.hide(held, seconds)
                case Left():
                    pass
                case Lost(code):
                    log.warning("attempt_lost", queue=held.queue, code=code)
                    self._settle(held, self.attempts.abandon(held, code))
                case Refused(code):
                    self.attempts.refuse(held.queue, held.body, code)
                    log.error("message_refused", queue=held.queue, code=code)
                    self.settler.delete(held)
        except UnavailableError as error:
            # The message comes back when its visibility ends, and the lease is over by then.
            log.warning("message_left", queue=held.queue, service=error.service, reason=error.reason)
        except Exception:
            # A message that nobody can deal with, for example too long to be dead-lettered, must not end the worker.
            log.exception("message_left", queue=held.queue)

    def _end_overdue(self) -> None:
        """End what no pool has ended: a thread can't be killed, but its attempt is over all the same.

        What the pool has had for longer than any job takes, without beginning, it has lost: others may have it.
        """
        now = self.now()
        for held in self.custody.held():
            if held.started_at is not None and now - held.started_at > self.limit_s(held.queue):
                self.custody.give_up(held.receipt, Lost(TIMED_OUT))
            elif held.started_at is None and held.given_at is not None and now - held.given_at > self.longest_s:
                log.error("message_lost_by_pool", queue=held.queue)
                self.custody.end(held.receipt, HANDED_BACK)

    def _go_on_draining(self, drain: Drain) -> None:
        if not self.custody.is_closed:
            log.info("worker_draining", in_hand=len(self.custody.held()))
            self.custody.close()
        if self.custody.is_empty and self.settler.next_at is None:
            self._is_drained.set()
            if self.custody.stuck:  # Celery would wait for threads that may never return
                self.leave("grace_period_over")
            self.on_drained()
        elif self.now() >= drain.give_up_at:
            self._hand_back_all()
            self.leave("grace_period_over")

    def _hand_back_all(self) -> None:
        """Give everything in hand back, and the attempts with it; visible at once."""
        self.custody.close()
        for held in self.custody.held():
            try:
                if held.is_given:
                    self.attempts.hand_back(held)
            except Exception as error:  # noqa: BLE001 - the others are to be handed back all the same
                log.warning("not_handed_back", queue=held.queue, error=type(error).__name__)
            self.custody.end(held.receipt, HANDED_BACK)
        for held, ending in self.custody.drain():
            self._settle(held, ending)
        self.settler.flush()
