"""How a conversation ends: with what was talked about, and one thing to keep in mind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engines.practice.tutor.asides import meaning_of
from workers.engines.practice.tutor.speaking import listed

if TYPE_CHECKING:
    from workers.engines.practice.tutor.scene import Scene

_THINGS = 3


def say_farewell(scene: Scene) -> None:
    """Sum up, and say goodbye; asks nothing."""
    notes, speech = scene.notes, scene.speech
    if scene.feedback and scene.feedback.shown and scene.heard.statements:
        speech.say("recast", recast=scene.feedback.shown)
    if things := notes.things[-_THINGS:]:
        speech.say("bye_talked", things=listed(things))
    if example := _example(scene):
        speech.say("bye_rule", original=example[0], suggestion=example[1])
    if notes.taught and notes.messages and (known := meaning_of(notes.taught[0])):
        speech.say("bye_word", word=notes.taught[0], korean=known[1])
    if notes.name:
        speech.say("bye_name", name=notes.name)
    else:
        speech.say("bye")
    speech.say("bye_more")
    notes.ended = True


def _example(scene: Scene) -> tuple[str, str] | None:
    """Return a correction of the rule that was broken most."""
    notes = scene.notes
    rules = [rule for rule, (said, better) in notes.examples.items() if said.lower() != better.lower()]
    if not rules:
        return None
    return notes.examples[max(rules, key=lambda rule: notes.mistakes.get(rule, 0))]
