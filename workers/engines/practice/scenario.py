"""Chooses a scene, and how it is played."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from schemas.reply.answers import ScenarioAnswer, Sentence
from schemas.reply.levels import band_of
from workers.engines.practice.frequency import rarest
from workers.engines.practice.matching import nearest
from workers.engines.practice.scenes import Both, scenes
from workers.engines.practice.shuffle import shuffled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from schemas.reply.levels import Band
    from schemas.reply.tasks import Scenario
    from workers.engines.practice.scenes import Part

_T = TypeVar("_T")

_TWIST = Both("Deal with this: {}", "이런 상황에 대처하세요: {}")
_INTEREST: dict[bool, Both] = {
    True: Both("Say something about {}.", "{}에 대해 한마디 하세요."),
    False: Both("Bring the conversation round to {} once.", "대화 중에 한 번은 {} 이야기를 꺼내 보세요."),
}


def scenario(task: Scenario) -> ScenarioAnswer:
    """Choose a scene about the topic, else about one of the interests, else any; the same for the same task."""
    asked = _asked_for(task.topic)
    scene = scenes()[asked or _otherwise(task)]
    band = band_of(task.level)
    part = scene.parts[band]
    place, opening = _one_of(tuple(zip(scene.places, part.openings, strict=True)), task, lambda pair: pair[1])
    return ScenarioAnswer(
        topic=scene.name,
        matched=asked is not None,
        level=task.level,
        title=scene.title.said_in(task.explain_in),
        setting=place.said_in(task.explain_in),
        learner_role=scene.learner.said_in(task.explain_in),
        partner_role=scene.partner.said_in(task.explain_in),
        goals=tuple(_goals(part, band, task)),
        opening=opening,
        phrases=tuple(_phrase(phrase) for phrase in part.phrases),
        picture=place.picture,
    )


def _asked_for(topic: str) -> str | None:
    return nearest(topic, {scene.name: (scene.name, *scene.cues) for scene in scenes().values()})


def _otherwise(task: Scenario) -> str:
    of_interest = (_asked_for(interest) for interest in task.interests)
    return next((name for name in of_interest if name), None) or _one_of(scenes(), task, str)


def _one_of(items: Iterable[_T], task: Scenario, name: Callable[[_T], str]) -> _T:
    return shuffled(items, str(task.seed), name)[0]


def _goals(part: Part, band: Band, task: Scenario) -> Iterator[str]:
    language = task.explain_in
    yield from (goal.said_in(language) for goal in part.goals)
    if part.twists:
        twist = _one_of(part.twists, task, lambda one: one.en)
        yield _TWIST.said_in(language).replace("{}", twist.said_in(language))
    if task.interests:
        interest = _one_of(task.interests, task, str)
        yield _INTEREST[band == "low"].said_in(language).replace("{}", interest)


def _phrase(phrase: Both) -> Sentence:
    rated = rarest(phrase.en)
    return Sentence(
        english=phrase.en,
        korean=phrase.ko,
        hardest_word=rated[0] if rated else None,
        frequency=rated[1] if rated else None,
    )
