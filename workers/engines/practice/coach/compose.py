"""Replies put together from the shipped ones."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engines.practice.particles import final_of, with_particle

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workers.engines.practice.coach.manner import Relation

_HERE = Path(__file__).parent
RISKS = ("safe", "balanced", "bold")
_SLOT = re.compile(r"\{(\w+)(?::([가-힣]+))?\}")
_LAUGHS = re.compile(r"^[ㅋㅎ]{2,} ?|(?<=[!?.~,]) ?[ㅋㅎㅠㅜ]{2,}|,? haha\b")
#: A laugh that stands for a full stop.
_STOPS = re.compile(r"(?<=[가-힣]) ?[ㅋㅎㅠㅜ]{2,}")
_REGISTERS = " | "


@dataclass(frozen=True)
class Manner:
    """How an answer is to be worded."""

    language: str
    relation: Relation
    formal: bool
    sober: bool
    """Whether laughs are left out."""
    slots: Mapping[str, str] = field(default_factory=dict)
    disliked: tuple[str, ...] = ()
    """What is not to be named."""
    address: str | None = None
    """What stands for `너`, to whom one does not say it: 엄마, 오빠, 선배."""


@cache
def _replies(language: str) -> Mapping[str, Any]:
    return tomllib.loads((_HERE / f"{'korean' if language == 'ko' else 'english'}.toml").read_text("utf-8"))


@cache
def _whys() -> Mapping[str, Any]:
    return tomllib.loads((_HERE / "whys.toml").read_text("utf-8"))


def has(sort: str, manner: Manner) -> bool:
    """Tell whether there are replies to this sort of message, of each risk one whose slots can be filled."""
    if sort not in _replies(manner.language):
        return False
    return all(any(text is not None for text in _filled(sort, risk, manner)) for risk in RISKS)


def reply(sort: str, risk: str, manner: Manner) -> str:
    """Return the reply of a risk that says most of what can be said in it."""
    filled = [text for text in _filled(sort, risk, manner) if text is not None]
    allowed = [text for text in filled if not any(word in text for word in manner.disliked)] or filled
    return allowed[0]


def _filled(sort: str, risk: str, manner: Manner) -> Iterator[str | None]:
    """Yield a sort's replies, fuller ones first, those of the relationship before those of any."""
    groups = _replies(manner.language)[sort]
    for relation in dict.fromkeys((manner.relation, "any")):
        texts = groups.get(relation, {}).get(risk, ())
        for text in sorted(texts, key=lambda text: -len(set(_SLOT.findall(text)))):
            yield worded(text, manner)


def lead(name: str, manner: Manner) -> str:
    """Return what is said first to a second thing that the message does."""
    return worded(_replies(manner.language)["leads"][name], manner) or ""


def goal(name: str, risk: str, manner: Manner) -> str | None:
    """Return the sentence that an option of this risk has for a goal; None where it has none."""
    text = _replies(manner.language)["goals"].get(f"{name}_{risk}")
    return None if text is None else worded(text, manner)


def why(sort: str, intent: str, risk: str, language: str) -> str:
    """Say what an option does."""
    sorts = {name: kind for kind, names in _whys()["sorts"].items() for name in names}
    found: str = _whys()[language][sorts.get(sort) or sorts.get(intent, "talk")][risk]
    return found


def worded(text: str, manner: Manner) -> str | None:
    """Return a text in the register, its slots filled; None where one can't be."""
    informal, _, formal = text.partition(_REGISTERS)
    chosen = formal if manner.formal and formal else informal
    try:
        said = _SLOT.sub(lambda slot: _slot(manner.slots[slot[1]], slot[2]), chosen)
    except (KeyError, ValueError):  # nothing was said that would stand here, or nobody knows how it is read
        return None
    if manner.address and not manner.formal:
        said = _YOU.sub(lambda you: _addressed(manner.address or "", you[1]), said)
    return _STOPS.sub(".", _LAUGHS.sub("", said)) if manner.sober else said


#: `너`, `네` and `니` as a word with its particle, and their contractions.
_YOU = re.compile(r"(?<![가-힣])(?:너|네|니)(는|도|랑|한테|를|만|보다|밖에|부터|라면|랑이면|가)?(?= |$|[,.!?])")
_BEHIND_YOU = {"는": "은", "를": "을", "가": "이", "라면": "이라면", "랑": "이랑", "랑이면": "이랑이면"}


def _addressed(address: str, particle: str | None) -> str:
    return _slot(address, _BEHIND_YOU.get(particle or "", particle))


_OPEN_ENDED = ("이구나", "이군요", "이요", "이라니", "이라도", "이나", "이랑", "이랑이면", "이라면")


def _slot(value: str, particle: str | None) -> str:
    if particle is None:
        return value
    if particle in _OPEN_ENDED:
        final = final_of(value)
        if final is None:
            raise ValueError("not Hangul")
        return value + (particle if final else particle[1:])
    return with_particle(value, particle)
