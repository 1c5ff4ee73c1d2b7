"""Topics and their questions: data, read once."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from schemas.reply.levels import Band

_HERE = Path(__file__).parent
BANDS: tuple[Band, ...] = ("low", "mid", "high")


@dataclass(frozen=True, kw_only=True)
class Question:
    """Something that the tutor may ask."""

    id: str
    """For example `food/low/breakfast`."""
    aspect: str
    """What it asks for: `breakfast`."""
    text: str
    korean: str
    """The same in Korean."""
    starter: str
    """How an answer may begin; `…` stands for the learner's words."""

    def about(self, **words: str) -> Question:
        """Fill in what the question is about."""
        return Question(
            id=self.id,
            aspect=self.aspect,
            text=filled(self.text, words),
            korean=filled(self.korean, words),
            starter=filled(self.starter, words),
        )

    def with_text(self, text: str) -> Question:
        """Return the question in other words."""
        return replace(self, text=text)


@dataclass(frozen=True, kw_only=True)
class Word:
    """A word worth learning."""

    text: str
    korean: str
    english: str
    """What it means, in plain English."""
    example: str


@dataclass(frozen=True, kw_only=True)
class Topic:
    """A topic, with what there is to ask and to learn about it."""

    key: str
    name: str
    korean: str
    cues: re.Pattern[str]
    """By which words a text is about it."""
    told: Mapping[str, re.Pattern[str]]
    """By which words of a learner's a question of this aspect has been answered before it is asked."""
    questions: Mapping[Band, Sequence[Question]]
    words: Mapping[Band, Sequence[Word]]


@dataclass(frozen=True, kw_only=True)
class Role:
    """Somebody whom the tutor can play."""

    key: str
    cues: re.Pattern[str]
    hello: str
    notes: Sequence[str]
    """What such a person says to an answer."""
    thing: Sequence[str]
    """The same where a thing was named: `{bare}`."""
    questions: Mapping[Band, Sequence[Question]]


def filled(text: str, words: Mapping[str, str]) -> str:
    """Put words for the names in braces; what begins a sentence gets a capital letter."""
    for name, word in words.items():
        text = text.replace(f"{{{name}}}", word)
    return re.sub(r"^[a-z]", lambda match: match[0].upper(), text)


def lines_of(block: str) -> Iterable[list[str]]:
    """Read lines of fields that ` | ` parts."""
    for line in block.splitlines():
        if line.strip():
            yield [field.strip() for field in line.split("|")]


def any_of(alternatives: str) -> re.Pattern[str]:
    """Return a pattern of whole words, whatever their case; Korean ones have endings."""
    english = "|".join(part for part in _alternatives(alternatives) if part.isascii())
    korean = "|".join(part for part in _alternatives(alternatives) if not part.isascii())
    parts = ([rf"\b(?:{english})\b"] if english else []) + ([korean] if korean else [])
    return re.compile("|".join(parts), re.IGNORECASE)


def read(path: str) -> dict[str, Any]:
    """Read a data file that lies beside the code."""
    return tomllib.loads((_HERE / path).read_text("utf-8"))


@cache
def topics() -> Mapping[str, Topic]:
    """Return the topics by key."""
    names = sorted(path.stem for path in (_HERE / "topics").glob("*.toml"))
    return {name: _topic(name, read(f"topics/{name}.toml")) for name in names}


@cache
def roles() -> Sequence[Role]:
    """Return those whom the tutor can play."""
    return [_role(path.stem, read(f"roles/{path.name}")) for path in sorted((_HERE / "roles").glob("*.toml"))]


def role_of(name: str) -> Role | None:
    """Return whom the tutor plays under this name; None where it only bears it."""
    return next((role for role in roles() if role.cues.search(name)), None)


@cache
def anything() -> Mapping[Band, Sequence[Question]]:
    """Return what may be asked about a topic of which the tutor knows nothing: `{topic}` stands for it."""
    data = read("anything.toml")
    return {band: tuple(questions(f"anything/{band}", data[band])) for band in BANDS}


def questions(prefix: str, block: str) -> Iterable[Question]:
    """Read questions: what it asks for, the question, its Korean, the start of an answer."""
    for aspect, text, korean, starter in lines_of(block):
        yield Question(id=f"{prefix}/{aspect}", aspect=aspect, text=text, korean=korean, starter=starter)


def topic_of(text: str) -> Topic | None:
    """Return the topic that a text is about by its words: the one of which it has most, if any."""
    counts = {key: len(set(map(str.lower, topic.cues.findall(text)))) for key, topic in topics().items()}
    best = max(counts, key=lambda key: counts[key])
    return topics()[best] if counts[best] else None


def named_topic(name: str) -> Topic | None:
    """Return the topic that somebody calls by this name: the tutor's own, or a short text that is about one."""
    plain = name.strip().lower().rstrip(".!?")
    for topic in topics().values():
        if plain in {topic.name, topic.key, topic.korean}:
            return topic
    return topic_of(plain)


def _topic(key: str, data: dict[str, Any]) -> Topic:
    return Topic(
        key=key,
        name=data["name"],
        korean=data["korean"],
        cues=any_of(data["cues"]),
        told={aspect: re.compile(rf"\b(?:{cues})\b", re.IGNORECASE) for aspect, cues in data["told"].items()},
        questions={band: tuple(questions(f"{key}/{band}", data[band])) for band in BANDS},
        words={band: tuple(_word(*line) for line in lines_of(data["words"][band])) for band in BANDS},
    )


def _role(key: str, data: dict[str, Any]) -> Role:
    return Role(
        key=key,
        cues=any_of(data["cues"]),
        hello=data["hello"],
        notes=data["notes"],
        thing=data.get("thing", ()),
        questions={band: tuple(questions(f"{key}/{band}", data[band])) for band in BANDS},
    )


def _word(text: str, korean: str, english: str, example: str) -> Word:
    return Word(text=text, korean=korean, english=english, example=example)


def _alternatives(cues: str) -> list[str]:
    return [cue for cue in cues.split("|") if cue]
