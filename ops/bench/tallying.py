"""Questions to documents, what they brought, and what that comes to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.engines.ports import Passage

_HANGUL = re.compile(r"[\uac00-\ud7a3]")


@dataclass(frozen=True)
class Question:
    """A line of the table."""

    text: str
    document: str
    """Empty for a question off the topic."""
    quote: str

    @property
    def script(self) -> str:
        """`Korean`, or `English` for all else."""
        return "Korean" if _HANGUL.search(self.text) else "English"

    def is_answered_by(self, passage: Passage) -> bool:
        """Whether the passage is the one that is looked for."""
        return passage.document == self.document and self.quote in passage.text


@dataclass(frozen=True)
class Outcome:
    """What one question brought."""

    question: Question
    ranks: dict[str, int]
    """The right passage's place in each ranking, from 1; 0 where it has none."""
    supported: bool
    quoted: bool
    cpu_ms: float
    value: float | None
    """What is compared with the embeddings' `support`; None where the model can't read the question."""


@dataclass(frozen=True)
class Division:
    """A value of `support`, and what it would make of the questions that the model can read."""

    support: float
    answered: int
    on_topic: int
    refused: int
    off_topic: int

    @property
    def gain(self) -> float:
        """Share answered and share refused: Youden's index (1950), and 1."""
        return self.answered / self.on_topic + self.refused / self.off_topic


@dataclass
class Tally:
    """What many questions brought."""

    outcomes: list[Outcome] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Count one more."""
        self.outcomes.append(outcome)

    @property
    def rankings(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(self.outcomes[0].ranks) if self.outcomes else ()

    def measures(self, ranking: str) -> tuple[float, float, float]:
        """Recall at 1 and at 5, and the mean reciprocal rank, of the questions on the topic."""
        ranks = [one.ranks[ranking] for one in self._on]
        count = len(ranks) or 1
        return (
            sum(rank == 1 for rank in ranks) / count,
            sum(0 < rank <= 5 for rank in ranks) / count,  # noqa: PLR2004 - as its name says
            sum(1 / rank for rank in ranks if rank) / count,
        )

    @property
    def on_topic(self) -> int:
        """How many questions the documents answer."""
        return len(self._on)

    @property
    def off_topic(self) -> int:
        """How many they do not."""
        return len(self.outcomes) - len(self._on)

    @property
    def answered(self) -> int:
        """How many on the topic were answered at all."""
        return sum(one.supported for one in self._on)

    @property
    def quoted(self) -> int:
        """How many were answered by a sentence that holds the quote."""
        return sum(one.quoted for one in self._on)

    @property
    def refused(self) -> int:
        """How many off the topic were refused."""
        return sum(not one.supported for one in self.outcomes if not one.question.document)

    @property
    def division(self) -> Division | None:
        """The value that tells questions on the topic from others best; None where there are none of either."""
        on = [one.value for one in self._on if one.value is not None]
        off = [one.value for one in self.outcomes if one.value is not None and not one.question.document]
        values = sorted({*on, *off})
        if not (on and off):
            return None
        divisions = (
            Division(at, sum(one >= at for one in on), len(on), sum(one < at for one in off), len(off))
            for at in ((one + other) / 2 for one, other in pairwise([values[0] - 1, *values, values[-1] + 1]))
        )
        return max(divisions, key=lambda division: (division.gain, division.support))

    @property
    def cpu_ms(self) -> float:
        """CPU time of a question, in the mean."""
        return sum(one.cpu_ms for one in self.outcomes) / (len(self.outcomes) or 1)

    @property
    def _on(self) -> list[Outcome]:
        return [one for one in self.outcomes if one.question.document]
