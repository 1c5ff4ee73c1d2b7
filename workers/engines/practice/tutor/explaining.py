"""What the tutor says before it goes on: greetings, explanations, what words mean, answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from schemas.reply.answers import Word
from workers.engines.practice.tutor.asides import english_for, meaning_of
from workers.engines.practice.tutor.telling import answer_questions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.reply.tasks import Explained
    from workers.engines.practice.tutor.notes import Corrected
    from workers.engines.practice.tutor.scene import Scene

#: Moves that are answered by phrases of the same name.
_PHRASES = ("thanks", "joking", "rude", "command", "complaint", "misunderstood")
#: Korean is wanted for the last correction, not just from now on.
_WANTED = re.compile(r"(?i)\b(?:explain|why|wrong|mistakes?|correct(?:ion|ed)?|grammar)\b|설명|틀린|문법|왜")
_QUOTES = " '\"\u201c\u201d\u2018\u2019"


def say_asides(scene: Scene) -> None:
    """Say what is said before the next question."""
    moves, speech = scene.heard.moves, scene.speech
    if "greeting" in moves or (scene.turn == 1 and not scene.heard.statements):
        speech.say("hello_again" if scene.was_ended else "hello")
    for kind in _PHRASES:
        if kind in moves:
            speech.say(kind)
    _explain(scene)
    if "meaning" in moves:
        _say_meaning(scene, moves["meaning"].get("word", ""))
    if "translate" in moves:
        _say_translation(scene, moves["translate"].get("word", "").strip(_QUOTES))
    if not scene.heard.statements:
        answer_questions(scene)


def _explain(scene: Scene) -> None:
    """Explain the last corrections, in the language that is wanted."""
    moves, notes = scene.heard.moves, scene.notes
    if "explain_korean" in moves and not notes.korean:
        notes.korean = True
        scene.speech.say("ko_on")
    if "explain" not in moves and not ("explain_korean" in moves and _WANTED.search(scene.heard.text)):
        return
    said = _explanations(notes.corrected, scene.explain_in)[:2]
    if "explain" in moves and (not said or said == notes.explained):
        scene.speech.say("nothing_more_to_explain" if said else "nothing_to_explain")
    elif said != notes.explained:
        notes.explained = said
        for explanation in said:
            scene.speech.add(explanation)


def _explanations(corrections: Sequence[Corrected], explain_in: Explained) -> tuple[str, ...]:
    """Return each note once, behind all that it is about."""
    changes: dict[str, list[str]] = {}
    for corrected in corrections:
        note = corrected.note_ko if explain_in == "ko" else corrected.note_en
        about = changes.setdefault(note, [])
        change = f"“{corrected.original}” → “{corrected.suggestion}”" if corrected.suggestion else ""
        if change and change not in about:
            about.append(change)
    return tuple(f"{', '.join(about)}: {note}" if about else note for note, about in changes.items())


def _say_meaning(scene: Scene, word: str) -> None:
    known = meaning_of(word)
    if known is None:
        scene.speech.say("no_meaning", word=word)
        return
    english, korean = known
    meaning = " / ".join(filter(None, [english, korean]))
    scene.speech.say("meaning", word=word, meaning=meaning)
    scene.vocabulary.append(Word(text=word, meaning=korean if scene.explain_in == "ko" else english or korean))


def _say_translation(scene: Scene, word: str) -> None:
    english = english_for(word)
    if english is None:
        scene.speech.say("no_translate", word=word)
        return
    scene.speech.say("translate", korean=word, english=english)
    scene.vocabulary.append(Word(text=english, meaning=word))
