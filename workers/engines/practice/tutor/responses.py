"""What the tutor does about each thing that a message may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.reply.answers import Word
from workers.engines.practice.tutor.asides import pairs_in
from workers.engines.practice.tutor.bank import named_topic
from workers.engines.practice.tutor.care import care_for, is_grave, is_low, say_care
from workers.engines.practice.tutor.choosing import easier
from workers.engines.practice.tutor.explaining import say_asides
from workers.engines.practice.tutor.farewell import say_farewell
from workers.engines.practice.tutor.listening import listen
from workers.engines.practice.tutor.opening import begin, resume, take_request
from workers.engines.practice.tutor.parsing import MAX_READ
from workers.engines.practice.tutor.speaking import listed
from workers.engines.practice.tutor.telling import react_to_telling

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workers.engines.practice.tutor.bank import Question
    from workers.engines.practice.tutor.scene import Scene

#: For so many turns after a cry for help the tutor asks once more who is there, unless the learner goes on.
_CARE = 1
#: Moves with which a learner leaves what was grave.
_LEAVES = {"topic", "change", "joking", "bye", "lead", "command"}
_NO_TOPIC = {"it", "that", "this", "something", "anything", "다른"}


def respond(scene: Scene) -> Question | None:
    """Say what there is to say, and return the question that comes last; None after a farewell."""
    changed = take_request(scene)
    listen(scene)
    scene.was_ended, scene.notes.ended = scene.notes.ended, False
    if "crisis" in scene.heard.moves:
        return _crisis(scene)
    if care := care_for(scene.heard.text[:MAX_READ]):
        return say_care(scene, care)
    if scene.heard.script == "empty":
        return begin(scene) if scene.turn == 1 else resume(scene)
    if "bye" in scene.heard.moves:
        say_farewell(scene)
        return None
    say_asides(scene)
    return _next_question(scene, changed=changed)


def _next_question(scene: Scene, *, changed: bool) -> Question:
    """Return what comes after the asides: care where it is needed, a beginning, or what the message calls for."""
    heard, notes = scene.heard, scene.notes
    if question := _asks_who_is_there(scene):
        return question
    if notes.pending is None and not heard.statements and not {"topic", "change"} & heard.moves.keys():
        return begin(scene, greeted=True)
    if changed and not heard.statements:
        return scene.next()
    if heard.script in {"emoji", "gibberish", "foreign"}:
        return _unreadable(scene)
    return _called_for(scene)(scene)


def _asks_who_is_there(scene: Scene) -> Question | None:
    """Ask after something grave who is there; None where nothing was, or the learner has gone on."""
    notes, heard = scene.notes, scene.heard
    before, notes.crisis = notes.crisis, max(0, notes.crisis - 1)
    told = heard.script == "english" and heard.statements and not is_low(heard.told)
    if not before or told or _LEAVES & heard.moves.keys():
        notes.crisis = 0
        return None
    scene.speech.say("crisis_heard")
    return scene.open_question("crisis_ask")


def _called_for(scene: Scene) -> Callable[[Scene], Question]:
    """Return what the message calls for: what it does comes before what it tells, help and short answers after."""
    heard, moves = scene.heard, scene.heard.moves
    for kind, answer in _BEFORE.items():
        if kind in moves:
            return answer
    if heard.script == "korean" and (heard.statements or not moves):
        return _korean
    if heard.statements:
        return react_to_telling
    return next((answer for kind, answer in _AFTER.items() if kind in moves), _on)


def _crisis(scene: Scene) -> Question:
    scene.praise = None
    scene.speech.say("crisis_ko" if scene.heard.script == "korean" else "crisis")
    scene.notes.crisis, scene.notes.mood, scene.notes.thing = _CARE, 0, None
    return scene.open_question("crisis_ask") or scene.next()


def _unreadable(scene: Scene) -> Question:
    heard = scene.heard
    scene.speech.say(heard.script, emoji=heard.text[:8])
    scene.notes.stuck += 1
    return (scene.finish() if scene.notes.stuck == 1 else None) or _easier(scene)


def _named_topic(scene: Scene) -> Question:
    name = scene.heard.moves["topic"].get("topic", "").strip(" '\"“”")
    if not name or name in _NO_TOPIC or is_grave(name):
        return _other_topic(scene)
    topic = named_topic(name)
    scene.notes.stuck = 0
    scene.change_topic(topic.name if topic and name.lower() in topic.name else name, "new_topic")
    scene.teach()
    return scene.next()


def _other_topic(scene: Scene) -> Question:
    scene.notes.stuck = 0
    for topic in scene.chooser.other_topics():
        scene.change_topic(topic.name, "other_topic")
        return scene.next()
    return scene.next()


def _let_lead(scene: Scene) -> Question:
    """Let the learner choose what comes next."""
    scene.speech.say("lead")
    return scene.open_question("lead_ask") or scene.next()


def _korean(scene: Scene) -> Question:
    """Help to say in English what was said in Korean."""
    pairs = pairs_in(scene.heard.text)
    scene.speech.say("korean")
    if not pairs:
        scene.notes.stuck += 1
        return (scene.finish() if scene.notes.stuck == 1 else None) or _easier(scene)
    said = listed([f"“{korean}” is “{english}”" for korean, english in pairs])
    scene.speech.say("korean_words", pairs=said)
    scene.vocabulary += [Word(text=english, meaning=korean) for korean, english in pairs]
    words = "”, “".join(english for _, english in pairs)
    return scene.asks_for_sentence("try", words=words) or scene.next()


def _help(scene: Scene) -> Question:
    """Say the open question in Korean, and how an answer may begin."""
    pending = scene.notes.pending
    scene.notes.stuck += 1
    if pending and pending.korean and scene.notes.glossed != pending.korean:
        scene.speech.say("help", korean=pending.korean)
        scene.notes.glossed = pending.korean
        if question := scene.finish():
            return question
    return _easier(scene)


def _easier(scene: Scene) -> Question:
    scene.speech.say("easier")
    return scene.next(band=easier(scene.band))


def _yes_or_no(scene: Scene) -> Question:
    """Ask for more than a word; go on where that was done."""
    scene.speech.say("no" if "no" in scene.heard.moves else "yes")
    scene.notes.stuck += 1
    more = scene.notes.stuck % 2 and not scene.played
    return (scene.finish("more") if more else None) or scene.next()


def _no_idea(scene: Scene) -> Question:
    scene.speech.say("idk")
    scene.notes.stuck += 1
    if scene.notes.stuck == 2:  # noqa: PLR2004 - the second time
        return _easier(scene)
    return scene.next(band=scene.band if scene.notes.stuck == 1 else easier(scene.band))


def _on(scene: Scene) -> Question:
    """Go on after a greeting, thanks or a question to the tutor."""
    if not scene.speech.parts:
        scene.speech.say("on")
    return scene.next()


_BEFORE: Mapping[str, Callable[[Scene], Question]] = {
    "topic": _named_topic,
    "change": _other_topic,
    "lead": _let_lead,
    "misunderstood": _let_lead,
}
_AFTER: Mapping[str, Callable[[Scene], Question]] = {
    "unclear": _help,
    "explain_korean": _help,
    "yes": _yes_or_no,
    "no": _yes_or_no,
    "idk": _no_idea,
}
