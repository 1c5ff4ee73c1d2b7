"""The clock's process: a sweep every few seconds, by one clock at a time."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from ops import log as logging
from ops.aws.clients import Clients
from ops.aws.dynamodb import DynamoJobStore
from ops.aws.queues import SqsQueues
from ops.clock import DUTY
from ops.clock.sweeper import Sweeper
from ops.lifeline import die_with_supervisor, process_name
from ops.settings import Settings
from ops.timing import utc_now
from schemas.errors import UnavailableError
from schemas.kinds import registry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schemas.ports import Clock, JobStore

log = structlog.get_logger(__name__)

#: A clock that has missed this many rounds has lost its duty to another.
_ROUNDS_HELD = 3


@dataclass(frozen=True, kw_only=True)
class Rounds:
    """One clock's rounds; several may run, one of them has the duty."""

    sweeper: Sweeper
    store: JobStore
    kinds: Sequence[str]
    name: str
    interval: timedelta
    clock: Clock

    def go(self) -> None:
        """Sweep once, if this clock has the duty; what is out of reach, all or a kind's, is for the next round."""
        has_duty = False
        with _missable():
            has_duty = self.store.acquire(DUTY, self.name, now=self.clock(), ttl=self.interval * _ROUNDS_HELD)
        for kind in self.kinds if has_duty else ():
            with _missable(kind=kind):
                self.sweeper.sweep(kind)


@contextmanager
def _missable(**about: str) -> Iterator[None]:
    try:
        yield
    except UnavailableError as error:
        log.warning("round_missed", service=error.service, reason=error.reason, **about)
    except Exception:  # a record that can't be read must not keep the clock from all others
        log.exception("round_failed", **about)


def build_rounds(settings: Settings) -> Rounds:
    """Put a clock together."""
    clients = Clients(settings)
    store = DynamoJobStore(clients.dynamodb, settings.table_name)
    queues = SqsQueues(clients.sqs, settings)
    sweeper = Sweeper(
        store=store,
        enqueuer=queues,
        queues=queues,
        clock=utc_now,
        check_after=timedelta(seconds=settings.check_after_s),
    )
    return Rounds(
        sweeper=sweeper,
        store=store,
        kinds=tuple(registry()),
        name=process_name(),
        interval=timedelta(seconds=settings.clock_interval_s),
        clock=utc_now,
    )


def main() -> None:
    """Run a clock until SIGTERM or SIGINT."""
    die_with_supervisor()
    settings = Settings()
    logging.configure(settings, process="clock")
    stopped = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stopped.set())
    rounds = build_rounds(settings)
    log.info("clock_started", interval_s=settings.clock_interval_s)
    while not stopped.is_set():
        rounds.go()
        stopped.wait(settings.clock_interval_s)
    log.info("clock_stopped")
