"""What a lexicon found in a text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemas.kinds.analysis import Emotion

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Entry:
    """What a lexicon says of a word."""

    valence: float
    """From -4, very bad, to 4, very good, as VADER has it."""
    emotion: Emotion | None


@dataclass(frozen=True)
class Hit:
    """A word of the text that a lexicon has, as it counts where it stands."""

    start: int
    """First character."""
    end: int
    valence: float
    """After negation, intensity and such."""
    emotion: Emotion | None
    is_sign: bool = False
    """Whether it is an emoji or the like, and no word."""


@cache
def entries(name: str) -> Mapping[str, Entry]:
    """Read a lexicon of `data`: lines of word, valence and emotion (`-`: none), by tabs; `#` begins a comment."""
    found = {}
    for line in (DATA / f"{name}.tsv").read_text("utf-8").splitlines():
        if not line.startswith("# "):
            word, valence, emotion = ([*line.split("\t"), "-"])[:3]
            found[word] = Entry(float(valence), None if emotion == "-" else cast("Emotion", emotion))
    return found


#: What the lack of a feeling is: not happy is sad, not liked is disliked. The lack of a bad one is none.
_LACKS: Mapping[Emotion, Emotion] = {"joy": "sadness", "affection": "disgust"}


def felt(entry: Entry, valence: float) -> Emotion | None:
    """Return the emotion of a word as it stands, when its valence has become this."""
    if entry.valence * valence >= 0 or entry.emotion is None:
        return entry.emotion
    return _LACKS.get(entry.emotion)
