"""What a turn knows and makes: the task, what was heard, the notes, the reply as far as it is there."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from schemas.reply.answers import Word
from workers.engines.practice.tutor.bank import Question, filled, named_topic, role_of
from workers.engines.practice.tutor.choosing import Chooser
from workers.engines.practice.tutor.mentions import mentions
from workers.engines.practice.tutor.notes import Pending, Spoken
from workers.engines.practice.tutor.person import called
from workers.engines.practice.tutor.speaking import phrases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.conversation import History
    from schemas.reply.answers import Praise
    from schemas.reply.levels import Band
    from schemas.reply.tasks import Conversation, Explained
    from workers.engines.practice.tutor.bank import Role
    from workers.engines.practice.tutor.choosing import Chosen
    from workers.engines.practice.tutor.feedback import Feedback, GrammarChecker
    from workers.engines.practice.tutor.mention import Mention
    from workers.engines.practice.tutor.moves import Heard
    from workers.engines.practice.tutor.notes import Asked, Notes
    from workers.engines.practice.tutor.speaking import Speech

_PLAIN_ROLES = re.compile(r"tutor|teacher|friend|coach|study partner|language partner|^partner$", re.IGNORECASE)


@dataclass(kw_only=True)
class Scene:
    """One turn."""

    task: Conversation
    history: History
    turn: int
    band: Band
    checker: GrammarChecker
    notes: Notes
    asked: Asked
    heard: Heard
    speech: Speech
    feedback: Feedback | None
    """None where the message has no English."""
    mentions: Sequence[Mention] = ()
    was_ended: bool = False
    """Whether the tutor has said goodbye before."""
    praise: Praise | None = None
    vocabulary: list[Word] = field(default_factory=list)

    @property
    def explain_in(self) -> Explained:
        """In which language things are explained."""
        return "ko" if self.notes.korean or self.task.explain_in == "ko" else "en"

    @property
    def chooser(self) -> Chooser:
        """What chooses questions, as things are now."""
        return Chooser(notes=self.notes, asked=self.asked, band=self.band, turn=self.turn, role=self.played)

    @property
    def played(self) -> Role | None:
        """Whom the tutor plays, questions and all."""
        return role_of(self.role) if self.role else None

    @property
    def role(self) -> str | None:
        """Who the tutor plays, where it is not just a tutor or friend."""
        return None if _PLAIN_ROLES.search(self.history.role) else self.history.role

    def ask(self, chosen: Chosen) -> Question:
        """Make this the question that the learner is to answer; note what it is about."""
        question, mention, notes = chosen.question, chosen.mention, self.notes
        notes.stayed = chosen.stays
        if mention:
            notes.depth = notes.depth + 1 if mention.key == notes.thing else 1
            notes.thing, notes.followed = mention.key, notes.followed + 1
            notes.used[question.id] = self.turn
        elif chosen.stays:
            notes.followed += 1
        else:
            notes.thing, notes.depth, notes.followed, notes.thing_told = None, 0, 0, ()
        return self.put(question)

    def put(self, question: Question) -> Question:
        """Make this the question that the learner is to answer."""
        self.notes.pending = Pending(
            id=question.id,
            aspect=question.aspect,
            text=question.text,
            korean=question.korean,
            starter=question.starter,
        )
        return question

    def asks_for_sentence(self, key: str, **words: str) -> Question | None:
        """Ask for a sentence in words of this kind, about the question that is open; None where that was done."""
        pending = self.notes.pending
        if pending is None:
            return None
        text = filled(str(phrases()[f"{key}_{self.band}"]), words)
        if self.asked.has(text):
            return None
        question = pending.question.with_text(text)
        return self.put(question)

    def open_question(self, key: str) -> Question | None:
        """Ask one of these phrases that was not asked; None where all were."""
        return self.open_question_of(key, phrases()[key])

    def open_question_of(self, key: str, texts: Sequence[str]) -> Question | None:
        """Ask one of these that was not asked; None where all were."""
        for text in texts:
            if not self.asked.has(text):
                return self.put(Question(id=key, aspect=key, text=text, korean="", starter=""))
        return None

    def finish(self, key: str = "finish") -> Question | None:
        """Ask the open question in another way: by how an answer may begin."""
        starter = self.notes.pending.starter if self.notes.pending else "…"
        return None if len(starter) < 3 else self.asks_for_sentence(key, starter=starter)  # noqa: PLR2004 - more than dots

    def next(self, *, band: Band | None = None) -> Question:
        """Ask the topic's next question; says so where the topic changes."""
        chosen = self.chooser.next(self.heard.told, band=band)
        if self.played and not self.notes.scene_over and not self.chooser.in_role():
            self.notes.scene_over = True
            self.speech.say("scene_over", topic=called(self.notes.topic or chosen.topic or "you"))
        if chosen.topic:
            self.change_topic(chosen.topic, "other_topic" if self.notes.topic else "begin")
        return self.ask(chosen)

    def change_topic(self, name: str, key: str) -> None:
        """Talk about something else from now on."""
        topic = named_topic(name)
        self.notes.topic = topic.name if topic else name
        self.notes.thing, self.notes.depth, self.notes.thing_told = None, 0, ()
        self.speech.say(key, topic=called(name))
        self.note_subject()

    def note_subject(self) -> None:
        """Take the topic's own name for something that was spoken of: `she` is the cat of `my cat`."""
        subject = [mention for mention in mentions(self.notes.topic or "") if mention.own]
        spoken = tuple(Spoken.model_validate(asdict(mention)) for mention in subject)
        self.notes.spoken_of = (*self.notes.spoken_of, *spoken)

    def teach(self, count: int = 1) -> None:
        """Add words of the topic to the answer that it has not had."""
        topic = named_topic(self.notes.topic) if self.notes.topic else None
        new = [word for word in topic.words[self.band] if word.text not in self.notes.taught] if topic else []
        for word in new[:count]:
            meaning = word.korean if self.explain_in == "ko" else word.english
            self.vocabulary.append(Word(text=word.text, meaning=meaning, example=word.example))
            self.notes.taught = (*self.notes.taught, word.text)
