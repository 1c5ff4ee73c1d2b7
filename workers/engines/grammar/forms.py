"""Forms of verbs and nouns: irregular ones by a table, the rest by rule, between spellings by what the model knows.

Tags are those of the Penn Treebank: VB, VBP, VBZ, VBD, VBN, VBG of verbs, NN and NNS of nouns, JJR and JJS of
short adjectives.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from workers.engines.grammar.fluency import shipped_fluency

#: A base has so many letters at least, and is not so much rarer than its form, in nats: `need` is no form of `nee`.
_SHORTEST = 3
_RARER = 3.5
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_BE = frozenset({"am", "is", "are", "was", "were", "been", "being", "'m", "'re"})
_VOWEL_Y = re.compile(r"[aeiou]y$")
_SIBILANT = re.compile(r"(?:s|x|z|ch|sh)$")
_CLOSED = re.compile(r"[^aeiou][aeiou][bdfgklmnprstv]$|qu[aeiou][bdfgklmnprstv]$")


@cache
def _irregular() -> dict[str, dict[str, str]]:
    """Return forms by tag and base."""
    table = tomllib.loads(Path(__file__).with_name("irregular.toml").read_text())
    verbs = {base: line.split() for base, line in table["verbs"].items()}
    return {
        "VBZ": table["third"],
        "VBD": {base: past for base, (past, _) in verbs.items()},
        "VBN": {base: participle for base, (_, participle) in verbs.items()},
        "NNS": table["plurals"],
        "JJR": table["comparatives"],
        "JJS": table["superlatives"],
        "PL": table["plural_verbs"],
        "SG": table["singular_verbs"],
    }


@cache
def _bases() -> dict[str, dict[str, str]]:
    """Return bases by tag and irregular form."""
    return {tag: {form: base for base, form in forms.items()} for tag, forms in _irregular().items()}


@cache
def form(word: str, tag: str, wanted: str) -> str | None:
    """Return another form of a word in small letters; None where there is none."""
    if wanted in {"JJR", "JJS", "PL", "SG", *_MADE}:
        return inflected(word, wanted)
    noun = wanted.startswith("NN")
    base = (_singular(word, tag) if noun else _base(word, tag)) or word
    return inflected(base, wanted)


def inflected(base: str, wanted: str) -> str | None:
    """Return a form of a base; None where there is none."""
    if wanted in {"VB", "VBP", "NN"}:
        return base
    if wanted in _MADE:
        return _MADE[wanted](base)
    if wanted in {"PL", "SG"}:
        return _irregular()[wanted].get(base)
    known = _irregular().get(wanted, {}).get(base)
    return known or _likeliest(_regular(base, wanted))


@cache
def all_forms(base: str) -> frozenset[str]:
    """Return the base and all its forms, as a verb and as a noun."""
    if not base.isalpha():
        return frozenset({base})
    wanted = ("VBZ", "VBD", "VBN", "VBG", "NNS")
    return frozenset({base, *({*_BE, "'s"} if base == "be" else ()), *(inflected(base, tag) for tag in wanted)})


def base_of(word: str, tag: str) -> str:
    """Return the base of a verb or noun in small letters."""
    return (_singular(word, tag) if tag.startswith("NN") else _base(word, tag)) or word


@cache
def surface_tag(word: str, tag: str) -> str:
    """Return a word's tag by its form, where the tagger went by what ought to stand there: `can speaks`.

    YEAR, which the treebank has not, is the tag of a year.
    """
    if tag in {"VB", "VBP"}:
        return _verb_tag(word) or tag
    if tag == "VBZ" and not word.endswith("s"):
        return "VBP"
    if tag in {"JJ", "NN"} and word.endswith("est"):
        return "JJS" if any(inflected(base, "JJS") == word for base in _positives(word)) else tag
    return "YEAR" if _YEAR.fullmatch(word) else tag


def _verb_tag(word: str) -> str | None:
    """Return the tag of a verb whose form shows that it is no base."""
    past = _bases()["VBD"]
    if (word in past and word not in past.values()) or (word.endswith("ed") and _stripped(word, ("VBD",))):
        return "VBD"
    if word.endswith("ing") and _stripped(word, ("VBG",)):
        return "VBG"
    return "VBZ" if word.endswith("s") and _stripped(word, ("VBZ",)) else None


def _positives(superlative: str) -> list[str]:
    """Return the known words of which it may be the superlative."""
    stem = superlative.removesuffix("est")
    bases = [stem, stem + "e", stem[:-1], stem[:-1] + "y"]
    return [base for base in bases if len(base) >= _SHORTEST and shipped_fluency().knows(base)]


def _regular(base: str, wanted: str) -> list[str]:
    """Return the spellings that the rules allow, the simplest first."""
    final_y = base.endswith("y") and not _VOWEL_Y.search(base)
    if wanted in {"VBZ", "NNS"}:
        return [base[:-1] + "ies" if final_y else base + ("es" if _SIBILANT.search(base) else "s")]
    if wanted == "VBG":
        return _with_ing(base)
    ending = {"JJR": "er", "JJS": "est"}.get(wanted, "ed")
    stem = base[:-1] + "i" if final_y else base.removesuffix("e")
    return [stem + ending, *_doubled(base, ending)]


def _with_ing(base: str) -> list[str]:
    if base.endswith("ie"):
        return [base[:-2] + "ying"]
    silent = base.endswith("e") and not base.endswith(("ee", "oe", "ye")) and base != "be"
    return [(base[:-1] if silent else base) + "ing", *_doubled(base, "ing")]


def _doubled(base: str, ending: str) -> list[str]:
    return [base + base[-1] + ending] if _CLOSED.search(base) else []


def _likeliest(spellings: list[str]) -> str:
    return max(spellings, key=shipped_fluency().frequency) if len(spellings) > 1 else spellings[0]


def _base(word: str, tag: str) -> str | None:
    if word in _BE:
        return "be"
    noun_in_ing = tag == "NN" and word.endswith("ing")
    if tag in {"VB", "VBP", "NN", "MD"} and word not in _bases()["VBD"] and not noun_in_ing:
        return word
    for table in ("VBD", "VBN", "VBZ"):
        if base := _bases()[table].get(word):
            return base
    return _stripped(word, ("VBZ", "VBD", "VBG"))


def _singular(word: str, tag: str) -> str | None:
    if base := _bases()["NNS"].get(word):
        return base
    return word if tag == "NN" else _stripped(word, ("NNS",))


def _stripped(word: str, tags: tuple[str, ...]) -> str | None:
    """Return the likeliest base of which the word is a regular form."""
    stems = {re.sub(ending + "$", "", word) for ending in ("s", "es", "d", "ed", "ing")}
    stems |= {stem[:-1] for stem in stems if stem[-2:-1] == stem[-1:]}
    stems |= {stem + "e" for stem in stems} | {stem[:-1] + "y" for stem in stems if stem.endswith("i")}
    fluency = shipped_fluency()
    rarest = fluency.frequency(word) - _RARER
    bases = [
        stem
        for stem in sorted(stems - {word})
        if (len(stem) >= _SHORTEST or stem in _irregular()["VBD"])
        and fluency.frequency(stem) > rarest
        and any(inflected(stem, tag) == word for tag in tags)
    ]
    return max(bases, key=fluency.frequency, default=None)


def _adverb(adjective: str) -> str | None:
    stem = re.sub(r"(?<=[^aeiou])y$", "i", adjective)
    made = re.sub(r"le$", "ly", stem) if stem.endswith("le") else stem + "ly"
    return made if shipped_fluency().knows(made) else None


def _adjective(adverb: str) -> str | None:
    if not adverb.endswith("ly"):
        return None
    stem = adverb.removesuffix("ly")
    return next((made for made in (re.sub("i$", "y", stem), stem + "le") if shipped_fluency().knows(made)), None)


#: Not forms, but what is made of a word: an adverb, an adjective.
_MADE = {"LY": _adverb, "ADJ": _adjective}
