"""Answers from documents without a language model: their own best sentences, with where they stand."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from schemas.reply.answers import Citation, GroundedAnswerAnswer
from schemas.reply.tasks import GroundedAnswer
from workers.engines.practice.sentence_choice import candidates

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from workers.engines.ports import Asked, Found, Passage
    from workers.engines.practice.sentence_choice import Candidate

_MOST_SENTENCES, _MOST_CHARACTERS = 3, 600
#: A sentence is told beside the best one where it is nearly as good: so good of the same passage, so good of another.
_NEARLY, _NEARLY_ELSEWHERE = 0.5, 0.95
#: A sentence that begins so can't be understood without the one before it.
_LEANS = re.compile(
    r"(it|its|they|them|their|this|that|these|those|he|she|then|otherwise|after that|afterwards|but|also|however|both|"
    r"there|if so|so|in that case)\b|(그|이|저)(것|때|러면|러나|리고|래서|곳|뒤|날)?\b|"
    r"그 뒤|그렇지|다만|하지만|또한?\b",
    re.IGNORECASE,
)
_SPACES = re.compile(r"\s+")
_CLOSED = re.compile(r"[.!?…。\uff01\uff1f:][\"'”\u2019)\]」』]*$")


def grounded(asked: Asked) -> GroundedAnswerAnswer:
    """Answer a question by one to three sentences of the documents, or say that they have nothing about it."""
    task, found = asked.task, asked.found
    if not isinstance(task, GroundedAnswer) or found is None:
        raise TypeError("the task is a grounded answer, and comes with what was found")
    if found.empty or not found.supported:
        return _nothing(task.question, "empty_collection" if found.empty else "no_support")
    chosen = _chosen(candidates(task.question, found), found)
    quotes = list(_joined(chosen, found))
    return GroundedAnswerAnswer(
        question=task.question,
        answered=True,
        answer=" ".join(f"{_readable(quote.quote)} [{number}]" for number, quote in enumerate(quotes, 1)),
        citations=tuple(quotes),
    )


def _nothing(question: str, reason: str) -> GroundedAnswerAnswer:
    return GroundedAnswerAnswer.model_validate(
        {"question": question, "answered": False, "answer": None, "citations": (), "reason": reason}
    )


def _chosen(sentences: Sequence[Candidate], found: Found) -> list[Candidate]:
    """The best sentences: in the order of their passages, and of the text within one."""
    places = {(one.passage, one.number): one for one in sentences}
    kept: dict[tuple[int, int], Candidate] = {}
    ranked = sorted(sentences, key=lambda one: (-one.score, one.passage, one.number))
    for one in ranked:
        nearly = _NEARLY if one.passage == ranked[0].passage else _NEARLY_ELSEWHERE
        if one.score < nearly * ranked[0].score:
            continue
        group = [place for place in _group(one, found, places) if place not in kept]
        if kept and len(kept) + len(group) > _MOST_SENTENCES:
            break
        kept |= {place: places[place] for place in group}
    return _within(sorted(kept.items()))


def _group(one: Candidate, found: Found, places: Container[tuple[int, int]]) -> list[tuple[int, int]]:
    """A sentence with what it can't be understood without: the one before, the items of a list, a question's answer."""
    text = found.passages[one.passage].text[one.start : one.end]
    before, place, after, last = ((one.passage, one.number + step) for step in (-1, 0, 1, 2))
    if text.endswith("?") and after in places:
        return [after]
    if text.endswith(":"):
        return [place, *(item for item in (after, last) if item in places)]
    return [before, place] if before in places and _LEANS.match(text) else [place]


def _within(kept: Iterable[tuple[tuple[int, int], Candidate]]) -> list[Candidate]:
    """As many sentences as a short answer has room for, and one at least."""
    chosen: list[Candidate] = []
    for _, one in kept:
        if chosen and sum(each.end - each.start for each in [*chosen, one]) > _MOST_CHARACTERS:
            break
        chosen.append(one)
    return chosen


def _joined(chosen: Sequence[Candidate], found: Found) -> Iterable[Citation]:
    """Citations: sentences that follow each other are one."""
    runs = groupby(enumerate(chosen), key=lambda pair: (pair[1].passage, pair[1].number - pair[0]))
    for (place, _), run in runs:
        one = [candidate for _, candidate in run]
        yield _citation(found.passages[place], one[0].start, one[-1].end)


def _citation(passage: Passage, start: int, end: int) -> Citation:
    return Citation(
        document=passage.document,
        section=passage.section,
        start=passage.start + start,
        end=passage.start + end,
        quote=passage.text[start:end],
    )


def _readable(quote: str) -> str:
    """A quote on one line that ends as a sentence does."""
    line = _SPACES.sub(" ", quote)
    return line if _CLOSED.search(line) else f"{line}."
