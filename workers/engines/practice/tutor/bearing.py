"""How a message sounds: glad or sad, and what one would say to that."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from workers.engines.practice.tutor.bank import read

if TYPE_CHECKING:
    from collections.abc import Mapping

_UNDONE = re.compile(r"\b(?:not|never|didn't|haven't)\b", re.IGNORECASE)


def bearing(text: str) -> str | None:
    """Return which phrases answer a text: `loss`, `tragic`, `well_done`, `glad` or `sorry`; None where neither fits."""
    patterns = _patterns()
    for sound in ("loss", "tragic"):
        if patterns[sound].search(text):
            return sound
    if any(not _UNDONE.search(match[0]) for match in patterns["done"].finditer(text)):
        return "well_done"
    glad, sad = _says("glad", text), _says("sad", text)
    return None if glad == sad else "glad" if glad else "sorry"


def _says(sound: str, text: str) -> bool:
    """Whether a word of the sort stands there without a `not` before it."""
    patterns = _patterns()
    return any(not patterns["not"].search(text[: match.start()]) for match in patterns[sound].finditer(text))


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in read("bearing.toml").items()}
