"""Sentences to practise with."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from schemas.reply.answers import PracticeSentencesAnswer, Sentence
from schemas.reply.levels import band_of
from workers.engines.llm.form import Form, newest_that_fit, objects_of, text_of
from workers.engines.llm.prompts import Prompt
from workers.engines.llm.said import Said, UnreadableError
from workers.engines.llm.texts import letters_of, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from schemas.job import JsonObject
    from schemas.reply.tasks import PracticeSentences
    from workers.engines.llm.options import LanguageModelOptions


class SaidSentence(Said):
    """A sentence in both languages."""

    english: str = Field(min_length=1)
    korean: str = Field(min_length=1)


class SaidSentences(Said):
    """What the model answers."""

    sentences: tuple[SaidSentence, ...]


class PracticeSentencesForm(Form[SaidSentences, PracticeSentencesAnswer]):
    """Asks for them."""

    prompt: ClassVar = Prompt("practice_sentences-1")
    said = SaidSentences

    def __init__(self, task: PracticeSentences, options: LanguageModelOptions) -> None:
        super().__init__(options)
        self._task = task

    def system(self) -> Mapping[str, object]:
        """Return how many are wanted, and the level."""
        return {"count": self._task.count, "level": self._task.level, "band": band_of(self._task.level)}

    def user(self, budget: int) -> Mapping[str, object]:
        """Return the topic, and what the learner has had."""
        task = self._task
        had = newest_that_fit(task.avoid, map(tokens_of, task.avoid), budget)
        return {"topic": task.topic, "avoid": had, "seed": task.seed}

    def shown(self, said: JsonObject) -> str:
        """Return the English sentences, a line each."""
        return "\n".join(filter(None, (text_of(each, "english") for each in objects_of(said, "sentences"))))

    def answer(self, said: SaidSentences) -> PracticeSentencesAnswer:
        """Return those that are new, as many as were asked for."""
        task = self._task
        sentences = tuple(_new(said.sentences, task.avoid))[: task.count]
        if not sentences:
            raise UnreadableError(["sentences: there is no new one"])
        return PracticeSentencesAnswer(topic=task.topic, level=task.level, sentences=sentences)


def _new(said: Iterable[SaidSentence], had: Iterable[str]) -> Iterator[Sentence]:
    known = {letters_of(sentence) for sentence in had}
    for each in said:
        if letters_of(each.english) not in known:
            known.add(letters_of(each.english))
            yield Sentence(english=each.english, korean=each.korean)
