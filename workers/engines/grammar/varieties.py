"""Words that dictionaries lack and that are no mistakes: British spelling, Korean in Latin letters, and compounds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workers.engines.grammar.fluency import shipped_fluency
from workers.engines.grammar.nearby import zipf

if TYPE_CHECKING:
    from collections.abc import Collection

#: How words end as spelt in Britain, and how in America; of `harbours`, `harbors` must be known.
_BRITISH = tuple(
    (re.compile(ending), american)
    for ending, american in (
        (r"our(?=(?:s|ed|ing|er|ers|ite|ites|ful|able|hoods?|ly|less|y)?$)", "or"),
        (r"(?<=[iy])s(?=(?:e|ed|es|er|ers|ing|ingly|ation|ations|able)$)", "z"),
        (r"(?<=[bcgtv])re(?=(?:s|d)?$)", "er"),
        (r"ll(?=(?:ed|ing|er|ers|ous|ery|or|ors|est|en)$)", "l"),
        (r"l(?=(?:s|ment|ments|ful|fully)?$)(?<=fil|rol|kil|tal)", "ll"),
        (r"ogue(?=s?$)", "og"),
        (r"que(?=(?:s|red)?$)", "ck"),
        (r"mme(?=s?$)", "m"),
        (r"ou(?=l[dt])", "o"),
        (r"ae|oe", "e"),
        (r"(?<=dg)e(?=ments?$)|(?<=g)e(?=ing$)", ""),
        (r"(?<=fen|ten|cen)c(?=es?$)", "s"),
    )
)
#: Those of which no ending says it, and what webcomics are called in Korea.
_RIGHT = frozenset(
    re.findall(
        r"\S+",
        "aeroplane afterwards aluminium archeology artefact barbeque burnt chequered cosy dreamt dwelt jewellery kerb"
        " knelt leant leapt learnt maths omelette practise practised pyjamas sceptical smelt spelt spilt spoilt storey"
        " storeys tyre tyres yoghurt webtoon webtoons",
    )
)
_SYLLABLES = (
    r"(?:(?:kk|tt|pp|ss|jj|ch|[gndrlmbsjktph])?"
    r"(?:yeo|yae|wae|ae|eo|ya|yo|yu|ye|wa|wo|we|wi|oe|eu|ui|oo|[aeiou])(?:ng|[kntlmp](?![aeiouwy]))?)+"
)
#: Korean in Latin letters (Revised Romanization): what may be, and what has a vowel or a consonant that English lacks.
_MAYBE_KOREAN = re.compile(_SYLLABLES)
_KOREAN = re.compile(r"(?=.*(?:eo|eu|ae|kk|tt|jj|wo))" + _SYLLABLES)
#: A word of fewer letters is hardly British because of its ending.
_SHORTEST_BRITISH = 5
#: What makes adjectives of any noun.
_ENDINGS = ("less", "like")
#: Each part of a compound has so many letters, and is so frequent in Zipf's scale.
_PART, _COMMON = 4, 3.5


def british(word: str, suggested: Collection[str]) -> bool:
    """Whether a word in small letters is spelt as in Britain.

    Args:
        word: that is in no (American) dictionary.
        suggested: what the dictionary has beside it.
    """
    if len(word) < _SHORTEST_BRITISH:
        return word in _RIGHT
    spelt = {ending.sub(american, word) for ending, american in _BRITISH} - {word}
    return word in _RIGHT or any(one in suggested or _known(one) for one in spelt)


def korean(word: str, *, surely: bool) -> bool:
    """Whether a word in small letters is Korean in Latin letters; `surely`, by what English does not have."""
    return bool((_KOREAN if surely else _MAYBE_KOREAN).fullmatch(word))


def made_of_words(word: str) -> bool:
    """Whether a word in small letters is a compound or an adjective that one may make: `treehouses`, `antlike`."""
    stems = [word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending)]
    if any(len(stem) >= _PART - 1 and _known(stem) for stem in stems):
        return True
    pairs = [(word[:place], word[place:]) for place in range(_PART, len(word) - _PART + 1)]
    return any(_common(first) and (_common(last) or _common(last.removesuffix("s"))) for first, last in pairs)


def _known(word: str) -> bool:
    return zipf(word) > 0 or shipped_fluency().knows(word)


def _common(word: str) -> bool:
    return zipf(word) >= _COMMON
