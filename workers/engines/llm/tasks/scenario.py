"""A scene to be played."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from schemas.reply.answers import ScenarioAnswer, Sentence
from schemas.reply.levels import band_of
from workers.engines.llm.form import Form, text_of
from workers.engines.llm.prompts import Prompt
from workers.engines.llm.said import Said
from workers.engines.llm.tasks.practice_sentences import SaidSentence  # noqa: TC001 - pydantic reads it

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemas.job import JsonObject
    from schemas.reply.tasks import Scenario
    from workers.engines.llm.options import LanguageModelOptions


class SaidScenario(Said):
    """What the model answers."""

    title: str = Field(min_length=1)
    setting: str = Field(min_length=1)
    learner_role: str = Field(min_length=1)
    partner_role: str = Field(min_length=1)
    goals: tuple[str, ...] = Field(min_length=1)
    opening: str = Field(min_length=1)
    phrases: tuple[SaidSentence, ...] = ()
    picture: str = Field(min_length=1)


class ScenarioForm(Form[SaidScenario, ScenarioAnswer]):
    """Asks for one."""

    prompt: ClassVar = Prompt("scenario-1")
    said = SaidScenario

    def __init__(self, task: Scenario, options: LanguageModelOptions) -> None:
        super().__init__(options)
        self._task = task

    def system(self) -> Mapping[str, object]:
        """Return level and language."""
        return {
            "level": self._task.level,
            "band": band_of(self._task.level),
            "explain_in": self._task.explain_in,
        }

    def user(self, budget: int) -> Mapping[str, object]:  # noqa: ARG002 - it is short
        """Return topic and interests."""
        return {"topic": self._task.topic, "interests": self._task.interests, "seed": self._task.seed}

    def shown(self, said: JsonObject) -> str:
        """Return title, setting and opening, a line each."""
        return "\n".join(filter(None, (text_of(said, name) for name in ("title", "setting", "opening"))))

    def answer(self, said: SaidScenario) -> ScenarioAnswer:
        """Return it."""
        return ScenarioAnswer(
            topic=self._task.topic,
            level=self._task.level,
            title=said.title,
            setting=said.setting,
            learner_role=said.learner_role,
            partner_role=said.partner_role,
            goals=said.goals,
            opening=said.opening,
            phrases=tuple(Sentence(english=each.english, korean=each.korean) for each in said.phrases),
            picture=said.picture,
        )
