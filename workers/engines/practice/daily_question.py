"""The question of the day: the same for all who ask with the same words, another one tomorrow.

The questions stand in a fixed shuffled order, and each day takes the next: on any days in a row, as many as there are
questions, none comes twice.
"""

from __future__ import annotations

from functools import cache
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from schemas.reply.answers import DailyQuestionAnswer
from schemas.reply.levels import band_of
from workers.engines.practice.questions import bank
from workers.engines.practice.shuffle import shuffled

if TYPE_CHECKING:
    from schemas.reply.tasks import DailyQuestion
    from workers.engines.practice.questions import Question


def daily_question(task: DailyQuestion) -> DailyQuestionAnswer:
    """Return the day's question, or the next one that is not to be avoided; the day's own where they all are."""
    order = _order(task.audience if task.audience == "couple" else f"learner-{band_of(task.level)}")
    today = task.date.toordinal() % len(order)
    coming = [*order[today:], *order[:today]]
    had = {text.strip().casefold() for text in task.avoid}
    fresh = (one for one in coming if not had & {one.english.casefold(), one.korean.casefold()})
    question = next(fresh, coming[0])
    return DailyQuestionAnswer(
        date=task.date.isoformat(), question=question.said_in(task.language), category=question.category
    )


@cache
def _order(name: str) -> tuple[Question, ...]:
    """Mix the categories: one question of each, in any order, then the second of each, and so on."""
    mixed: dict[str, list[Question]] = {}
    for question in shuffled(bank(name), name, lambda one: one.english):
        mixed.setdefault(question.category, []).append(question)
    rows = ([one for one in row if one] for row in zip_longest(*mixed.values()))
    return tuple(chain.from_iterable(shuffled(row, name, lambda one: one.english) for row in rows))
