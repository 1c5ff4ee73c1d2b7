"""The questions of the day: `questions/couple.toml`, and one file for each level of learners.

A line of a category is `English | Korean`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Literal

_FILES = Path(__file__).with_name("questions")


@dataclass(frozen=True, slots=True)
class Question:
    """A question in both languages."""

    category: str
    english: str
    korean: str

    def said_in(self, language: Literal["ko", "en"]) -> str:
        """Return it in one of them."""
        return self.korean if language == "ko" else self.english


@cache
def bank(name: str) -> tuple[Question, ...]:
    """Load the questions of a file by its name."""
    categories = tomllib.loads((_FILES / f"{name}.toml").read_text(encoding="utf-8"))
    return tuple(
        Question(category, *(part.strip() for part in line.split(" | ")))
        for category, lines in categories.items()
        for line in lines.splitlines()
    )
