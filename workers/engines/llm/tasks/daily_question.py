"""The day's question."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from schemas.reply.answers import DailyQuestionAnswer
from workers.engines.llm.form import Form, newest_that_fit, text_of
from workers.engines.llm.prompts import Prompt
from workers.engines.llm.said import Said, UnreadableError
from workers.engines.llm.texts import letters_of, tokens_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemas.job import JsonObject
    from schemas.reply.tasks import DailyQuestion
    from workers.engines.llm.options import LanguageModelOptions


class SaidQuestion(Said):
    """What the model answers."""

    question: str = Field(min_length=1)
    category: str = "other"


class DailyQuestionForm(Form[SaidQuestion, DailyQuestionAnswer]):
    """Asks for one."""

    prompt: ClassVar = Prompt("daily_question-1")
    said = SaidQuestion

    def __init__(self, task: DailyQuestion, options: LanguageModelOptions) -> None:
        super().__init__(options)
        self._task = task

    def system(self) -> Mapping[str, object]:
        """Return who answers it, and on which day."""
        return {
            "audience": self._task.audience,
            "language": self._task.language,
            "level": self._task.level,
            "date": f"{self._task.date:%A, %Y-%m-%d}",
        }

    def user(self, budget: int) -> Mapping[str, object]:
        """Return the questions that there have been."""
        return {"avoid": newest_that_fit(self._task.avoid, map(tokens_of, self._task.avoid), budget)}

    def shown(self, said: JsonObject) -> str:
        """Return the question."""
        return text_of(said, "question")

    def answer(self, said: SaidQuestion) -> DailyQuestionAnswer:
        """Return it, where it is a new one."""
        if letters_of(said.question) in map(letters_of, self._task.avoid):
            raise UnreadableError(["question: they have had it"])
        return DailyQuestionAnswer(
            date=self._task.date.isoformat(), question=said.question, category=said.category or "other"
        )
