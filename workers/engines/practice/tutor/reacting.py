"""What the tutor says first to what it was told: sorry, glad, curious, or the learner's own words again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workers.engines.practice.tutor.bearing import bearing
from workers.engines.practice.tutor.care import is_grave
from workers.engines.practice.tutor.completing import has_its_articles
from workers.engines.practice.tutor.listening import name_in
from workers.engines.practice.tutor.person import turned

if TYPE_CHECKING:
    from workers.engines.practice.tutor.scene import Scene

_OWN_ENGLISH = re.compile(
    r"(?i)\bmy english (?:skill )?(?:is|was) (?:so |very |really |too |not )*(?:bad|poor|terrible|good|weak|low)"
)
_BECAUSE = re.compile(r"\bbecause\b", re.IGNORECASE)
_ECHO = re.compile(r"(?i)^(?:i|we|my|our)\b[^,;:?!\u2026\"\u201c\u201d()]*$")
_NOT_ECHOED = re.compile(r"(?i)\b(?:you|your|yours|this|that|it|think|maybe|here)\b")
_TWICE = re.compile(r"(?i)\b(\w+) \1\b")
_ECHOED = range(4, 12)
"""Words of a sentence that is said again."""


def say_reaction(scene: Scene, *, brief: bool) -> None:
    """Say something to what was told; where it is to be brief, only what has to be said."""
    if scene.notes.name and name_in(scene.heard.text):
        scene.speech.say("name", name=scene.notes.name)
    elif _OWN_ENGLISH.search(scene.heard.told):
        scene.speech.say("own_english", count=str(scene.notes.messages))
    elif scene.played and scene.chooser.in_role():
        _say_in_role(scene, brief=brief)
    elif phrase := _felt(scene):
        scene.speech.say(phrase)
    elif not _say_liking(scene) and not brief:
        _say_neutral(scene)


def _felt(scene: Scene) -> str | None:
    """Return the phrases that answer how the message sounds, if it sounds like anything."""
    sound, spoken = bearing(scene.heard.told), scene.mentions
    if sound in {"loss", "tragic", "well_done"}:
        return sound
    if any(mention.sort == "illness" and mention.own for mention in spoken):
        return "unwell"
    feeling = next((mention for mention in spoken if mention.sort == "feeling"), None)
    if feeling:
        return f"{'glad' if feeling.good else 'sorry'}_{scene.band}"
    if any(mention.disliked for mention in spoken):
        return "dislike"
    return _by_sound(scene, sound)


def _by_sound(scene: Scene, sound: str | None) -> str | None:
    """Return the phrases for a reason or for how it sounds; what is grave has no good reason, and is not gladdening."""
    grave = is_grave(scene.heard.told)
    if sound != "sorry" and (grave or _BECAUSE.search(scene.heard.told)):
        return None if grave else "reason"
    return f"{sound}_{scene.band}" if sound else None


def _say_in_role(scene: Scene, *, brief: bool) -> None:
    played = scene.played
    if played is None or (scene.turn == 1 and scene.speech.parts):
        return
    thing = next((mention.words["bare"] for mention in scene.mentions if "bare" in mention.words), None)
    named = thing is not None and bool(played.thing) and not brief
    scene.speech.choose(played.thing if named else played.notes, bare=thing or "")


def _say_liking(scene: Scene) -> bool:
    """Say something about what the learner likes; return whether there is such a thing."""
    liked = next((m for m in scene.mentions if m.liked and m.sort in {"food", "place", "activity"}), None)
    if liked is None:
        return False
    np, gerund = liked.words.get("np", ""), liked.words.get("gerund", "")
    scene.speech.say(liked.sort, Np=np[:1].upper() + np[1:], Gerund=gerund[:1].upper() + gerund[1:])
    return True


def _say_neutral(scene: Scene) -> None:
    if echo := _echo(scene):
        scene.speech.say("echo", echo=echo)
        return
    opinion = any(mention.sort == "opinion" for mention in scene.mentions)
    kind = "opinion" if opinion else "neutral"
    scene.speech.say(f"{kind}_{scene.band}" if scene.heard.words else "number")


def _echo(scene: Scene) -> str | None:
    """Return a short sentence of the learner's, turned to `you`, where nothing was found in it; every second turn."""
    heard, feedback = scene.heard, scene.feedback
    if scene.turn % 2 or not feedback or feedback.findings or len(heard.statements) != 1:
        return None
    sentence = heard.statements[0].strip(" .!")
    if (
        len(sentence.split()) not in _ECHOED
        or _TWICE.search(sentence)
        or not _ECHO.match(sentence)
        or _NOT_ECHOED.search(sentence)
        or is_grave(sentence)
        or scene.notes.mood
    ):
        return None
    words = turned(sentence)
    return words[:1].lower() + words[1:] if has_its_articles(sentence) else None
