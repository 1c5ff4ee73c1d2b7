"""The words by which passages are found: English ones as they are, Korean and other letters without spaces by pairs.

SQLite's tokeniser takes what stands between spaces for a word. Korean words carry their particles with them, and
Chinese and Japanese have no spaces: of these each pair of neighbouring letters is a word (Lee and Ahn 1996, "Using
n-grams for Korean text retrieval", https://doi.org/10.1145/243199.243268).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Hangul, kana, Han.
_PAIRED = r"\uac00-\ud7a3\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_RUN = re.compile(rf"[{_PAIRED}]+")
_TOKEN = re.compile(rf"[{_PAIRED}]+|[^\W_{_PAIRED}]+")
_HANGUL = re.compile(r"[\uac00-\ud7a3]+")
#: How Hangul's syllables are numbered: The Unicode Standard, section 3.12.
_FIRST_SYLLABLE, _SYLLABLES, _FINALS, _DOUBLE_S = 0xAC00, 11_172, 28, 20
_VERB = re.compile(r"(요|까|..면|[어아해와려]서|[는은운린]데|[어아해]야)$")
#: Leaves three letters at least. The index has Porter's stemmer; this is enough to compare two sentences.
_SUFFIX = re.compile(r"(?<=[a-z]{3})(ies|ied|ing|ed|es|s|y|e|ly)$")
_COPULA = ("이", "인", "입", "예")
_DATA = Path(__file__).parent / "words"


def indexed(text: str) -> str:
    """Return a text as the index is given it: pairs of letters in place of words without spaces."""
    return _RUN.sub(lambda run: f" {' '.join(_terms(run[0]))} ", unicodedata.normalize("NFC", text))


def pairs(run: str) -> list[str]:
    """Return the pairs of neighbours in a run of letters; a single letter is a word itself."""
    return [run] if len(run) == 1 else [run[at : at + 2] for at in range(len(run) - 1)]


@dataclass(frozen=True)
class Word:
    """A word that a question asks about."""

    terms: tuple[str, ...]
    """As the index has it: the word, or its pairs of letters."""
    noun: str | None = None
    """The index's term for a Korean noun of one syllable, where the word may be such a noun and its particle."""
    others: tuple[tuple[str, ...], ...] = ()
    """Words that stand for it, each by its terms."""
    says_little: bool = False
    """Whether it is so common that its being there says little, or a Korean verb, which texts have in other forms."""

    @property
    def is_paired(self) -> bool:
        """Whether its terms are pairs of letters."""
        return bool(_RUN.match(self.terms[0]))

    @property
    def stems(self) -> tuple[str, ...]:
        """Its terms as `terms_of` has them."""
        return tuple(map(stem, self.terms))

    @property
    def all_terms(self) -> tuple[str, ...]:
        """What to look for."""
        others = (term for other in self.others for term in other)
        return tuple(dict.fromkeys((*self.terms, *filter(None, [self.noun]), *others)))


def asked(question: str) -> list[Word]:
    """Return what a question asks about.

    Words that any question may have are left out, and so are a Korean word's particles and verbs' endings, unless
    nothing would be left.
    """
    tokens = [token.lower() for token in _TOKEN.findall(unicodedata.normalize("NFC", question))]
    words = [_word(core, token) for token in tokens if (core := _core(token))]
    return list(dict.fromkeys(words or [_word(token, token) for token in tokens]))


def terms_of(text: str) -> frozenset[str]:
    """Return what a text has, as `Word.stems` has it: for comparing texts that no index knows."""
    return frozenset(stem(token) for token in _TOKEN.findall(indexed(text).lower()))


def stem(word: str) -> str:
    """Return an English word without its most common endings; any other as it is."""
    return _SUFFIX.sub("", word) if word.isascii() else word


def _word(core: str, token: str) -> Word:
    noun = _noun(core) if core == token else None
    terms = tuple(pairs(_present(core))) if _RUN.fullmatch(core) else (core,)
    is_common = not _words("common.txt").isdisjoint({core, noun})
    return Word(terms, noun, _others(core), says_little=is_common or _is_verb(core, token))


def _others(core: str) -> tuple[tuple[str, ...], ...]:
    """Synonyms of the longest word that this one begins with."""
    heads = (core[:end] for end in range(len(core), 1, -1))
    others = next((_synonyms()[head] for head in heads if head in _synonyms()), ())
    return tuple(tuple(pairs(_present(other))) for other in others if other != core)


def _is_verb(core: str, token: str) -> bool:
    """Whether a Korean word ends as verbs do, or is a single syllable, which nouns without particles rarely are."""
    if not _HANGUL.fullmatch(core):
        return False
    ending = token[len(core) :]
    inflected = ending in _words("korean-endings.txt") - _particles() and not ending.startswith(_COPULA)
    return len(core) == 1 or inflected or (core == token and bool(_VERB.search(token)))


def _noun(run: str) -> str | None:
    """The first letter, where a particle is all that follows it."""
    return run[0] if run[1:] in _particles() else None


def _terms(run: str) -> list[str]:
    return [*pairs(_present(run)), *filter(None, [_noun(run)])]


def _present(run: str) -> str:
    """Korean without the mark of the past tense, a double s at a syllable's end: `갔` is `가`."""
    return "".join(
        chr(ord(letter) - _DOUBLE_S) if _is_past(ord(letter) - _FIRST_SYLLABLE) else letter for letter in run
    )


def _is_past(syllable: int) -> bool:
    return 0 <= syllable < _SYLLABLES and syllable % _FINALS == _DOUBLE_S


def _core(token: str) -> str:
    if not _HANGUL.fullmatch(token):
        return "" if token in _words("english.txt") else token
    if token in _words("korean.txt"):
        return ""
    stem = _stripped(token)
    return "" if stem in _words("korean.txt") else stem


def _stripped(word: str) -> str:
    """A Korean word without the longest ending that leaves two letters and more of it, or one for long endings."""
    for ending in _endings():
        least = 1 if len(ending) > 1 else 2
        if word.endswith(ending) and len(word) - len(ending) >= least:
            return word[: -len(ending)]
    return word


@cache
def _words(name: str) -> frozenset[str]:
    lines = (_DATA / name).read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@cache
def _particles() -> frozenset[str]:
    return _words("korean-particles.txt")


@cache
def _synonyms() -> Mapping[str, Sequence[str]]:
    lines = (_DATA / "korean-synonyms.txt").read_text("utf-8").splitlines()
    groups = (line.split() for line in lines if not line.startswith("#"))
    return {head: others for head, *others in groups}


@cache
def _endings() -> tuple[str, ...]:
    endings = _particles() | _words("korean-endings.txt")
    return tuple(sorted(endings, key=lambda ending: (-len(ending), ending)))
