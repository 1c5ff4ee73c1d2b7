"""A conversation that has become too long to be given to a model word by word: what it sees, and what is summarised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from workers.engines.llm.form import Form, newest_that_fit
from workers.engines.llm.prompts import Prompt
from workers.engines.llm.said import Said
from workers.engines.llm.texts import tokens_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from schemas.conversation import Turn
    from schemas.job import JsonObject
    from workers.engines.llm.options import LanguageModelOptions

#: The marks around a turn.
_MARKS = 15


@dataclass(frozen=True)
class Background:
    """What is known of a conversation's past."""

    turns: tuple[Turn, ...]
    """Those that no summary stands for, oldest first."""
    summary: str | None = None
    summarised_turns: int = 0
    """How many of the oldest it stands for."""


class SaidSummary(Said):
    """What the model answers."""

    summary: str = Field(min_length=1, max_length=4_000)


class SummaryForm(Form[SaidSummary, str]):
    """Asks for a summary of turns, and of the summary that there was."""

    prompt: ClassVar = Prompt("summary-1")
    said = SaidSummary

    def __init__(self, summary: str | None, turns: Sequence[Turn], options: LanguageModelOptions) -> None:
        super().__init__(options)
        self._summary = summary
        self._turns = tuple(turns)

    def system(self) -> Mapping[str, object]:
        """Return nothing: it is always the same."""
        return {}

    def user(self, budget: int) -> Mapping[str, object]:  # noqa: ARG002 - they were chosen to fit
        """Return the turns."""
        return {"summary": self._summary, "turns": self._turns}

    def shown(self, said: JsonObject) -> str:  # noqa: ARG002
        """Return nothing: it is no answer."""
        return ""

    def answer(self, said: SaidSummary) -> str:
        """Return it."""
        return said.summary


def tokens_of_turn(turn: Turn) -> int:
    """Estimate what a turn takes of a prompt."""
    return tokens_of(turn.message) + tokens_of(turn.reply) + _MARKS


def newest_turns(turns: Sequence[Turn], budget: int) -> tuple[Turn, ...]:
    """Return the last turns that fit."""
    return newest_that_fit(turns, map(tokens_of_turn, turns), budget)


def to_summarise(turns: Sequence[Turn], budget: int) -> tuple[Turn, ...]:
    """Return the oldest turns that are to be summarised now; none where all fit.

    So many that the rest takes half of the budget, and there is quiet for a while; but no more than fit themselves: a
    very long conversation is worked off turn by turn.
    """
    if len(newest_turns(turns, budget)) == len(turns):
        return ()
    old = turns[: len(turns) - len(newest_turns(turns, budget // 2))]
    left = budget
    for number, turn in enumerate(old):
        left -= tokens_of_turn(turn)
        if left < 0:
            return tuple(old[:number])
    return tuple(old)
