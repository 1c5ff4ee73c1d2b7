"""What the tutor does with what the learner tells: says it as one would, reacts, asks on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from schemas.reply.answers import Word
from workers.engines.practice.tutor.asides import answers_to, in_english, pairs_in
from workers.engines.practice.tutor.bearing import bearing
from workers.engines.practice.tutor.care import is_grave
from workers.engines.practice.tutor.completing import whole_sentence
from workers.engines.practice.tutor.feedback import put_in
from workers.engines.practice.tutor.followups import told_in
from workers.engines.practice.tutor.listening import name_in
from workers.engines.practice.tutor.mention import Mention
from workers.engines.practice.tutor.notes import plain
from workers.engines.practice.tutor.parsing import sentences
from workers.engines.practice.tutor.reacting import say_reaction
from workers.engines.practice.tutor.speaking import listed

if TYPE_CHECKING:
    from workers.engines.practice.tutor.bank import Question
    from workers.engines.practice.tutor.choosing import Chosen
    from workers.engines.practice.tutor.scene import Scene

_SHORT = 3
_LONGEST_SHOWN = 300
_KEPT = 5
#: What a sad message is about itself.
_CLOSE = {"feeling", "illness", "task"}
#: What sounds so is no time for praise aloud; it is in the answer all the same.
_SAD = {"loss", "tragic", "sorry"}
#: Questions after something grave.
_CARES = {"care", "crisis_ask"}
_THEY = re.compile(r"\b(?:they|them|their)\b")
_IT = re.compile(r"\b(?:it|its|it's|they|them|that|there(?! (?:is|are|was|were)))\b")


def react_to_telling(scene: Scene) -> Question:
    """Say something to what was told, and ask about it."""
    notes, heard = scene.notes, scene.heard
    again = plain(heard.text) in notes.spoken
    notes.spoken = (*notes.spoken, plain(heard.text)[:200])[-_KEPT:]
    mixed = heard.hangul and _say_korean_words(scene)
    if again:
        scene.speech.say("same")
        notes.stuck += 1
        return scene.next()
    recast = mixed or _say_correction(scene)
    say_reaction(scene, brief=recast or bool(heard.questions))
    answer_questions(scene)
    short = len(heard.words) <= _SHORT and not any(token.is_verb for s in sentences(heard.told) for token in s)
    notes.stuck = notes.stuck if short else 0
    sad = bearing(heard.told) in _SAD
    if scene.praise and not recast and not sad and scene.turn % 2 == 0:
        scene.speech.add(scene.praise.text)
    scene.teach()
    return _question(scene, short=short)


def answer_questions(scene: Scene) -> None:
    """Answer what the learner asks, as far as a program can."""
    notes, things = scene.notes, listed(scene.notes.things[-2:])
    for question in scene.heard.questions[:2]:
        choices = answers_to(question, name=notes.name, things=things, role=scene.role)
        known = {"name": notes.name or "", "role": scene.role or "", "topic": notes.topic or "anything"}
        scene.speech.choose(choices, things=things, **known)


def _say_korean_words(scene: Scene) -> bool:
    """Say the English of the Korean words; return whether the sentence was said with them."""
    pairs = pairs_in(scene.heard.text)
    if not pairs:
        return False
    scene.vocabulary += [Word(text=english, meaning=korean) for korean, english in pairs]
    english = in_english(scene.heard.told)
    if english is None:
        scene.speech.say("korean_mixed", pairs=listed([f"“{korean}” is “{word}”" for korean, word in pairs]))
        return False
    better = put_in(english, scene.checker.check(english))
    scene.speech.say("recast", recast=better if better[-1:] in ".!?" else f"{better}.")
    return True


def _say_correction(scene: Scene) -> bool:
    """Say the message as one would say it; return whether there was anything to say."""
    feedback = scene.feedback
    if feedback and feedback.shown and len(feedback.shown) < _LONGEST_SHOWN:
        scene.speech.say("recast", recast=feedback.shown)
        return True
    pending, told = scene.notes.pending, scene.heard.told.strip(" .!,")
    if pending and (sentence := whole_sentence(told, pending, scene.checker)):
        scene.speech.say("sentence", sentence=sentence)
        return True
    return False


def _meant(scene: Scene) -> list[Mention]:
    """Return what `it` or `she` stands for, where the message names nothing itself."""
    told = scene.heard.told.lower()
    kept = [Mention(**spoken.model_dump()) for spoken in reversed(scene.notes.spoken_of)]
    words = set(re.findall(r"[a-z]+", told))
    one = "he" if words & {"he", "him", "his"} else "she" if words & {"she", "her"} else None
    if one:
        either = {one, "he or she"}
        return [m for m in kept if m.sort == "animal" or (m.sort == "person" and m.words["it"] in either)][:1]
    many = [m for m in kept if m.words.get("it") == "they"]
    if many and _THEY.search(told):
        return many[:1]
    if _IT.search(told):
        return [mention for mention in kept if mention.sort not in {"person", "past", "feeling"}][:1]
    return []


def _on_what_was_said(scene: Scene, told: str, *, short: bool) -> Chosen | None:
    """Return a question about what was told; after something sad, first one that stays with it."""
    sad = scene.notes.mood or bearing(told) in _SAD
    if not sad and (is_grave(told) or _answers_care(scene)):
        return None
    stays = None if short or name_in(told) else scene.chooser.stay(told)
    if scene.notes.mood:
        return stays
    mentioned = scene.mentions or _meant(scene)
    close = any(mention.sort in _CLOSE for mention in mentioned)
    follows = scene.chooser.follow_up(mentioned)
    return (stays or follows) if bearing(told) == "sorry" and not close else (follows or stays)


def _answers_care(scene: Scene) -> bool:
    """Whether the message answers how the learner is or who is there, and speaks of nothing else."""
    pending = scene.notes.pending
    return pending is not None and pending.id in _CARES and all(m.sort == "person" for m in scene.mentions)


def _question(scene: Scene, *, short: bool) -> Question:
    """Ask about what was told; else the topic's next question."""
    told = scene.heard.told
    if in_role := scene.chooser.in_role():
        return scene.ask(in_role)
    if chosen := _on_what_was_said(scene, told, short=short):
        return scene.ask(chosen)
    answered = scene.notes.pending and scene.notes.pending.aspect in told_in(told)
    said_little = short and not answered and not scene.mentions and scene.notes.stuck == 0
    if said_little and (question := scene.finish("more")):
        scene.notes.stuck = 1
        return question
    scene.notes.stuck = 0
    if (scene.notes.thing or scene.notes.followed) and len(scene.speech.parts) < _SHORT:
        scene.speech.say("on")
    return scene.next()
