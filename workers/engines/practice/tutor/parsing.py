"""Sentences as words with parts of speech; the grammar checker's own tagger does the work."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Longer texts are not read further: nobody is answered better for it.
MAX_READ = 1_000
_BEING = frozenset({"am", "is", "are", "was", "were", "been", "being", "'m", "'re", "be"})
_MONTHS = frozenset(
    [
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ]
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign of a sentence."""

    text: str
    lower: str
    tag: str
    """Part of speech, as in the Penn Treebank."""
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """Whether it is no sign."""
        return self.text[0].isalnum() or self.text[0] in "'\u2019"

    @property
    def is_noun(self) -> bool:
        """Whether it is a noun or a name."""
        return self.tag.startswith("NN")

    @property
    def is_verb(self) -> bool:
        """Whether it is a verb, auxiliaries and modals included."""
        return self.tag.startswith("VB") or self.tag == "MD"


@lru_cache(maxsize=8)
def sentences(text: str) -> tuple[Sequence[Token], ...]:
    """Read a text, sentence by sentence; several ask for the same in a turn."""
    return tuple(_sentences(text))


def _sentences(text: str) -> Iterator[Sequence[Token]]:
    from workers.engines.grammar.tagger import shipped_tagger  # noqa: PLC0415 - its weights are large
    from workers.engines.grammar.words import sentences_of  # noqa: PLC0415 - with them

    tagger = shipped_tagger()
    for words in sentences_of(text[:MAX_READ]):
        tags = tagger.tags([word.text for word in words])
        yield tuple(
            Token(word.text, word.lower, _mended(word.lower, tag), word.start, word.end)
            for word, tag in zip(words, tags, strict=True)
        )


def gerund(base: str) -> str:
    """Return `playing` for `play`."""
    from workers.engines.grammar.forms import inflected  # noqa: PLC0415 - as above

    return _known(inflected(base, "VBG")) or base


def base(word: str, tag: str) -> str:
    """Return the form without endings of a verb or noun in small letters."""
    from workers.engines.grammar.forms import base_of  # noqa: PLC0415 - as above

    return "be" if word in _BEING else base_of(word, tag)


def plural(noun: str) -> str:
    """Return `dogs` for `dog`."""
    from workers.engines.grammar.forms import inflected  # noqa: PLC0415 - as above

    return _known(inflected(noun, "NNS")) or noun


def frequency(word: str) -> float:
    """Return how common a word of English is, as its Zipf frequency: 3 is once in a million, 6 in a thousand."""
    from workers.engines.wordlist import shipped_words  # noqa: PLC0415 - its list is large

    return shipped_words().zipf(word)


def _known(form: str | None) -> str | None:
    """Return a form that was made by rules, where it is one that people write."""
    return form if form and frequency(form) else None


def _mended(lower: str, tag: str) -> str:
    """Put right what learners' small letters do to the tagger."""
    if lower == "i":
        return "PRP"
    return "NNP" if lower in _MONTHS else tag
