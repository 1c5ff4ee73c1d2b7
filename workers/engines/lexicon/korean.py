"""Feeling words of Korean, without a morphological analyser.

Stems are compared in decomposed form (NFD), so that `슬ㅍ` is found in 슬프다, 슬퍼서 and 슬펐어 alike, and a
contraction or an irregular ending takes no entry of its own.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

from workers.engines.lexicon.hits import Entry, Hit, entries, felt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

#: Compatibility consonants that may end a stem, as the initials that they stand for.
_INITIALS = dict(zip("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ", (chr(0x1100 + n) for n in range(19)), strict=True))
_HANGUL_SYLLABLE = re.compile("[가-힣]")
#: `안 좋아`, `안좋아`, `못`; also between a noun and its verb, as in `행복 안 해`.
_BEFORE = re.compile(r"(?:^|[\s,.!?])(?:안|못|않|전혀|절대) ?$")
#: `-지 않-`, `-진 못-`, `-지 마`, and what denies a noun: `걱정 없어`, `문제 아니야`.
_AFTER = re.compile(
    r"[가-힣]{0,2}?(?:(?:지|진|지는|지도|질|치)\s?(?:않|안|못|마|말)|(?:이|가|은"
    r"|는|도|할)?(?:\s?(?:일|것|거|필요))?(?:이|가|은|는|도)?\s?(?:없|아니|아냐"
    r"|아닌))"
)
#: Denies a good thing alone: `기대 안 해`; a bad one with it is a reproach, `왜 대답 안 해`.
_UNDONE = re.compile(r"(?:은|는|도)? ?안 ?(?:돼|되|해|했|하|됐)")
#: `-지 않은 건 아니`: denied twice, it is said of by half.
_TWICE = re.compile(
    r"[가-힣]{0,2}?(?:지|진|지는|질)\s?(?:않|못|안)[가-힣]{0,2}\s?(?:것|거|건|게|일)?(?:은|는|이|도)?\s?(?:아니|아냐|아닌|않)"
)
_BY_HALF = 0.4
_PROHIBITED = re.compile(r"[가-힣]{0,2}?(?:지|질)\s?(?:마|말)")
_WISH = re.compile(r"[가-힣]{0,3}?(?:았|었|였|으|면|려|길|기를) ?(?:면 )?(?:좋|바라|바래)|[가-힣]{0,2}고 ?싶")
_STRONG = re.compile(
    r"(?:너무|진짜|정말|완전|엄청|되게|매우|무척|굉장히|아주|겁나|존나|졸라|개|ㅈㄴ|ㄹㅇ|제일|가장"
    r"|훨씬|참)[가-힣]{0,2} ?$"
)
_WEAK = re.compile(r"(?:좀|조금|살짝|약간|그나마|그럭저럭) ?$")
_QUESTION = re.compile(r"[가-힣ㄱ-ㅎ~ ]{0,12}\?")
_LAUGH = re.compile(r"ㅋ{2,}|ㅎ{2,}|하하+|히히+|헤헤+|푸하+")
_TEARS = re.compile(r"[ㅠㅜ]+(?:[.ㅡ_][ㅠㅜ])?")
_LOOK = 18


def korean_hits(text: str) -> list[Hit]:
    """Find what the lexicon has; longer stems win, hits don't overlap."""
    words = list(_word_hits(text))
    good = any(hit.valence >= 1 for hit in words)
    bad = any(hit.valence <= -1 for hit in words)
    laughs = [Hit(*found.span(), 0.4 if bad else 1.0, "joy", is_sign=True) for found in _LAUGH.finditer(text)]
    # Tears of joy and of thanks are common: beside a good word alone they say how much.
    worth = 0.0 if good and not bad else -1.3
    tears = [Hit(*found.span(), worth, "sadness", is_sign=True) for found in _TEARS.finditer(text) if worth]
    return sorted([*words, *laughs, *tears], key=lambda hit: hit.start)


def _word_hits(text: str) -> Iterator[Hit]:
    parts = [unicodedata.normalize("NFD", char) for char in text]
    starts = [0, *accumulate(map(len, parts))]
    whole = "".join(parts)
    position = 0
    while position < len(text):
        found = _longest(whole, starts[position], starts_word=position == 0 or not text[position - 1].isalnum())
        if found is None:
            position += 1
            continue
        length, entry = found
        end = next(index for index in range(position + 1, len(starts)) if starts[index] >= starts[position] + length)
        if entry.valence or entry.emotion:
            valence = entry.valence * _factor(text, position, end, entry.valence)
            yield Hit(position, end, valence, felt(entry, valence))
        position = end


def _factor(text: str, start: int, end: int, valence: float) -> float:
    """Return what the words around make of a valence."""
    before, after = text[max(0, start - _LOOK) : start], text[end : end + _LOOK]
    clause = re.split(r"[.!?\n,~]", before)[-1]
    factor = 1.25 if _STRONG.search(clause) else 0.75 if _WEAK.search(clause) else 1.0
    if _PROHIBITED.match(after):
        return -0.5 if valence < 0 else -0.6
    if _TWICE.match(after):
        return _BY_HALF * factor
    denied = bool(_AFTER.match(after)) or (valence > 0 and bool(_UNDONE.match(after)))
    if bool(_BEFORE.search(before)) != denied:
        return -0.8 * factor if valence > 0 else -0.6
    if _QUESTION.match(after):
        return factor * (0.3 if valence > 0 else 0.6)
    return factor


def _longest(whole: str, at: int, *, starts_word: bool) -> tuple[int, Entry] | None:
    for stem, anchored, entry in _index().get(whole[at : at + 2], ()):
        if whole.startswith(stem, at) and (starts_word or not anchored):
            return len(stem), entry
    return None


@cache
def _index() -> Mapping[str, Sequence[tuple[str, bool, Entry]]]:
    """Return the stems by their first consonant and vowel, longest first."""
    found: dict[str, list[tuple[str, bool, Entry]]] = {}
    for word, entry in entries("korean").items():
        stem = word.removeprefix("^")
        for spelling in {stem, stem.replace(" ", "")}:
            decomposed = _decomposed(spelling)
            found.setdefault(decomposed[:2], []).append((decomposed, word.startswith("^"), entry))
    return {key: sorted(stems, key=lambda stem: -len(stem[0])) for key, stems in found.items()}


def _decomposed(stem: str) -> str:
    body, last = stem[:-1], stem[-1]
    return unicodedata.normalize("NFD", body) + (
        unicodedata.normalize("NFD", last) if _HANGUL_SYLLABLE.match(last) or not body else _INITIALS.get(last, last)
    )
