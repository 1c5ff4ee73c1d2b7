"""Frames of practice sentences: a sentence with a gap in English and Korean, and what fits into it.

A file below `frames/` is a topic. A line of its `low`, `mid` or `high` is `English | Korean | word = 단어; ...`.
`{}` is the gap; in Korean it may hold the particle behind it in the form that follows a consonant: `{을}`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, get_args

from schemas.reply.levels import Band
from workers.engines.practice.matching import cues_of
from workers.engines.practice.particles import with_particle

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILES = Path(__file__).with_name("frames")
_GAP = re.compile(r"\{([가-힣]*)\}")


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence in both languages."""

    english: str
    korean: str


@dataclass(frozen=True, slots=True)
class Topic:
    """What can be said about a topic."""

    name: str
    cues: tuple[str, ...]
    frames: Mapping[Band, tuple[tuple[Pair, ...], ...]]
    """The sentences of each frame."""


@cache
def topics() -> Mapping[str, Topic]:
    """Load all topics by their names."""
    loaded = (_topic(path.read_text(encoding="utf-8")) for path in sorted(_FILES.glob("*.toml")))
    return MappingProxyType({topic.name: topic for topic in loaded})


def _topic(text: str) -> Topic:
    data = tomllib.loads(text)
    frames = {band: tuple(frame_of(line) for line in data[band].splitlines() if line) for band in get_args(Band)}
    return Topic(name=data["name"], cues=cues_of(data["cues"]), frames=MappingProxyType(frames))


def frame_of(line: str) -> tuple[Pair, ...]:
    """Return the sentences of a frame.

    Raises:
        ValueError: the line is not of the form above.
    """
    english, korean, fillers = (part.strip() for part in line.split(" | "))
    pairs = [filler.split(" = ") for filler in fillers.split("; ")]
    return tuple(Pair(english.replace("{}", word), _filled(korean, own)) for word, own in pairs)


def _filled(korean: str, word: str) -> str:
    return _GAP.sub(lambda gap: with_particle(word, gap[1]), korean)
