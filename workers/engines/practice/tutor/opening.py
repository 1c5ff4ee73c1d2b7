"""How a conversation begins, and how it is taken up again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engines.practice.tutor.bank import named_topic, topics
from workers.engines.practice.tutor.care import is_grave
from workers.engines.practice.tutor.person import called
from workers.engines.practice.tutor.speaking import listed

if TYPE_CHECKING:
    from workers.engines.practice.tutor.bank import Question
    from workers.engines.practice.tutor.scene import Scene

_DEFAULT = "daily_life"


def take_request(scene: Scene) -> bool:
    """Follow the client's topic where it is a new one; return whether it changes the topic of a conversation."""
    notes = scene.notes
    wanted = scene.task.topic or (scene.history.topic if notes.topic is None else None)
    if wanted is None or wanted == notes.requested:
        return False
    first = notes.topic is None
    notes.requested = wanted
    if not any(char.isalnum() for char in wanted) or is_grave(wanted):
        return False
    known = named_topic(wanted)
    exact = known and wanted.strip().lower() in {known.name, known.key, known.korean}
    name = known.name if known and exact else wanted
    if first:
        notes.topic = name
    else:
        scene.change_topic(name, "new_topic")
    return not first


def begin(scene: Scene, *, greeted: bool = False) -> Question:
    """Greet, say who speaks and what about, and ask the first question."""
    if scene.played:
        scene.speech.add(scene.played.hello)
        return scene.next()
    if not greeted:
        scene.speech.say("hello")
    if scene.role:
        scene.speech.say("role", role=scene.role)
    if scene.notes.topic is None:
        scene.notes.topic = topics()[_DEFAULT].name
    scene.speech.say("begin", topic=called(scene.notes.topic))
    scene.note_subject()
    scene.teach(2)
    return scene.next()


def resume(scene: Scene) -> Question:
    """Take the conversation up again after an empty message."""
    things = scene.notes.things[-2:]
    if scene.notes.topic is None:
        return begin(scene)
    if scene.notes.stuck:
        scene.speech.say("empty")
    elif things:
        scene.speech.say("resume", things=listed(things))
    else:
        scene.speech.say("resume_none")
    scene.notes.stuck += 1
    return scene.next()
