"""The jobs of a storm, and how each may end; decided by the seed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_OWNERS = 5
_WITHOUT_KEY = 0.15
#: Larger than what a record holds itself.
_PADDING = "나는 오늘 한국어를 배운다. " * 60


class Fate(StrEnum):
    """How a job ends if nothing comes between."""

    SUCCEEDS = "succeeded"
    FAILS = "failed"
    DIES = "dead_lettered"


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One job, before it is submitted."""

    number: int
    kind: str
    owner: str
    key: str | None
    """Idempotency key; without one a client asks once, and may not learn what became of it."""
    body: dict[str, Any]
    fate: Fate


@dataclass(frozen=True)
class _Sort:
    share: float
    kind: str
    fate: Fate
    body: dict[str, Any]


_SORTS = (
    _Sort(0.40, "noop", Fate.SUCCEEDS, {}),
    _Sort(0.04, "noop", Fate.SUCCEEDS, {"conversation": "storm-1"}),
    _Sort(0.04, "noop", Fate.SUCCEEDS, {"conversation": "storm-2"}),
    _Sort(0.04, "noop", Fate.SUCCEEDS, {"padding": _PADDING}),
    _Sort(0.04, "noop", Fate.FAILS, {"how": "fail"}),
    _Sort(0.04, "noop", Fate.DIES, {"how": "flaky"}),
    _Sort(0.385, "vendor", Fate.SUCCEEDS, {}),
    _Sort(0.012, "rogue", Fate.DIES, {"how": "kill"}),
    _Sort(0.003, "rogue", Fate.DIES, {"how": "hang"}),
)


def plan(seed: int, count: int) -> Sequence[Planned]:
    """Return the jobs in the order of their submission; one of each sort at least, if there are enough."""
    random = Random(f"{seed}/jobs")
    sorts = [*_SORTS, *random.choices(_SORTS, [sort.share for sort in _SORTS], k=max(0, count - len(_SORTS)))]
    random.shuffle(sorts)
    return [
        Planned(
            number=number,
            kind=sort.kind,
            owner=f"owner-{random.randrange(_OWNERS)}",
            key=None if random.random() < _WITHOUT_KEY else f"storm-{seed}-{number}",
            body={"n": number, **sort.body},
            fate=sort.fate,
        )
        for number, sort in enumerate(sorts[:count])
    ]
