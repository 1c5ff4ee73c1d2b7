"""Reads a description clause by clause: who, what is done, to what, where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engines.cards.scene.entities import Cast
from workers.engines.cards.scene.finish import finish
from workers.engines.cards.scene.lexicon import (
    WEATHER,
    Token,
    colour_at,
    is_verb,
    is_word,
    lemmas,
    noun_at,
    relation_at,
    tokens_of,
    words,
)
from workers.engines.cards.scene.model import Entity, Scene
from workers.engines.cards.scene.phrases import Phrase, is_place, phrase_at
from workers.engines.cards.scene.placing import put
from workers.engines.cards.scene.relating import relate

if TYPE_CHECKING:
    from collections.abc import Sequence

_BREAKS = {"while", "but", "because", "when", "then", "if"}
_LINKS = {"and", ",", "or", "nor"}
_NOT = {"not", "never", "neither", "nor"}


def scene_of(text: str) -> Scene:
    """Return what a description says; words that nothing shows are in `missing`."""
    scene = Scene(text=" ".join(text.split()))
    cast = Cast(scene)
    for sentence in tokens_of(text):
        _Sentence(cast, sentence).read()
    finish(scene)
    return scene


class _Sentence:
    """One sentence, from left to right."""

    def __init__(self, cast: Cast, tokens: Sequence[Token]) -> None:
        self.cast, self.tokens, self._at = cast, tokens, 0
        self.subjects: list[Entity] = []
        self.objects: list[Entity] = []
        self.landmarks: list[Entity] = []
        self.last: list[Entity] = []
        """Of the noun phrase that was read last."""
        self._verbs = self._linked = self._fresh_verb = self._aux = self._there = self._negated = False
        self._denied = False
        """Whether what follows is the object of a verb that is denied: `does not have a dog`."""
        self.kind = ""
        self.pending: list[tuple[str, list[Entity]]] = []
        self.dressing = False
        """Whether what somebody has on was told last: `with glasses and a hat`."""

    def read(self) -> None:
        steps = (
            self._link, self._hair, self._auxiliary, self._weather, self._relation, self._predicate, self._verb,
            self._surroundings, self._noun,
        )  # fmt: skip
        while self._at < len(self.tokens):
            if not any(step() for step in steps):
                self._skip()

    @property
    def _here(self) -> str:
        return self.tokens[self._at].lower

    def _link(self) -> bool:
        """`and` joins what follows to what was before; `while` begins anew."""
        if self._here in _LINKS:
            self._linked = True
            self._negated = self._negated or self._here in _NOT
        elif self._here in _BREAKS:
            if not (self._here == "but" and self._word(1).endswith("ing") and is_verb(self._word(1))):
                self._clause()
            self._negated = self._denied = False
        elif self._here in {"who", "that", "which"} and self.last:
            self.subjects, self._verbs = self.last, False
        else:
            return False
        self._at += 1
        return True

    def _clause(self) -> None:
        self.subjects, self.objects, self.landmarks, self.last = [], [], [], []
        self._verbs = self._linked = self._fresh_verb = self._aux = self._there = False

    def _hair(self) -> bool:
        """`with long black hair`: its colour is shown."""
        ahead = [token.lower for token in self.tokens[self._at : self._at + 5]]
        if "hair" not in ahead or self._here not in {"with", "has", "have", "hair", "her", "his"}:
            return False
        end = self._at + ahead.index("hair")
        told = [one for one in self.last or self.subjects if one.is_person]
        for at in range(self._at, end):
            colour = colour_at(self.tokens, at)
            for one in told if colour else []:
                one.hair = colour[0] if colour else None
            if colour is None and ahead[at - self._at] not in {"with", "has", "have", "her", "his", "and", "a"}:
                self.cast.scene.miss(f"{ahead[at - self._at]} hair")
        self._at, self.dressing = end + 1, True
        return True

    def _auxiliary(self) -> bool:
        word = self._here
        if word == "there":
            self._there = True
        elif word in _NOT:
            self._negated = True
        elif word in words()["auxiliaries"]["words"] and not self._means_something(word):
            self._aux = True
        else:
            return False
        self._at += 1
        return True

    def _means_something(self, word: str) -> bool:
        """`likes` before a noun, `going to the park`."""
        after = self.tokens[self._at + 1].lower if self._at + 1 < len(self.tokens) else ""
        if word == "going":
            return after != "to" or not is_verb(self._word(2))
        return (
            word in {"like", "likes", "love", "loves", "want", "wants"} and after != "to" and not after.endswith("ing")
        )

    def _word(self, ahead: int) -> str:
        return self.tokens[self._at + ahead].lower if self._at + ahead < len(self.tokens) else ""

    def _weather(self) -> bool:
        noun = noun_at(self.tokens, self._at)
        if noun is None or noun.group != WEATHER or colour_at(self.tokens, self._at):
            return False
        follows = noun_at(self.tokens, self._at + noun.length) if self._at + noun.length < len(self.tokens) else None
        if follows is not None and follows.group != WEATHER:
            return False
        if self._negated:
            self._negated = False
        else:
            self.cast.around(noun)
        self._at += noun.length
        return True

    def _relation(self) -> bool:
        found = relation_at(self.tokens, self._at)
        if found is None:
            return False
        kind, length = found
        if self._here == "to" and is_verb(self._word(1)) and not noun_at(self.tokens, self._at + 1):
            self._at += 1
            self._aux = True
            return True
        preposition, self._at, self._denied = self._here, self._at + length, False
        if self._negated:
            self._negated = False
            phrase = phrase_at(self.tokens, self._at)
            self.cast.named(phrase)
            self._at = phrase.end
            return True
        self._at = relate(self, kind, preposition, self._at, fresh=self._fresh_verb)
        self._fresh_verb = self._linked = False
        return True

    def _verb(self) -> bool:
        word = self._here
        if not self._may_be_verb(word):
            return False
        actors = self._actors(word)
        self._denied = self._negated
        if self._negated:
            self.cast.scene.miss(f"not {word}")
        else:
            self.cast.act(actors, lemmas(word, "VERB"), word)
        if actors is not self.subjects:
            self.subjects = actors
        self._verbs, self._fresh_verb, self._aux, self._linked, self._negated = True, True, False, False, False
        self.objects = []
        self._at += 1
        return True

    def _may_be_verb(self, word: str) -> bool:
        if not (self.subjects or self.last) or not is_verb(word):
            return False
        noun = noun_at(self.tokens, self._at)
        if word.endswith("ing"):
            return noun is None or noun.length == 1 or not self._fresh_verb
        if self._fresh_verb or colour_at(self.tokens, self._at) or word in words()["function"]["words"]:
            return False
        if noun is not None and (self._verbs or self._linked) and not self._aux:
            return False
        return noun is None or self._aux or self.cast.knows_verb(word)

    def _actors(self, word: str) -> list[Entity]:
        """Return who does it: who was named last, if that is somebody, or the subjects."""
        alive = [one for one in self.last if one.is_person or self.cast.is_animal(one)]
        after_object = self._verbs and not self._aux and not self._linked and self.last is not self.subjects
        if alive and ((after_object and word.endswith("ing")) or not self.subjects):
            return self.last
        return self.subjects or self.last

    def _predicate(self) -> bool:
        """`the car is red`, `the boy is happy`."""
        colour = colour_at(self.tokens, self._at)
        told = self.subjects or self.last
        if not told or phrase_at(self.tokens, self._at).noun is not None:
            return False
        if self._negated and (colour is not None or self._here in words()["moods"] or self._here in words()["sizes"]):
            self.cast.scene.miss(f"not {self._here}")
            self._at, self._negated = self._at + (colour[1] if colour else 1), False
            return True
        if colour is not None:
            for one in told:
                self.cast.colour(one, colour[0])
            self._at += colour[1]
            return True
        if not self._here.endswith("ing") and (self._here in words()["moods"] or self._here in words()["sizes"]):
            for one in told:
                one.mood = words()["moods"].get(self._here, one.mood)
                one.size = one.size if one.is_person else words()["sizes"].get(self._here, one.size)
            self._at += 1
            return True
        return False

    def _noun(self) -> bool:
        phrase = phrase_at(self.tokens, self._at)
        if not phrase.begun:
            return self._name()
        self._at = phrase.end
        if self._is_denied():
            return True
        worn = words()["wearable"].get(phrase.noun.lemma) if phrase.noun is not None else None
        people = [one for one in self.last if one.is_person]
        if self.dressing and self._linked and worn is not None and people:
            people[0].wears.append((worn, next(iter(phrase.colours), None)))
            self._linked = False
            return True
        self.dressing = False
        if phrase.noun is None:
            self._fresh_verb = False
            self.cast.lacks(self.subjects)
        self._take(phrase)
        if self._at < len(self.tokens) and self._here == "of":
            self._contents()
        return True

    def _is_denied(self) -> bool:
        """Whether the noun phrase that was just read is what somebody does not have, eat, wear ..., or is not."""
        if self._linked and self._verbs and self._begins_clause():
            return False
        if self._negated and (self._verbs or self._aux or self._there or self._has()):
            self._negated, self._denied = False, True
        if self._denied:
            self._linked = self._fresh_verb = False
        return self._denied

    def _has(self) -> bool:
        """Whether `has not` was said, which is no auxiliary here."""
        return bool(self.subjects) and any(token.lower in {"has", "have", "had"} for token in self.tokens[: self._at])

    def _contents(self) -> None:
        """`a basket of apples`: they are in it, or on it."""
        holder = next((one for one in self.last if one.symbol is not None), None)
        phrase = phrase_at(self.tokens, self._at + 1)
        self._at = max(phrase.end, self._at + 1)
        shown = phrase.noun is not None and is_place(phrase.noun) and holder is not None
        inside = [] if shown else self.cast.named(phrase)
        if holder is not None:
            self.cast.fill(holder, inside)

    def _take(self, phrase: Phrase) -> None:
        named = self.cast.named(phrase)
        if not named:
            return
        if self._aux and self._verbs is False and self.subjects and not self._there and not self._linked:
            named = self.cast.same(self.subjects, named)
        begins = not self._verbs or (self._linked and self._begins_clause())
        if begins:
            self._subject(named)
        elif self._linked and self.landmarks and self.last is self.landmarks:
            self.cast.also(self.last, named)
        else:
            self.objects = [*self.objects, *named]
            self.cast.undergo(self.subjects, named)
        self.last = named if begins or not self.objects else self.objects
        if begins:
            self.last = self.subjects
        self._fresh_verb = self._linked = False

    def _subject(self, named: list[Entity]) -> None:
        self._denied = False
        joined = self._linked and not self._verbs and not self.landmarks
        if not joined or not self.subjects:
            was_there = self._there
            self._clause()
            self._there = was_there
        self.subjects = [*self.subjects, *(one for one in named if one not in self.subjects)]
        for one in named:
            one.subject = True
            for kind, others in self.pending:
                put(self.cast.scene, kind, one, others)
        if not self._there:
            self.pending = []

    def _begins_clause(self) -> bool:
        """Whether a verb follows the noun phrase before the next one is joined."""
        for at in range(self._at, len(self.tokens)):
            word = self.tokens[at].lower
            if word in _LINKS or word in _BREAKS:
                return False
            if word in words()["auxiliaries"]["words"] or (is_verb(word) and noun_at(self.tokens, at) is None):
                return True
        return self._there and self._at < len(self.tokens) and relation_at(self.tokens, self._at) is not None

    def _surroundings(self) -> bool:
        """`the sky is blue`: nothing to be drawn by itself."""
        at = self._at + (self._here in {"the", "a"})
        word = self.tokens[at].lower if at < len(self.tokens) else ""
        if word not in {"sky", "grass", "ground", "floor", "air"}:
            return False
        self._at = at + 1
        while self._at < len(self.tokens) and self._here in {"is", "are", "was", "very"}:
            self._at += 1
        colour = colour_at(self.tokens, self._at)
        if colour is not None:
            if colour[0] not in {"blue", "green"}:
                self.cast.scene.miss(self._here)
            self._at += colour[1]
        return True

    def _name(self) -> bool:
        """Take a pronoun, or a name that no list has: somebody."""
        token = self.tokens[self._at]
        spoken = self.cast.spoken_of(token.lower) or self.cast.unknown(token.lower)
        if spoken:
            if self._verbs and not self._linked:
                self.cast.undergo(self.subjects, spoken)
            else:
                self._clause()
                self.subjects = spoken
            self.last = spoken
            self._at += 1
            return True
        after = self._word(1)
        known = token.lower in words()["function"]["words"] or is_word(token.lower)
        if not token.text[0].isupper() or known or after not in {*words()["auxiliaries"]["words"], "and"}:
            return False
        self._subject([self.cast.somebody(token.text)])
        self.last = self.subjects
        self._at += 1
        return True

    def _skip(self) -> None:
        word = self._here
        if word not in words()["function"]["words"] and not word.isdecimal() and word not in words()["numbers"]:
            self.cast.scene.miss(word)
            if self._fresh_verb:
                self.cast.lacks(self.subjects)
        self._at += 1
