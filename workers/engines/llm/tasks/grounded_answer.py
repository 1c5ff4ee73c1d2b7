"""A question, answered from passages: what the model quotes is looked for in them, and without a quote is no answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from schemas.errors import PermanentError
from schemas.reply.answers import Citation, GroundedAnswerAnswer
from workers.engines.llm.form import TOO_LONG, Form, objects_of, text_of
from workers.engines.llm.prompts import Prompt
from workers.engines.llm.said import Said, UnreadableError
from workers.engines.llm.texts import comparable, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from schemas.job import JsonObject
    from schemas.reply.tasks import GroundedAnswer
    from workers.engines.llm.options import LanguageModelOptions
    from workers.engines.ports import Passage

#: Shorter quotes stand on nothing: any passage has an "and".
_SHORTEST_QUOTE = 8
_MARK = re.compile(r"\s?\[(\d{1,3})\]")
#: A sentence with the marks behind its end; an end within a number or a name is taken for one only before a space.
_SENTENCE = re.compile(r".+?(?:[.!?。](?:\s*\[\d{1,3}\])*(?=\s|$)\s*|$)", re.DOTALL)


class SaidQuote(Said):
    """Words of a passage."""

    number: int
    quote: str


class SaidGrounded(Said):
    """What the model answers."""

    quotes: tuple[SaidQuote, ...] = ()
    answered: bool
    answer: str | None = Field(None)


class GroundedAnswerForm(Form[SaidGrounded, GroundedAnswerAnswer]):
    """Asks for it."""

    prompt: ClassVar = Prompt("grounded_answer-1")
    said = SaidGrounded

    def __init__(self, task: GroundedAnswer, passages: Sequence[Passage], options: LanguageModelOptions) -> None:
        super().__init__(options)
        self._task = task
        self._passages = tuple(passages)

    def system(self) -> Mapping[str, object]:
        """Return the answer's language."""
        return {"language": self._task.language}

    def user(self, budget: int) -> Mapping[str, object]:
        """Return the question, and the best passages."""
        left = budget - tokens_of(self._task.question)
        best: list[Passage] = []
        for passage in self._passages:
            left -= tokens_of(passage.text + passage.document + passage.section) + 30
            if left < 0:
                break
            best.append(passage)
        if not best:
            raise PermanentError(*TOO_LONG)
        return {"question": self._task.question, "passages": best}

    def shown(self, said: JsonObject) -> str:
        """Return the answer, once a quote that it stands on has been found; of its last sentence what is there."""
        quotes = [
            SaidQuote(number=each["number"], quote=each["quote"])
            for each in objects_of(said, "quotes")
            if isinstance(each.get("number"), int) and isinstance(each.get("quote"), str)
        ]
        numbers = _numbers([self._citation(quote) for quote in quotes])
        if said.get("answered") is not True or not numbers:
            return ""
        *whole, last = _SENTENCE.findall(text_of(said, "answer")) or [""]
        return "".join([*_standing(whole, numbers), _renumbered(last, numbers)]).strip()

    def answer(self, said: SaidGrounded) -> GroundedAnswerAnswer:
        """Return it with citations, without the sentences that stand on no quote; none left is no answer."""
        if said.answered and said.answer and said.quotes and not _MARK.search(said.answer):
            raise UnreadableError(["answer: each sentence is followed by the place of its quote, for example [1]"])
        citations = [self._citation(quote) for quote in said.quotes]
        answer = "".join(_standing(_SENTENCE.findall(said.answer or ""), _numbers(citations))).strip()
        if not (said.answered and answer):
            return refused(self._task)
        return GroundedAnswerAnswer(
            question=self._task.question,
            answered=True,
            answer=answer,
            citations=tuple(citation for citation in citations if citation),
        )

    def _citation(self, said: SaidQuote) -> Citation | None:
        """Return where a quote stands: in the passage that it names, or in another."""
        words = comparable(said.quote).split()
        if len("".join(words)) < _SHORTEST_QUOTE:
            return None
        pattern = re.compile(r"\s+".join(map(re.escape, words)))
        named = self._passages[said.number - 1 : said.number] if said.number > 0 else ()
        for passage in (*named, *self._passages):
            if match := pattern.search(comparable(passage.text)):
                return Citation(
                    document=passage.document,
                    section=passage.section,
                    start=passage.start + match.start(),
                    end=passage.start + match.end(),
                    quote=passage.text[match.start() : match.end()],
                )
        return None


def refused(task: GroundedAnswer, *, empty: bool = False) -> GroundedAnswerAnswer:
    """Return that the documents do not say."""
    return GroundedAnswerAnswer(
        question=task.question,
        answered=False,
        answer=None,
        citations=(),
        reason="empty_collection" if empty else "no_support",
    )


def _numbers(citations: Sequence[Citation | None]) -> dict[int, int]:
    """Return, by the place of each quote that was found, its number among those."""
    found = (place for place, citation in enumerate(citations, start=1) if citation)
    return {place: number for number, place in enumerate(found, start=1)}


def _standing(sentences: Iterable[str], numbers: Mapping[int, int]) -> Iterator[str]:
    """Yield the sentences that stand on a quote that was found."""
    marked = (_renumbered(sentence, numbers) for sentence in sentences)
    return (sentence for sentence in marked if _MARK.search(sentence))


def _renumbered(text: str, numbers: Mapping[int, int]) -> str:
    """Have the marks count the quotes that were found; those of others go."""

    def mark(match: re.Match[str]) -> str:
        number = numbers.get(int(match.group(1)))
        return match.group().replace(match.group(1), str(number)) if number else ""

    return _MARK.sub(mark, text)
