"""Sentences to practise with, from curated frames, with words that are as rare as the level allows."""

from __future__ import annotations

import re
from functools import cache
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from schemas.reply.answers import PracticeSentencesAnswer, Sentence
from schemas.reply.levels import Band, band_of
from workers.engines.practice.frames import topics
from workers.engines.practice.frequency import rarest
from workers.engines.practice.matching import nearest
from workers.engines.practice.shuffle import shuffled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemas.reply.tasks import PracticeSentences
    from workers.engines.practice.frames import Pair

#: Zipf frequencies that the rarest word of a level's sentences may have.
BANDS: dict[Band, tuple[float, float]] = {"low": (3.5, 8.0), "mid": (3.1, 8.0), "high": (1.8, 4.7)}
_OTHERWISE = "daily life"


def practice_sentences(task: PracticeSentences) -> PracticeSentencesAnswer:
    """Choose sentences about the topic, each from another frame while there are any; the same for the same task."""
    name = nearest(task.topic, {topic.name: topic.cues for topic in topics().values()})
    topic = name or _OTHERWISE
    had = {_bare(sentence) for sentence in task.avoid}
    fresh = (one for one in _in_turn(topic, band_of(task.level), task.seed) if _bare(one.english) not in had)
    return PracticeSentencesAnswer(
        topic=topic,
        matched=name is not None,
        level=task.level,
        sentences=tuple(one for one, _ in zip(fresh, range(task.count), strict=False)),
    )


def _in_turn(topic: str, band: Band, seed: int) -> Iterator[Sentence]:
    """Take one sentence of each frame, then the second of each, and so on."""
    frames = shuffled(graded(topic, band), str(seed), lambda frame: frame[0].english)
    rows = zip_longest(*(shuffled(frame, str(seed), lambda one: one.english) for frame in frames))
    return (sentence for sentence in chain.from_iterable(rows) if sentence)


@cache
def graded(topic: str, band: Band) -> tuple[tuple[Sentence, ...], ...]:
    """Return the topic's sentences for a level by their frames, without those whose words are too rare or common."""
    frames = (within(frame, band) for frame in topics()[topic].frames[band])
    return tuple(frame for frame in frames if frame)


def within(frame: tuple[Pair, ...], band: Band) -> tuple[Sentence, ...]:
    """Grade a frame's sentences, and keep those that are in the band."""
    least, most = BANDS[band]
    rated = ((pair, rarest(pair.english)) for pair in frame)
    return tuple(
        Sentence(english=pair.english, korean=pair.korean, hardest_word=rated_as[0], frequency=rated_as[1])
        for pair, rated_as in rated
        if rated_as and least <= rated_as[1] <= most
    )


def _bare(sentence: str) -> str:
    return " ".join(re.findall(r"[\w']+", sentence.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")))
