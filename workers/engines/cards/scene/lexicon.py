"""What words stand for: symbols, people, colours, numbers, relations."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engines.cards.figure import ROLES
from workers.engines.cards.palette import colour_of_word
from workers.engines.cards.scene.model import Entity
from workers.engines.cards.symbols import symbol_words, symbols

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*|'(?:s|re|m)\b|[,.;:!?]")
#: Contracted forms, and what they are read as.
_CONTRACTED = tuple(
    (re.compile(rf"\b(?:{short})\b", re.IGNORECASE), long)
    for short, long in (
        ("can't|cannot", "can not"),
        ("won't", "will not"),
        ("ain't", "is not"),
        (r"(\w+)n't", r"\1 not"),
        ("nobody", "no one"),
        (r"(he|she|it|there|that|who)'s(?=\s+got\b)", r"\1 has"),
        (r"(he|she|it|there|that|this|here|who|what)'s", r"\1 is"),
        (r"(we|you|they|there|these|those|who)'re", r"\1 are"),
        ("(i)'m", r"\1 am"),
    )
)
#: Korean particles after a noun, the longest first.
_PARTICLES = ("에서", "에게", "으로", "은", "는", "이", "가", "을", "를", "에", "와", "과", "도", "의", "로")
_PLURAL = "들"
#: Symbols' words of more than so many parts are not looked for.
_LONGEST = 3
#: What a phrase without a number is drawn as, when it is of several.
_SEVERAL = {"person": 2, "thing": 3}
#: What a thing's own words must not be taken for where a verb may be.
PLACES, WEATHER = "places", "weather"


@cache
def words() -> dict[str, Any]:
    """Return the word lists of `words.toml`."""
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, kw_only=True)
class Token:
    """A word of the description, or a mark."""

    text: str

    @property
    def lower(self) -> str:
        """Without capitals."""
        return self.text.lower()


@dataclass(frozen=True, kw_only=True)
class Noun:
    """A noun found in the description."""

    text: str
    lemma: str
    length: int
    """In tokens."""
    plural: bool = False
    symbol: str | None = None
    person: tuple[str, str, str | None] | None = None
    """Age, gender and role."""
    members: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """`people`, or the symbol's group."""
        return "people" if self.symbol is None else symbols()[self.symbol].group

    def entity(self, count: int | None, colours: list[str]) -> Entity:
        """Return it as something to be drawn."""
        many = _SEVERAL["thing" if self.symbol else "person"]
        number = count if count is not None else many if self.plural else 1
        age, gender, role = self.person or ("adult", "", None)
        return Entity(
            label=self.text, lemma=self.lemma, symbol=self.symbol, age=age, gender=gender, role=role,
            count=number, vague=count is None and self.plural, colours=colours, members=self.members,
        )  # fmt: skip


def tokens_of(text: str) -> list[list[Token]]:
    """Return the words and commas of each sentence."""
    sentences: list[list[Token]] = [[]]
    for match in _WORD.finditer(_spelt_out(text.replace("\u2019", "'"))):
        if match[0] in set(".;:!?"):
            sentences.append([])
        else:
            sentences[-1].append(Token(text=match[0]))
    return [sentence for sentence in sentences if sentence]


def _spelt_out(text: str) -> str:
    """Return it without contracted forms: `isn't` is `is not`, `it's` is `it is`."""
    for short, long in _CONTRACTED:
        text = short.sub(long, text)
    return text


@cache
def lemmas(word: str, part: str) -> tuple[str, ...]:
    """Return the lemmas that a word may have as `NOUN` or `VERB`, itself first."""
    from lemminflect import getAllLemmas  # noqa: PLC0415 - numpy; only where scenes are read

    found = getAllLemmas(word, part).get(part, ()) if word.isascii() else _bare(word) if part == "NOUN" else ()
    return tuple(dict.fromkeys((*found, word) if word.endswith(("ing", "ed")) else (word, *found)))


def _bare(word: str) -> tuple[str, ...]:
    """Return a Korean noun without its particle, and without its plural's ending."""
    bare = next((word.removesuffix(end) for end in _PARTICLES if word.endswith(end) and word != end), word)
    return (bare, *([bare.removesuffix(_PLURAL)] if bare.endswith(_PLURAL) else []))


@cache
def is_verb(word: str) -> bool:
    """Whether it may be a verb's form."""
    from lemminflect import getAllLemmas  # noqa: PLC0415

    return "VERB" in getAllLemmas(word)


@cache
def is_word(word: str) -> bool:
    """Whether a dictionary has it, so that it is no name."""
    from lemminflect import getAllLemmas  # noqa: PLC0415

    return bool(getAllLemmas(word))


def noun_at(tokens: Sequence[Token], at: int) -> Noun | None:
    """Return the longest noun that begins there."""
    for length in range(min(_LONGEST, len(tokens) - at), 0, -1):
        said = tokens[at : at + length]
        before = " ".join(token.lower for token in said[:-1])
        for last in lemmas(said[-1].lower, "NOUN"):
            found = _noun(f"{before} {last}".strip())
            if found is not None:
                text = " ".join(t.text if t.text[1:] != t.text[1:].lower() else t.lower for t in said)
                ending = said[-1].lower.removeprefix(last)
                text = text if text.isascii() else f"{before} {last}".strip()
                plural = found.plural or (ending != "" and (ending.isascii() or ending.startswith(_PLURAL)))
                text = text.capitalize() if found.lemma in words()["names"]["words"] else text
                return replace(found, text=text, length=length, plural=plural)
    return None


def colour_at(tokens: Sequence[Token], at: int) -> tuple[str, int] | None:
    """Return the colour that is named there, and how many words name it."""
    for length in (2, 1):
        found = colour_of_word(" ".join(token.lower for token in tokens[at : at + length]))
        if found is not None and at + length <= len(tokens):
            return found, length
    return None


def relation_at(tokens: Sequence[Token], at: int) -> tuple[str, int] | None:
    """Return the relation that a preposition there stands for, and of how many words it is."""
    for length in (3, 2, 1):
        phrase = " ".join(token.lower for token in tokens[at : at + length])
        if phrase in words()["relations"] and at + length <= len(tokens):
            return words()["relations"][phrase], length
    return None


@cache
def _noun(phrase: str) -> Noun | None:
    people = words()["people"]
    if phrase in words()["groups"]:
        return Noun(text=phrase, lemma=phrase, length=1, members=tuple(words()["groups"][phrase]))
    role = words()["roles"].get(phrase, phrase if phrase in ROLES else None)
    if role is not None:
        gender = next((which for which in ("female", "male") if phrase in words()[which]["words"]), "")
        age = "child" if phrase in words()["young"]["words"] else "adult"
        return Noun(text=phrase, lemma=phrase, length=1, person=(age, gender, role))
    if phrase in people:
        age, gender = people[phrase]
        return Noun(text=phrase, lemma=phrase, length=1, person=(age, gender, None), plural=phrase == "people")
    name = symbol_words().get(words()["parts"].get(phrase, phrase))
    return None if name is None else Noun(text=phrase, lemma=phrase, length=1, symbol=name)
