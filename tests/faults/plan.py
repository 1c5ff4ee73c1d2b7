"""Which request meets which fault: probabilities, and one seed that decides all of them."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from random import Random
from typing import TYPE_CHECKING

from tests.faults.fault import NOTHING, Fault, Injection

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Requests of an operation in a row that meet the same outage: more than a client tries by itself.
OUTAGE_REQUESTS = 8
#: What an outage may be; each outlasts the client's own retries.
OUTAGES = (Fault.UNAVAILABLE, Fault.RESET, Fault.THROTTLED, Fault.EXPIRED_TOKEN, Fault.ANSWER_LOST)


@dataclass(frozen=True, kw_only=True)
class Mix:
    """Probabilities of faults for the operations that a pattern matches, for example `SQS.*`."""

    pattern: str
    faults: Mapping[Fault, float]
    outage: float = 0.0
    """Probability that a run of `OUTAGE_REQUESTS` requests of an operation fails as one."""
    latency_s: tuple[float, float] = (0.05, 1.0)
    black_hole_s: float = 12.0
    """Longer than the client waits for an answer."""

    def __post_init__(self) -> None:
        if not 0 <= sum(self.faults.values()) <= 1:
            raise ValueError("probabilities of one mix must sum up to no more than 1")


@dataclass
class FaultPlan:
    """Decides on the n-th request of an operation by (seed, operation, n) alone, whatever threads and time do."""

    seed: int
    mixes: tuple[Mix, ...]
    calm: bool = False
    """Once true, everything goes through."""
    injected: Counter[tuple[str, Fault]] = field(default_factory=Counter)
    """The ledger: by operation and fault; `Fault.NONE` counts what went through."""
    _numbers: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, operation: str) -> Injection:
        """Return what becomes of the operation's next request."""
        with self._lock:
            if self.calm:
                return NOTHING
            number = self._numbers[operation]
            self._numbers[operation] += 1
            injection = self.decide(operation, number)
            self.injected[operation, injection.fault] += 1
            return injection

    def decide(self, operation: str, number: int) -> Injection:
        """Return what becomes of the operation's n-th request."""
        mix = next((mix for mix in self.mixes if fnmatchcase(operation, mix.pattern)), None)
        if mix is None:
            return NOTHING
        outage = Random(f"{self.seed}/{operation}/outage/{number // OUTAGE_REQUESTS}")
        if outage.random() < mix.outage:
            return Injection(outage.choice(OUTAGES))
        return _draw(mix, Random(f"{self.seed}/{operation}/{number}"))

    def report(self) -> dict[str, dict[str, int]]:
        """Return the ledger for JSON: by operation, then by fault."""
        found: dict[str, dict[str, int]] = {}
        for (operation, fault), count in sorted(self.injected.items(), key=lambda item: (item[0][0], item[0][1].value)):
            found.setdefault(operation, {})[fault.name.lower()] = count
        return found


def _draw(mix: Mix, random: Random) -> Injection:
    left = random.random()
    for fault, probability in mix.faults.items():
        left -= probability
        if left < 0:
            seconds = {Fault.LATENCY: random.uniform(*mix.latency_s), Fault.BLACK_HOLE: mix.black_hole_s}
            return Injection(fault, seconds.get(fault, 0.0))
    return NOTHING


#: Everything goes through.
CALM = FaultPlan(0, (), calm=True)
