"""Commas that are missing: a logistic regression over what is around a gap, learnt from sentences that have theirs.

`python -m ops.training.commas` makes its weights; docs/adr/0031 says from what, and why it is not a network.
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from workers.engines.grammar.finding import Finding
from workers.engines.grammar.gaps import gaps_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from workers.engines.grammar.gaps import Gap
    from workers.engines.grammar.words import Word

#: The name of what it finds, as of the rules that find commas.
COMMA = "comma"
WEIGHTS = Path(__file__).with_name("commas.npy")
#: A weight is kept as a whole number of such steps, in nats.
STEP = 1 / 16
#: The log-odds of a comma in any gap at all, of which the features' weights are added to.
BIAS = -3.3
#: How sure it must be: chosen on the tuning sets and on correct essays.
_SURE = 0.7
#: Whether a comma stands before the first, or after the second, is a matter of taste.
_BEFORE = frozenset({"and", "or", "too"})
_AFTER = frozenset({"hello", "hey", "hi", "no", "oh", "ok", "sorry", "well", "yes"})
#: The gap after a sentence's first word.
_FIRST_GAP = 2


class Commas:
    """The model; nothing changes in it."""

    def __init__(self, weights: NDArray[np.int8]) -> None:
        self._weights = weights

    def probability(self, gap: Gap) -> float:
        """Return how likely it is that a comma stands in a gap."""
        odds = BIAS + STEP * int(self._weights[list(gap.features)].sum(dtype=np.int64))
        return 1 / (1 + math.exp(-odds))

    def findings(self, text: str, sentence: Sequence[Word]) -> Iterator[Finding]:
        """Yield the commas that are missing in a sentence that has its `START` and `END`."""
        for gap in gaps_of(sentence):
            before, after = sentence[gap.place - 1 : gap.place + 1]
            is_taste = before.lower in _AFTER or after.lower in _BEFORE
            if not is_taste and not _is_held(gap.place, before, after) and self.probability(gap) > _SURE:
                yield _finding(text, before)


@cache
def shipped_commas() -> Commas:
    """Map the weights, half a megabyte."""
    return Commas(np.load(WEIGHTS, mmap_mode="r"))


def _is_held(place: int, before: Word, after: Word) -> bool:
    """Whether the two belong together, which the model can't see.

    “However much it costs”: most sentences that begin with “however” have a comma there. “Ask where it is”, “Remember
    who came”: a capital at a sentence's beginning has the tagger take verbs for names, and “Mina, who came” has one.
    """
    is_degree = before.lower == "however" and after.tag[:2] in {"JJ", "RB"}
    is_request = place == _FIRST_GAP and before.tag == "NNP" and after.tag.startswith("W")
    return is_degree or is_request


def _finding(text: str, before: Word) -> Finding:
    suggestion = f"{before.text},"
    return Finding(
        start=before.start,
        end=before.end,
        original=text[before.start : before.end],
        suggestion=suggestion,
        rule=COMMA,
        note_en=f"A comma belongs here: “{suggestion}”.",
        note_ko=f"여기에는 쉼표가 필요해요: “{suggestion}”.",
    )
