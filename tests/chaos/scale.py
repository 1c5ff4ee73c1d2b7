"""How large a storm is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

from tests.chaos.tree import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

Pool = Literal["prefork", "threads"]

#: Short, so that a run is: visibility, heartbeat, checks, rounds of the clock, long polls and grace, in seconds.
VISIBILITY_S = 15
GRACE_S = 10
_SETTINGS: Mapping[str, object] = {
    "visibility_s": VISIBILITY_S,
    "heartbeat_s": 2,
    "check_after_s": 4,
    "clock_interval_s": 1,
    "long_poll_s": 2,
    "grace_s": GRACE_S,
    "kinds": ",".join(KINDS),
}
#: Jobs that one worker runs at a time.
_CONCURRENCY: Mapping[Pool, int] = {"prefork": 2, "threads": 8}
#: Messages in hand for each of those.
_PREFETCH: Mapping[Pool, int] = {"prefork": 2, "threads": 1}


@dataclass(frozen=True, kw_only=True)
class Scale:
    """One run: everything that decides it, but for the scheduling of processes."""

    seed: int
    jobs: int
    workers: int
    pool: Pool
    storm_s: float
    calm_s: float = 180
    """Longest wait for the last job after the storm."""

    def environ(self) -> dict[str, str]:
        """Return the settings of the stack's processes."""
        pool = {"pool": self.pool, "concurrency": _CONCURRENCY[self.pool], "prefetch": _PREFETCH[self.pool]}
        settings = {**_SETTINGS, **pool}
        return {f"SAYLINE_{name.upper()}": str(value) for name, value in settings.items()}

    def as_dict(self) -> dict[str, object]:
        """Return the scale for JSON."""
        return asdict(self)
