"""Who and what is in the scene so far, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engines.cards.figure import pose_of
from workers.engines.cards.scene.lexicon import WEATHER, Noun, words
from workers.engines.cards.scene.model import Doing, Entity, Kind, Relation, Scene
from workers.engines.cards.scene.phrases import Phrase, is_place
from workers.engines.cards.symbols import symbols

if TYPE_CHECKING:
    from collections.abc import Sequence

_PLURAL, _NEUTER = {"they", "them"}, {"it"}
#: What is on a picture is not in the scene.
_PICTURES = {"painting", "book", "map"}
_GENDERS = {"he": "male", "him": "male", "she": "female", "her": "female"}


class Cast:
    """The entities of a scene, found again when they are named again."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    def named(self, phrase: Phrase) -> list[Entity]:
        """Return what a noun phrase names; places and weather are set, and nothing is named."""
        self.scene.miss(*phrase.missing)
        for noun in phrase.around:
            self.around(noun)
        if phrase.noun is None or phrase.negative:
            return []
        if self.around(phrase.noun):
            return []
        found = self._again(phrase) or self._new(phrase)
        if phrase.verb is not None:
            self.act([found], (phrase.verb,), phrase.verb)
        return [found]

    def around(self, noun: Noun) -> bool:
        """Set the place or the weather, if the noun is one."""
        if noun.symbol is None:
            return False
        if noun.group == WEATHER:
            if noun.symbol not in self.scene.weather:
                self.scene.weather.append(noun.symbol)
            return True
        if not is_place(noun):
            return False
        if self.scene.place is None:
            self.scene.place, self.scene.place_word = noun.symbol, noun.text
        elif self.scene.place != noun.symbol:
            self.scene.miss(noun.text)
        return True

    def somebody(self, name: str) -> Entity:
        """Return the person of a name that no list has."""
        known = next((one for one in self.scene.entities if one.label == name), None)
        if known is None:
            known = Entity(label=name, lemma=name.lower())
            self.scene.entities.append(known)
        return known

    def spoken_of(self, pronoun: str, besides: Sequence[Entity] = ()) -> list[Entity]:
        """Return whom a pronoun means: the last one that it may stand for, none of `besides`."""
        before = [one for one in reversed(self.scene.entities) if one not in besides]
        if pronoun in _PLURAL:
            several = [one for one in before if one.count > 1 or one.members]
            return several[:1] or [one for one in before if one.is_person][:2]
        if pronoun in _GENDERS:
            return [one for one in before if one.is_person and one.gender in {"", _GENDERS[pronoun]}][:1]
        landmarks = [one.other for one in self.scene.relations[-1:] if besides]
        things = [*landmarks, *(one for one in before if not one.is_person)]
        if landmarks and pronoun in _NEUTER:
            return landmarks
        return [one for one in things if one.subject][:1] or things[:1] if pronoun in _NEUTER else []

    def unknown(self, pronoun: str) -> list[Entity]:
        """Return somebody new for a pronoun that stands for nobody named before."""
        if pronoun not in words()["pronouns"]:
            return []
        age, gender, count = words()["pronouns"][pronoun]
        self.scene.entities.append(Entity(label=pronoun, lemma=pronoun, age=age, gender=gender, count=count))
        return self.scene.entities[-1:]

    def is_animal(self, one: Entity) -> bool:
        """Whether it is an animal."""
        return one.symbol is not None and symbols()[one.symbol].group == "animals"

    def colour(self, one: Entity, colour: str) -> None:
        """Give it a colour; people's is that of what they have on."""
        if one.is_person:
            one.wears.append(("top", colour))
        else:
            one.colours.append(colour)

    def same(self, subjects: Sequence[Entity], named: list[Entity]) -> list[Entity]:
        """`Tom is a doctor`: what was named is who was named before."""
        told, new = subjects[0], named[0]
        if not told.is_person and new.is_person and new is self.scene.entities[-1]:
            self.scene.entities.remove(new)
            self.scene.miss(new.label)
            return [told]
        if told.is_person and new.is_person and new in self.scene.entities and new is not told:
            self.scene.entities.remove(new)
            told.age, told.role, told.gender = new.age, new.role, told.gender or new.gender
            return [told]
        return named

    def knows_verb(self, word: str) -> bool:
        """Whether a form of a verb is one that something is known about."""
        from workers.engines.cards.scene.lexicon import lemmas  # noqa: PLC0415

        return any(verb in words()["verbs"] or pose_of(verb) for verb in lemmas(word, "VERB"))

    def act(self, actors: Sequence[Entity], verbs: Sequence[str], said: str) -> None:
        """Let somebody do something."""
        known = [verb for verb in verbs if verb in words()["verbs"] or pose_of(verb)]
        verb = (known or [verb for verb in verbs if verb != said] or list(verbs))[0]
        for actor in actors:
            how = words()["verbs"].get(verb, {}).get("object", "")
            actor.doing.append(Doing(verb=verb, pose=None, how=how))

    def undergo(self, actors: Sequence[Entity], named: Sequence[Entity]) -> None:
        """Let what somebody does be done to these."""
        for actor in actors:
            for one in [one for one in named if one is not actor]:
                if actor.doing and actor.doing[-1].object is None:
                    actor.doing[-1].object = one
                else:
                    self.scene.relations.append(Relation(one=one, kind="near", other=actor))

    def lacks(self, actors: Sequence[Entity]) -> None:
        """Let the object of what somebody does be nothing that can be drawn: `gives a speech` shows no present."""
        for doing in [actor.doing[-1] for actor in actors if actor.doing]:
            if doing.object is None and pose_of(doing.verb) == "giving":
                doing.pose = "talking"

    def also(self, last: Sequence[Entity], named: Sequence[Entity]) -> None:
        """Let these be where the last ones are landmarks of."""
        for relation in [r for r in self.scene.relations if r.other in last]:
            for one in named:
                self.scene.relations.append(Relation(one=one, kind="near", other=relation.other))

    def fill(self, holder: Entity, contents: Sequence[Entity]) -> None:
        """Put contents into a container, or onto what is none."""
        facts = symbols()[holder.symbol or ""].facts
        for one in contents:
            if holder.symbol in _PICTURES:
                self._pictured(holder, one)
                continue
            kind: Kind = "in" if facts.inside else "on" if facts.on else "near"
            self.scene.relations.append(Relation(one=one, kind=kind, other=holder))

    def _pictured(self, picture: Entity, one: Entity) -> None:
        """What is on a picture is not in the scene; of what a photo is taken, that is."""
        taking = [who for who in self.scene.entities for d in who.doing if d.object is picture and d.verb == "take"]
        if not taking:
            self.scene.entities.remove(one)
            self.scene.miss(one.label)
        for who in taking:
            self.scene.relations.append(Relation(who, "near", one))

    def _again(self, phrase: Phrase) -> Entity | None:
        noun = phrase.noun
        if noun is None or not phrase.definite or (phrase.count or 1) > 1:
            return None
        same = [one for one in self.scene.entities if one.lemma == noun.lemma]
        return next((one for one in same if not phrase.colours or one.colours == phrase.colours), None)

    def _new(self, phrase: Phrase) -> Entity:
        found = phrase.entity()
        if found.is_person:
            found.wears += [("top", colour) for colour in found.colours]
        self.scene.entities.append(found)
        return found
