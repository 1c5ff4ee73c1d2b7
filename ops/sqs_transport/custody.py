"""What a worker has in hand: every message, from its receive until what becomes of it is decided. Thread-safe."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from typing import TYPE_CHECKING

from ops.aws.batches import BATCH
from schemas.outcome import Hidden, Settled

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from ops.sqs_transport.held import Ending, Guard, Held

#: Given back unstarted: others may have it at once, and no attempt was burnt.
HANDED_BACK = Hidden(0, "handed_back")


class Custody:
    """Receivers take messages in, the event loop gives them to the pool, whoever knows their end says so.

    Receiving is refilled in batches: as long as the pool has work, a receive waits until ten slots are free, which
    saves requests. Each queue may receive one message even while the others' receives could fill all slots, so that
    no queue waits for another's long poll: a worker of n queues may hold n - 1 messages more than its prefetch.
    """

    def __init__(
        self, *, slots: int, pool_size: int, guards: Mapping[str, Guard], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._slots = slots
        self._low_water = min(BATCH, max(1, slots - pool_size))
        self._guards = guards
        self._now = now
        self._held: dict[str, Held] = {}
        self._receiving: dict[str, int] = {}
        self._probing: set[str] = set()
        self._ended: deque[tuple[Held, Ending]] = deque()
        self._settling: list[Held] = []
        self._stuck: dict[str, str] = {}
        self._paused: frozenset[str] = frozenset()
        self._settled: Counter[str] = Counter()
        self._lock = threading.RLock()
        self._room_changed = threading.Condition(self._lock)
        self._something_ended = threading.Condition(self._lock)
        self.is_closed = False

    # --- receivers ---

    def reserve(self, queue: str) -> int:
        """Wait for free slots, and return how many messages to receive; 0 once the custody is closed."""
        with self._room_changed:
            while not self.is_closed:
                count, retry_in_s = self._room(queue)
                if count:
                    self._receiving[queue] = count
                    return count
                self._room_changed.wait(retry_in_s)
            return 0

    def _room(self, queue: str) -> tuple[int, float | None]:
        if queue in self._paused or self._free < self._low_water:
            return 0, None
        count = max(1, min(BATCH, self._free - sum(self._receiving.values())))
        guard = self._guards.get(queue)
        if guard is None:
            return count, None
        allowance = guard.allowance(self.in_hand(queue))
        (self._probing.add if allowance.probing else self._probing.discard)(queue)
        return min(count, allowance.count), allowance.retry_in_s

    def take(self, queue: str, messages: Sequence[Held]) -> None:
        """Take in what was received, be it nothing; once closed, it is handed back."""
        with self._lock:
            self._receiving.pop(queue, None)
            guard = self._guards.get(queue)
            generation = guard.took(len(messages)) if guard and messages else 0
            for held in messages:
                held.generation, held.probing = generation, queue in self._probing
                self._held[held.receipt] = held
            if self.is_closed:
                self._hand_back_unstarted()
            elif queue in self._paused or (guard and guard.is_open):  # so it became while this receive was under way
                self._hand_back_unstarted(queue)
            self._tell()

    def rest(self, seconds: float) -> None:
        """Wait, but no longer than until the custody is closed."""
        with self._room_changed:
            self._room_changed.wait_for(lambda: self.is_closed, seconds)

    # --- event loop and pool ---

    def give(self, receipt: str) -> bool:
        """Mark a message as the pool's; false where it is not in hand any more, and must not be run."""
        with self._lock:
            held = self._held.get(receipt)
            if held is None:
                return False
            held.given_at = self._now()
            return True

    def start(self, receipt: str, worker: str) -> None:
        """Mark a message's attempt as begun by the process."""
        with self._lock:
            if held := self._held.get(receipt):
                held.started_at, held.worker = self._now(), worker

    def end(self, receipt: str, ending: Ending) -> bool:
        """Say what becomes of a message; only the first word counts, false for any other."""
        with self._lock:
            self._stuck.pop(receipt, None)
            held = self._held.pop(receipt, None)
            if held:
                self._ended.append((held, ending))
                self._settled[held.queue] += isinstance(ending, Settled)
                self._tell_guard(held, ending)
            self._tell()
            return held is not None

    def _tell_guard(self, held: Held, ending: Ending) -> None:
        guard = self._guards.get(held.queue)
        if guard:
            guard.ended(ending, generation=held.generation)
            if guard.is_open:
                self._hand_back_unstarted(held.queue)

    # --- keeper ---

    def give_up(self, receipt: str, ending: Ending) -> None:
        """End an attempt that the pool goes on with; its thread is stuck until the pool says something."""
        with self._lock:
            held = self._held.get(receipt)
            if held and self.end(receipt, ending):
                self._stuck[receipt] = held.queue

    @property
    def stuck(self) -> int:
        """How many of the pool's threads run attempts that are over."""
        return len(self._stuck)

    def wait(self, timeout_s: float, *, linger_s: float) -> None:
        """Wait until something has ended, then a little longer for a batch of such; or until the time is up."""
        with self._something_ended:
            if self._something_ended.wait_for(lambda: self._ended, timeout_s):
                self._something_ended.wait_for(lambda: len(self._ended) >= BATCH or self.is_closed, linger_s)

    def drain(self) -> list[tuple[Held, Ending]]:
        """Return all that has ended since; what was returned the last time has been settled."""
        with self._lock:
            ended = list(self._ended)
            self._ended.clear()
            self._settling = [held for held, _ in ended]
            return ended

    def held(self) -> list[Held]:
        """Return what is in hand, the most urgent first."""
        with self._lock:
            return sorted(self._held.values(), key=lambda held: held.visible_at)

    def in_hand(self, queue: str) -> int:
        """Count a queue's messages in hand."""
        return sum(held.queue == queue for held in self._held.values())

    def close(self) -> None:
        """Receive no more, and hand back all that the pool doesn't have."""
        with self._lock:
            self.is_closed = True
            self._hand_back_unstarted()
            self._tell()

    def hand_back(self, queue: str) -> None:
        """Hand back all of a queue's that the pool doesn't have."""
        with self._lock:
            self._hand_back_unstarted(queue)
            self._tell()

    # --- operators ---

    def pause(self, queues: Collection[str]) -> None:
        """Receive from these queues no more, and from all others again; what the pool doesn't have is handed back."""
        with self._lock:
            newly = frozenset(queues) - self._paused
            self._paused = frozenset(queues)
            for queue in newly:
                self._hand_back_unstarted(queue)
            self._tell()

    def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """Return how many messages of each queue are in hand, and how many are done with since the beginning.

        In hand is here also what a thread goes on with though its attempt is over, and an end that is still to be
        settled: an attempt that was lost is then recorded.
        """
        with self._lock:
            ending = (*(held for held, _ in self._ended), *self._settling)
            queues = {held.receipt: held.queue for held in (*self._held.values(), *ending)} | self._stuck
            return dict(Counter(queues.values())), dict(+self._settled)

    def out_of_order(self) -> set[str]:
        """Return the queues whose engine is left alone for now."""
        with self._lock:
            return {queue for queue, guard in self._guards.items() if guard.is_open}

    @property
    def is_empty(self) -> bool:
        """Whether nothing is in hand, nor on its way in or out."""
        with self._lock:
            return not (self._held or self._ended or self._receiving)

    def _tell(self) -> None:
        """Wake those for whom something may have changed: at full speed that is not everybody, each time."""
        if self.is_closed or self._free >= self._low_water:
            self._room_changed.notify_all()
        if self._ended:
            self._something_ended.notify()

    @property
    def _free(self) -> int:
        return self._slots - len(self._held) - len(self._stuck)

    def _hand_back_unstarted(self, queue: str | None = None) -> None:
        unstarted = [held for held in self._held.values() if not held.is_given and queue in {None, held.queue}]
        for held in unstarted:
            self._ended.append((self._held.pop(held.receipt), HANDED_BACK))
            if guard := self._guards.get(held.queue):
                guard.ended(HANDED_BACK, generation=held.generation)
