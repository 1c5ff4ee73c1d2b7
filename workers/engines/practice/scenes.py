"""Scenes of daily life to be played in English.

A file below `scenes/` is a scene. Its lines are `English | Korean`; those of `places` have a third part, a picture in
English; those of `openings` are English alone.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, get_args

from schemas.reply.levels import Band
from workers.engines.practice.matching import cues_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemas.reply.tasks import Explained

_FILES = Path(__file__).with_name("scenes")


@dataclass(frozen=True, slots=True)
class Both:
    """The same in two languages."""

    en: str
    ko: str
    picture: str = ""
    """Of a place: what it looks like, in English."""

    def said_in(self, language: Explained) -> str:
        """Return it in one of them."""
        return self.ko if language == "ko" else self.en


@dataclass(frozen=True, slots=True)
class Part:
    """A scene as it is played at a level."""

    goals: tuple[Both, ...]
    openings: tuple[str, ...]
    """The partner's first words, one for each of the scene's places."""
    phrases: tuple[Both, ...]
    twists: tuple[Both, ...]
    """What may come in between; beginners are spared."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A scene."""

    name: str
    cues: tuple[str, ...]
    title: Both
    learner: Both
    partner: Both
    places: tuple[Both, ...]
    parts: Mapping[Band, Part]


@cache
def scenes() -> Mapping[str, Scene]:
    """Load all scenes by their names."""
    loaded = (_scene(tomllib.loads(path.read_text(encoding="utf-8"))) for path in sorted(_FILES.glob("*.toml")))
    return MappingProxyType({scene.name: scene for scene in loaded})


def _scene(data: dict[str, Any]) -> Scene:
    return Scene(
        name=data["name"],
        cues=cues_of(data["cues"]),
        title=_both(data["title"]),
        learner=_both(data["learner"]),
        partner=_both(data["partner"]),
        places=_lines(data["places"]),
        parts=MappingProxyType({band: _part(data[band]) for band in get_args(Band)}),
    )


def _part(data: dict[str, str]) -> Part:
    return Part(
        goals=_lines(data["goals"]),
        openings=tuple(data["openings"].splitlines()),
        phrases=_lines(data["phrases"]),
        twists=_lines(data.get("twists", "")),
    )


def _lines(text: str) -> tuple[Both, ...]:
    return tuple(_both(line) for line in text.splitlines())


def _both(line: str) -> Both:
    return Both(*(part.strip() for part in line.split(" | ")))
