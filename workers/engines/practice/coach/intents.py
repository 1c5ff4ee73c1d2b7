"""What a message does: an invitation, thanks, a complaint."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engines.practice.coach.clauses import Clause, clauses
from workers.engines.practice.coach.plan import Plan, find_plan, find_wish

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_FILE = Path(__file__).parent / "intents.toml"


@dataclass(frozen=True)
class Recognised:
    """What a message does."""

    intent: str
    """A name of `intents.toml`; `question` or `other` where none of those fits."""
    sort: str
    """The sort of it that is answered in a way of its own; else the intent."""
    others: tuple[str, ...]
    """What it does besides."""
    grave: bool
    """Whether jokes are out of place."""
    plan: Plan | None
    """What it proposes."""
    said: str = ""
    """The clauses that do it."""

    @property
    def matched(self) -> bool:
        """Whether there is anything to answer that is known."""
        return self.intent not in ("question", "other")


@dataclass(frozen=True)
class _Rule:
    intent: str
    ko: re.Pattern[str]
    en: re.Pattern[str]
    asks: bool | None
    grave: bool
    plan: bool
    """Whether a proposal is one, whatever its words."""
    whole: bool
    """Whether it must be all that is said."""
    spaced: re.Pattern[str] | None
    """Korean that is matched with its spaces."""

    def fits_all(self, parts: Sequence[Clause]) -> bool:
        """Tell whether a message's clauses do it: one of them, or all where there must be nothing else."""
        return (all if self.whole else any)(self.fits(part) for part in parts)

    def fits(self, clause: Clause) -> bool:
        if self.asks is not None and clause.asks != self.asks:
            return False
        if self.en.search(clause.text) or clause.has(self.ko):
            return True
        if self.spaced is not None and self.spaced.search(clause.text):
            return True
        return self.plan and find_plan(clause.text) is not None


@cache
def _file() -> Mapping[str, Any]:
    return tomllib.loads(_FILE.read_text("utf-8"))


@cache
def _rules() -> Sequence[_Rule]:
    return [
        _Rule(
            intent,
            re.compile(table["ko"]),
            re.compile(table["en"]),
            asks=table.get("asks"),
            grave=table.get("grave", False),
            plan=table.get("plan", False),
            whole=table.get("whole", False),
            spaced=re.compile(table["spaced"]) if "spaced" in table else None,
        )
        for intent, table in _file().items()
        if intent not in ("variants", "leads")
    ]


@cache
def _variants() -> Sequence[tuple[str, re.Pattern[str], re.Pattern[str] | None]]:
    korean, english = _file()["variants"]["ko"], _file()["variants"]["en"]
    return [
        (name, re.compile(ko), re.compile(english[name]) if name in english else None) for name, ko in korean.items()
    ]


def intents() -> tuple[str, ...]:
    """Return the names of all intents that can be told."""
    return tuple(rule.intent for rule in _rules())


def recognise(message: str) -> Recognised:
    """Tell what a message does: the gravest thing, and what else."""
    parts = clauses(message)
    found = [rule for rule in _rules() if parts and rule.fits_all(parts)]
    if not found:
        intent = "question" if any(part.asks for part in parts) else "other"
        return Recognised(intent, sort_of(intent, message, parts), (), grave=False, plan=None)
    first = found[0]
    return Recognised(
        first.intent,
        sort_of(first.intent, message, parts),
        tuple(rule.intent for rule in found[1:]),
        grave=first.grave,
        plan=next((plan for part in parts if (plan := find_plan(part.text) or find_wish(part.text)) is not None), None),
        said=" ".join(part.text for part in parts if first.fits(part)),
    )


def sort_of(intent: str, message: str, parts: Sequence[Clause]) -> str:
    """Return the sort of an intent that a message is, by all that it says."""
    compact, spaced = "".join(part.compact for part in parts), " ".join(part.text for part in parts)
    latin = any("a" <= char <= "z" for char in spaced)
    for name, ko, en in _sorts_of(intent):
        if ko.search(compact or message) or (en is not None and latin and en.search(spaced)):
            return name
    return intent


#: Sorts whose names do not begin with their intent's.
_NAMED_OTHERWISE = {
    "choice_ask": ("choice_food",),
    "work_request": ("work_overdue", "work_error"),
    "work_status": ("work_overdue",),
    "recommend_ask": ("recommend_watch",),
}


def _sorts_of(intent: str) -> Iterator[tuple[str, re.Pattern[str], re.Pattern[str] | None]]:
    others = _NAMED_OTHERWISE.get(intent, ())
    for name, ko, en in _variants():
        if name in others or name.startswith(f"{intent}_"):
            yield name, ko, en


def leads_of(intent: str) -> Sequence[str]:
    """Return the intents that are named before the answer to this one, where a message has them too."""
    found: list[str] = _file()["leads"].get(intent, [])
    return found
