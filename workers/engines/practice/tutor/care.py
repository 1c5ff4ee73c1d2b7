"""Grave messages: what is said to them, and the sentences from which no question is made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from workers.engines.practice.tutor.bank import read
from workers.engines.practice.tutor.moves import sentences_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.engines.practice.tutor.bank import Question
    from workers.engines.practice.tutor.scene import Scene

_WORDS = "words"
_LOW = re.compile(
    r"(?i)\b(?:nobody|no one|alone|nothing|hopeless|worthless|useless|pain|cry|crying"
    r"|never|can't|cannot|cant|don't|dont|not|no"
    r"|die|dead|hurt|hate|sad|tired|serious|afraid|scared)\b"
)
"""Words of somebody who is still low; more of them than of sad feelings, as it is worse to leave too early."""


@dataclass(frozen=True, kw_only=True)
class Care:
    """What is said to a sort of grave message."""

    english: re.Pattern[str]
    korean: re.Pattern[str]
    says: str
    says_ko: str
    asks: Sequence[str]
    again: bool
    """Whether it is asked once more who is there."""


def care_for(text: str) -> Care | None:
    """Return what is said to a message, if it is a grave one."""
    plain = _plain(text)
    return next((care for care in _cares() if care.english.search(plain) or care.korean.search(plain)), None)


def is_grave(text: str) -> bool:
    """Whether a text has words of violence, death or sex: it is neither asked about nor said again."""
    english, korean = _grave()
    plain = _plain(text)
    return bool(english.search(plain) or korean.search(plain)) or care_for(text) is not None


def split_grave(text: str) -> tuple[str, str]:
    """Return what of a text may be asked about, and what of it is grave, by its sentences."""
    if not is_grave(text):
        return text, ""
    sentences = [(sentence, is_grave(sentence)) for sentence in sentences_in(text)]
    return (
        " ".join(sentence for sentence, grave in sentences if not grave),
        " ".join(sentence for sentence, grave in sentences if grave),
    )


def is_low(text: str) -> bool:
    """Whether a text may be from somebody who is still low."""
    return bool(_LOW.search(_plain(text)))


def say_care(scene: Scene, care: Care) -> Question:
    """Say what helps, and ask after the learner or go on with the topic."""
    scene.praise = None
    scene.notes.crisis = max(scene.notes.crisis, int(care.again))
    scene.notes.thing = None
    scene.speech.add(care.says_ko if scene.heard.script == "korean" else care.says)
    return scene.open_question_of("care", care.asks) or scene.next()


def _plain(text: str) -> str:
    return " ".join(text.replace("\u2019", "'").split())


@cache
def _cares() -> Sequence[Care]:
    return [
        Care(
            english=re.compile(data["english"], re.IGNORECASE),
            korean=re.compile(data["korean"]),
            **{name: data[name] for name in ("says", "says_ko", "asks", "again")},
        )
        for sort, data in read("care.toml").items()
        if sort != _WORDS
    ]


@cache
def _grave() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = read("care.toml")[_WORDS]
    return re.compile(words["english"], re.IGNORECASE), re.compile(words["korean"])
