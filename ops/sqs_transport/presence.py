"""A worker among others: it heeds the operators' pauses, and says every now and then that it lives and what it does."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import structlog

from ops.rates import Rates
from schemas.envelope import from_message
from schemas.errors import UnavailableError
from schemas.operating import RUNNING_NAMED, SILENT_FOR

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from ops.sqs_transport.custody import Custody
    from schemas.operating import Pauses, SignOfLife, Workforce
    from schemas.ports import Clock

log = structlog.get_logger(__name__)

#: Who has missed this many signs counts as gone.
_SIGNS_MISSED = 3
#: Who can't speak takes nothing more, this long before it is forgotten: no drain would wait for it.
_FORGOTTEN_SOON = SILENT_FOR / 2


@dataclass(kw_only=True)
class Presence:
    """Looks at the pauses every few seconds; speaks when it is time, and at once where somebody may wait for it.

    A kind is taken only once the worker has said that it takes it, and has read after that that it is not paused. Who
    pauses later finds the worker, and waits for its word; who has paused before is heeded. And it is said to be
    paused only when it is taken no more. So no drain ends too early: docs/architecture/03-delivery.md.
    """

    about: SignOfLife
    """What doesn't change of what it says."""
    kinds: Mapping[str, str]
    """The kind of each queue."""
    pauses: Pauses
    workforce: Workforce
    look_s: float
    speak_s: float
    clock: Clock
    _paused: frozenset[str] = frozenset()
    _taken: frozenset[str] = frozenset()
    _said_taken: frozenset[str] = frozenset()
    """Kinds of which the table can't but say that they are taken, whichever of this worker's words it has."""
    _said: SignOfLife | None = None
    _said_until: datetime | None = None
    _speak_at: datetime | None = None
    _rates: Rates = field(default_factory=Rates)
    _is_over: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def attend(self, custody: Custody) -> None:
        """Look once, before anything is received, and then in a thread of its own."""
        self.look(custody)
        threading.Thread(target=self._run, args=(custody,), name="presence", daemon=True).start()

    def leave(self) -> None:
        """Say that the worker ends."""
        self._is_over.set()
        with self._lock:  # a look under way would speak after this
            self._tried("not_forgotten", lambda: self.workforce.forget(self.about.name))

    def _run(self, custody: Custody) -> None:
        while not self._is_over.wait(self.look_s):
            self.look(custody)

    def look(self, custody: Custody) -> None:
        """Do what is due. A table out of reach changes nothing: what is paused stays so, and nothing else is."""
        with self._lock:
            if self._is_over.is_set():
                return
            if self._is_soon_forgotten():
                self._said_taken = frozenset()
            self._take(custody, self._taken & self._said_taken)
            self._tried("pauses_not_read", lambda: self._heed(custody))
            self._tried("sign_not_said", lambda: self._speak(custody))
            if self._said_taken - self._paused - self._taken:
                self._tried("pauses_not_read", lambda: self._heed(custody))

    def _is_soon_forgotten(self) -> bool:
        return self._said_until is not None and self.clock() > self._said_until + _FORGOTTEN_SOON

    def _heed(self, custody: Custody) -> None:
        paused = frozenset(self.pauses.paused()) & frozenset(self.kinds.values())
        if paused != self._paused:
            log.warning("pauses_changed", paused=sorted(paused))
        self._take(custody, self._said_taken - paused)
        self._paused = paused

    def _take(self, custody: Custody, kinds: frozenset[str]) -> None:
        custody.pause([queue for queue, kind in self.kinds.items() if kind not in kinds])
        self._taken = kinds

    def _speak(self, custody: Custody) -> None:
        now = self.clock()
        sign = self._sign(custody, now)
        if self._speak_at and now < self._speak_at and not self._has_news(sign):
            return
        taken = frozenset(self.kinds.values()) - frozenset(sign.paused)
        # Where this fails it may have been written all the same.
        self._said, self._said_taken = None, self._said_taken & taken
        self.workforce.say(sign)
        self._said, self._said_taken, self._said_until = sign, taken, sign.until
        self._speak_at = now + timedelta(seconds=self.speak_s)

    def _sign(self, custody: Custody, now: datetime) -> SignOfLife:
        # In this order: what it has in hand when it takes no more is all that it will have.
        state: Literal["draining", "running"] = "draining" if custody.is_closed else "running"
        in_hand, settled = custody.counts()
        rates = self._rates.per_s(now, settled)
        return self.about.model_copy(
            update={
                "state": state,
                "in_hand": {self.kinds[queue]: count for queue, count in in_hand.items()},
                "running": _running(custody),
                "settled_per_s": {self.kinds[queue]: rate for queue, rate in rates.items() if rate},
                "paused": tuple(sorted(self._paused)),
                "out_of_order": tuple(sorted(self.kinds[queue] for queue in custody.out_of_order())),
                "seen_at": now,
                "until": now + timedelta(seconds=self.speak_s * _SIGNS_MISSED),
            }
        )

    def _has_news(self, sign: SignOfLife) -> bool:
        """Whether somebody may wait for it: a pause and what still runs of it, an engine's outage, the worker's end."""
        return self._said is None or _awaited(sign) != _awaited(self._said)

    @staticmethod
    def _tried(event: str, act: Callable[[], None]) -> None:
        """Act; what fails is said, and tried again at the next look: jobs go on without it."""
        try:
            act()
        except UnavailableError as error:
            log.warning(event, service=error.service, reason=error.reason)
        except Exception:
            log.exception(event)


def _running(custody: Custody) -> tuple[str, ...]:
    begun = sorted((held.started_at, held.body) for held in custody.held() if held.started_at is not None)
    return tuple(from_message(body).job_id for _, body in begun[:RUNNING_NAMED])


def _awaited(sign: SignOfLife) -> tuple[str, tuple[str, ...], Mapping[str, int]]:
    return sign.state, sign.out_of_order, {kind: sign.in_hand.get(kind, 0) for kind in sign.paused}
