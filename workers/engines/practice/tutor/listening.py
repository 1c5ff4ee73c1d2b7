"""What the tutor notes of a message: mistakes, things, what was told, how it sounded."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING

from workers.engines.practice.tutor.asides import in_english
from workers.engines.practice.tutor.bank import named_topic, topics
from workers.engines.practice.tutor.bearing import bearing
from workers.engines.practice.tutor.care import split_grave
from workers.engines.practice.tutor.followups import told_in
from workers.engines.practice.tutor.mentions import mentions
from workers.engines.practice.tutor.notes import Corrected, Spoken, plain
from workers.engines.practice.tutor.parsing import frequency
from workers.engines.practice.tutor.praise import praise_of

if TYPE_CHECKING:
    from workers.engines.practice.tutor.feedback import Feedback
    from workers.engines.practice.tutor.notes import Notes
    from workers.engines.practice.tutor.scene import Scene

_KEPT_THINGS = 30
_KEPT_MENTIONS = 6
_SEEN_TURNS = 50
#: For so many turns something sad is in the air.
_MOOD = 4
_NAME = re.compile(
    r"\b[Mm]y name(?: is|['\u2019]s) ([A-Z][a-z]+(?:[ -][A-Z]?[a-z]+)?)|\b(?:call me|I am called) ([A-Z][a-z]+)"
)
"""Where a learner says their name."""
_AM = re.compile(r"(?:^|[.!] )I(?: a|['\u2019])m ([A-Z][a-z]+)[.!]?(?=$| )")
_NO_NAME = 3.5
"""Zipf frequency of words that are more than names: `I am Korean`."""


def listen(scene: Scene) -> None:
    """Note what the message tells, and what was found in it."""
    notes, heard, feedback = scene.notes, scene.heard, scene.feedback
    notes.mood = max(0, notes.mood - 1)
    if feedback:
        _note_mistakes(notes, feedback, telling=bool(heard.statements))
    if heard.script != "english" or not heard.statements:
        return
    said, grave = split_grave(_as_said(scene))
    scene.mentions = mentions(said)
    _forget(notes, grave)
    _note_topic(scene)
    _note_told(scene)
    seen = set(plain(" ".join(turn.message for turn in scene.history.turns[-_SEEN_TURNS:])).split())
    scene.praise = praise_of(scene, seen)
    notes.messages += 1
    notes.longest = max(notes.longest, len(heard.words))


def _forget(notes: Notes, grave: str) -> None:
    """Ask no more about what grave sentences speak of."""
    named = set(plain(grave).split())
    notes.spoken_of = tuple(spoken for spoken in notes.spoken_of if not named & set(spoken.key.split()))
    topic = (notes.topic or "").lower()
    if topic.startswith(("my ", "our ")) and named & set(plain(topic).split()[1:]):
        notes.topic = None


def _note_mistakes(notes: Notes, feedback: Feedback, *, telling: bool) -> None:
    """Count mistakes; those of a message that only asks why are not what it asks about."""
    if feedback.findings and telling:
        notes.corrected = tuple(
            Corrected(original=f.original, suggestion=f.suggestion, note_en=f.note_en, note_ko=f.note_ko)
            for f in feedback.findings[:3]
        )
    for finding in feedback.findings:
        notes.mistakes[finding.rule] = notes.mistakes.get(finding.rule, 0) + 1
        if finding.suggestion and finding.original:
            notes.examples[finding.rule] = (finding.original, finding.suggestion)


def name_in(text: str) -> str | None:
    """Return the name by which learners call themselves in a message, if they do."""
    if match := _NAME.search(text):
        return match[1] or match[2]
    match = _AM.search(text)
    return match[1] if match and frequency(match[1].lower()) < _NO_NAME else None


def _as_said(scene: Scene) -> str:
    """Return what was told, with the suggestions put in where the message is nothing else."""
    alone = not scene.heard.moves and not scene.heard.questions
    said = scene.feedback.corrected if scene.feedback and alone else scene.heard.told
    return (in_english(said) or said) if scene.heard.hangul else said


def _note_topic(scene: Scene) -> None:
    """Follow the learner to another topic, where two words speak for it and none for the present one."""
    told, notes = scene.heard.told, scene.notes
    counts = {key: len(set(map(str.lower, topic.cues.findall(told)))) for key, topic in topics().items()}
    best = max(counts, key=lambda key: counts[key])
    current = named_topic(notes.topic) if notes.topic else None
    elsewhere = counts[best] > 1 and current is not None and not counts[current.key] and not scene.task.topic
    if elsewhere or (notes.topic is None and counts[best]):
        notes.topic = topics()[best].name


def _note_told(scene: Scene) -> None:
    told, notes = scene.heard.told, scene.notes
    topic = named_topic(notes.topic) if notes.topic else None
    if topic:
        new = [f"{topic.key}/{aspect}" for aspect, cues in topic.told.items() if cues.search(told)]
        notes.told = tuple(dict.fromkeys([*notes.told, *new]))
    pending = {notes.pending.aspect} if notes.pending else set()
    somewhere = {"where"} if any(mention.sort in {"place", "venue"} for mention in scene.mentions) else set()
    new_facts = {*told_in(told), *pending, *somewhere}
    notes.just_told = tuple(sorted(new_facts))
    notes.thing_told = tuple(sorted({*notes.thing_told, *new_facts}))
    _note_things(scene)
    if bearing(told) == "loss":
        notes.mood = _MOOD
    notes.name = name_in(scene.heard.text) or notes.name


def _note_things(scene: Scene) -> None:
    """Keep what was spoken of, the latest last; the same thing in other words takes its place."""
    notes = scene.notes
    spoken = [m.words["np"] for m in scene.mentions if "np" in m.words and m.sort not in {"weather", "being"}]
    heads = {thing.split()[-1] for thing in spoken}
    kept = [thing for thing in notes.things if thing.split()[-1] not in heads]
    notes.things = (*kept, *dict.fromkeys(spoken))[-_KEPT_THINGS:]
    spoken_of = [Spoken.model_validate(asdict(mention)) for mention in scene.mentions if mention.sort != "opinion"]
    notes.spoken_of = (*notes.spoken_of, *reversed(spoken_of))[-_KEPT_MENTIONS:]
