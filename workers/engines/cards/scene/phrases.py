"""Noun phrases: `two small red apples`, `a sleeping cat`, `a glass of milk`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workers.engines.cards.scene.lexicon import (
    PLACES,
    WEATHER,
    Noun,
    Token,
    colour_at,
    is_verb,
    lemmas,
    noun_at,
    relation_at,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.engines.cards.scene.model import Entity

#: These change nothing in a drawing of people, or of anything.
_SILENT = {"young", "very"}
#: Before these a noun is no part of a longer one.
_ENDS = {"and", "or", ",", "who", "which", "that"}
_DETERMINERS = {"the", "this", "that", "these", "those", "his", "her", "its", "their", "my", "your", "our", "no"}


@dataclass
class Phrase:
    """A noun phrase as it was read."""

    end: int
    noun: Noun | None = None
    count: int | None = None
    colours: list[str] = field(default_factory=list)
    size: float = 1
    mood: str | None = None
    old: bool = False
    verb: str | None = None
    """The lemma of a participle: `a sleeping cat`."""
    negative: bool = False
    definite: bool = False
    around: list[Noun] = field(default_factory=list)
    """Places and weather said before the noun: `a kitchen table`, `a snowy mountain`."""
    missing: list[str] = field(default_factory=list)

    @property
    def begun(self) -> bool:
        """Whether there was anything of a noun phrase."""
        return self.noun is not None or bool(self.missing)

    def entity(self) -> Entity:
        """Return what it names."""
        if self.noun is None:
            raise ValueError("a phrase without a noun that is known names nothing")
        found = self.noun.entity(self.count, self.colours)
        found.size, found.mood = self.size, self.mood or "happy"
        if found.is_person:
            found.age = "old" if self.old and found.age == "adult" else found.age
            found.size = 1
        return found


def phrase_at(tokens: Sequence[Token], at: int) -> Phrase:
    """Read the noun phrase that begins there; nothing has begun where there is none."""
    return _Reader(tokens, at).read()


class _Reader:
    def __init__(self, tokens: Sequence[Token], at: int) -> None:
        self._tokens, self._at, self._phrase = tokens, at, Phrase(end=at)
        self._opened = False

    def read(self) -> Phrase:
        while self._at < len(self._tokens) and (self._modifier() or self._opening()):
            pass
        self._nouns()
        self._phrase.end = self._at
        return self._phrase

    @property
    def _here(self) -> str:
        return self._tokens[self._at].lower

    def _opening(self) -> bool:
        """Take a determiner, a number, `of`."""
        word, numbers = self._here, words()["numbers"]
        if word in _DETERMINERS:
            self._phrase.definite = word != "no"
            self._phrase.negative = word == "no"
        elif word.isdecimal() or word in numbers:
            count = int(word) if word.isdecimal() else numbers[word]
            if not (word in {"few", "lot", "couple", "pair", "group", "dozen"} and self._phrase.count not in {None, 1}):
                self._phrase.count = count
            if word == "some":
                self._phrase.count = None
        elif word == "many":
            self._phrase.count = 5
        elif not (word == "of" and self._opened):
            return False
        self._opened = True
        self._at += 1
        return True

    def _modifier(self) -> bool:
        """Take a colour, a size, a mood, a participle, or an adjective that nothing shows."""
        if self._here == "and" and self._phrase.colours and colour_at(self._tokens, self._at + 1):
            self._at += 1
        colour = colour_at(self._tokens, self._at)
        if colour is not None and self._noun_follows(self._at + colour[1]):
            self._phrase.colours.append(colour[0])
            self._at += colour[1]
            return True
        word, lists = self._here, words()
        if not self._noun_follows(self._at + 1):
            return False
        if word in lists["sizes"]:
            self._phrase.size = lists["sizes"][word]
        elif word in lists["moods"]:
            self._phrase.mood = lists["moods"][word]
        elif word in {"old", "elderly"}:
            self._phrase.old = True
        elif word not in _SILENT and not self._unknown_modifier(word):
            return False
        self._opened = True
        self._at += 1
        return True

    def _unknown_modifier(self, word: str) -> bool:
        """Take an adjective, or a participle that is a verb of somebody's."""
        if noun_at(self._tokens, self._at) or relation_at(self._tokens, self._at) or word in _ENDS:
            return False
        if not self._opened or word in words()["numbers"] or word in _DETERMINERS or word == "of":
            return False
        if word.endswith("ing") and is_verb(word):
            self._phrase.verb = lemmas(word, "VERB")[0]
        elif word not in words()["function"]["words"] and word not in words()["auxiliaries"]["words"]:
            self._phrase.missing.append(word)
        else:
            return False
        return True

    def _noun_follows(self, at: int) -> bool:
        """Whether there is a noun, before anything that ends a phrase; a colour before `and` another is followed."""
        for place in range(at, min(at + 5, len(self._tokens))):
            word = self._tokens[place].lower
            if word == "and" and place == at and colour_at(self._tokens, place + 1):
                continue
            if word in _ENDS or relation_at(self._tokens, place) or word in words()["auxiliaries"]["words"]:
                return False
            if word in _DETERMINERS or word in {"a", "an"}:
                return False
            if noun_at(self._tokens, place):
                return True
        return False

    def _nouns(self) -> None:
        """Take a noun, the last of several beside each other; `a glass of milk` is milk."""
        while self._at < len(self._tokens):
            found = noun_at(self._tokens, self._at)
            if found is None or (self._phrase.noun is not None and not self._compound(found)):
                break
            if self._phrase.noun is not None:
                self._replaced(self._phrase.noun)
            self._phrase.noun = found
            self._at += found.length
        if self._phrase.noun is None:
            self._unknown()
        elif self._at < len(self._tokens) and self._here == "of":
            self._measure()

    def _replaced(self, noun: Noun) -> None:
        """Keep what a noun before the head says of the place; another one is not shown."""
        if noun.group in {PLACES, WEATHER}:
            self._phrase.around.append(noun)
        else:
            self._phrase.missing.append(noun.text)

    def _compound(self, found: Noun) -> bool:
        """Whether a noun after a noun is the head, not a verb (`the boys swing`)."""
        before = self._tokens[self._at - 1].lower
        if self._phrase.noun is not None and not before.isascii() and not self._phrase.noun.lemma.endswith(before):
            return False  # a Korean particle ends the phrase
        verb = is_verb(self._here) and bool(lemmas(self._here, "VERB"))
        return found.group != WEATHER and not (verb and self._phrase.noun is not None and self._here.endswith("s"))

    def _measure(self) -> None:
        phrase = self._phrase
        measure = phrase.noun
        if measure is None or measure.lemma not in words()["measures"]["words"]:
            return
        inner = phrase_at(self._tokens, self._at + 1)
        if inner.noun is None or (inner.noun.plural and measure.lemma in {"plate", "bag", "bowl"}):
            return
        if inner.noun.group == "food" or inner.noun.symbol == "glass":
            phrase.noun = inner.noun
            phrase.missing += inner.missing
            self._at = inner.end

    def _unknown(self) -> None:
        """Remember a noun that there is no symbol for."""
        if not self._opened or self._at >= len(self._tokens):
            return
        word = self._here
        known = word in words()["function"]["words"] or word in words()["auxiliaries"]["words"] or word in _ENDS
        if not known and not relation_at(self._tokens, self._at) and word not in words()["spots"]:
            self._phrase.missing.append(word)
            self._at += 1


def is_place(noun: Noun) -> bool:
    """Whether it is a backdrop."""
    return noun.symbol is not None and noun.group == PLACES
