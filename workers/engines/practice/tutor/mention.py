"""Something that a learner spoke of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Tense: TypeAlias = Literal["past", "now", "will"]


@dataclass(frozen=True, kw_only=True)
class Mention:
    """Something that the learner spoke of."""

    sort: str
    """Of `followups.toml`."""
    key: str
    """By which it is the same thing when it comes up again."""
    tense: Tense = "now"
    words: dict[str, str] = field(default_factory=dict)
    """What follow-up questions are filled with."""
    own: bool = False
    """Whether it is the learner's."""
    disliked: bool = False
    liked: bool = False
    good: bool = False
    """Of a feeling: whether it is a pleasant one."""
