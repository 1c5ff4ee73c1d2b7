"""Which question comes next: about what was just said, else the topic's, and never one that was asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from workers.engines.practice.tutor.bank import BANDS, Question, anything, named_topic, topics
from workers.engines.practice.tutor.bearing import bearing
from workers.engines.practice.tutor.clauses import tense_of
from workers.engines.practice.tutor.followups import ORDER, follow_ups, staying
from workers.engines.practice.tutor.notes import plain
from workers.engines.practice.tutor.person import called

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schemas.reply.levels import Band
    from workers.engines.practice.tutor.bank import Role, Topic
    from workers.engines.practice.tutor.mention import Mention
    from workers.engines.practice.tutor.notes import Asked, Notes

#: A follow-up question is not asked in the same words about another thing within so many turns.
_REST = 8
_DEEP = 2
#: After a message of so many words a question may stay with what was said a second time.
_LONG = 8
#: After so many follow-up questions in a row, what is named in passing waits for a question of the topic's.
_FOLLOWED = 4
#: Of these topics, such things are never named in passing.
_SORT_OF_TOPIC = {"food": "food", "shopping": "thing", "work and study": "work", "movies and music": "genre"}
_FIRST = re.compile(r"(?i)\W*(?:\w+,? ){0,2}(?:I|we)\b")
_WEAK = {"food", "thing", "weather", "other", "past", "opinion", "work", "genre"}


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The question that comes next."""

    question: Question
    mention: Mention | None = None
    """What it is about, where it follows up."""
    topic: str | None = None
    """The topic that it changes to."""
    stays: bool = False
    """Whether it stays with what was said."""


@dataclass(frozen=True, kw_only=True)
class Chooser:
    """Chooses for one turn."""

    notes: Notes
    asked: Asked
    band: Band
    turn: int
    role: Role | None = None
    """Whom the tutor plays: that one's questions come first."""

    def in_role(self) -> Chosen | None:
        """Return the next question of the one whom the tutor plays; None where there is none left."""
        for question in self.role.questions[self.band] if self.role else ():
            if self._new(question):
                return Chosen(question=question)
        return None

    def follow_up(self, mentions: Sequence[Mention]) -> Chosen | None:
        """Return a question about the best of what was spoken of; None where there is none left."""
        for mention in sorted(mentions, key=self._interest):
            if mention.key == self.notes.thing and self.notes.depth >= _DEEP:
                continue
            passing = mention.sort in _WEAK and _SORT_OF_TOPIC.get(self.notes.topic or "") != mention.sort
            if self.notes.followed >= _FOLLOWED and (passing or mention.key == self.notes.thing):
                continue
            told = self.notes.thing_told if mention.key == self.notes.thing else self.notes.just_told
            for question in follow_ups(mention, self.band, told):
                rested = self.turn - self.notes.used.get(question.id, -_REST) >= _REST
                if rested and self._new(question):
                    return Chosen(question=question, mention=mention)
        return None

    def stay(self, said: str) -> Chosen | None:
        """Return a question that stays with what was said; None where those are used up, or enough is."""
        mood = "loss" if self.notes.mood else None
        sound = bearing(said)
        if (
            not mood
            and sound != "sorry"
            and (self.notes.followed >= _FOLLOWED or (self.notes.stayed and len(said.split()) < _LONG))
        ):
            return None
        first = bool(_FIRST.match(said))
        for question in staying(tense_of(said), self.band, sound=sound, first=first, mood=mood):
            if self._new(question) and question.aspect not in self.notes.thing_told:
                return Chosen(question=question, stays=True)
        return None

    def next(self, said: str, *, band: Band | None = None) -> Chosen:
        """Return the next question of the topic; of another where it has none left."""
        if first := self.in_role() or (self.stay(said) if self.notes.mood else None):
            return first
        level = band or self.band
        here = self._of_topic(self.notes.topic, level, said)
        elsewhere = (
            (question, topic)
            for other in [level, *(one for one in BANDS if one != level)]
            for topic in self.other_topics()
            for question in [*topic.questions[other], *_exercises(topic, other)]
        )
        for question, topic in chain(((question, None) for question in here), elsewhere):
            if self._new(question) and (not self._told(question) or topic):
                return Chosen(question=question, topic=topic.name if topic else None)
        text = f"What would you like to say in message number {self.turn + 1}?"
        return Chosen(question=Question(id="last", aspect="last", text=text, korean="", starter="…"))

    def _of_topic(self, name: str | None, band: Band, said: str) -> Iterable[Question]:
        topic = named_topic(name) if name else None
        if topic:
            words = set(plain(said).split())
            return sorted(topic.questions[band], key=lambda question: -_shared(question, words))
        if name:
            spoken = called(name)
            return [question.about(topic=spoken) for question in anything()[band]]
        return ()

    def other_topics(self) -> Iterator[Topic]:
        """Yield all topics: those of which the least was asked first, the present one last."""
        current = named_topic(self.notes.topic) if self.notes.topic else None
        found = [topic for topic in topics().values() if topic is not current]
        counts = {topic.key: sum(not self._new(question) for question in topic.questions[self.band]) for topic in found}
        yield from sorted(found, key=lambda topic: counts[topic.key])
        if current:
            yield current

    def _interest(self, mention: Mention) -> tuple[bool, int]:
        """Order by what is new, then by sort."""
        place = ORDER.index(mention.sort) if mention.sort in ORDER else len(ORDER)
        return mention.key == self.notes.thing, place

    def _new(self, question: Question) -> bool:
        return not self.asked.has(question.text)

    def _told(self, question: Question) -> bool:
        topic, _, rest = question.id.partition("/")
        return f"{topic}/{rest.rpartition('/')[2]}" in self.notes.told


def easier(band: Band) -> Band:
    """Return the level below."""
    return BANDS[max(0, BANDS.index(band) - 1)]


def _shared(question: Question, words: set[str]) -> int:
    return sum(len(word) > 4 and word in words for word in plain(question.text).split())  # noqa: PLR2004 - shorter ones tell nothing


def _exercises(topic: Topic, band: Band) -> Iterator[Question]:
    """Yield what is left to ask when all questions were: each of the topic's words in a sentence."""
    for word in topic.words[band]:
        yield Question(
            id=f"{topic.key}/{band}/word-{word.text}",
            aspect=f"word-{word.text}",
            text=f"Can you make a sentence with “{word.text}”?",
            korean=f"“{word.text}”({word.korean})(으)로 문장을 만들어 보시겠어요?",
            starter="…",
        )
