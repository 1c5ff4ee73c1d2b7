"""Key phrases: what a text is about, as runs of nouns.

English follows the candidate phrases of RAKE (Rose et al. 2010, "Automatic Keyword Extraction from Individual
Documents"): runs of words between stop words and punctuation, with the determiner before them as Comprehend gives it.
Korean nouns are told by the particle behind them, without a morphological analyser.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from schemas.kinds.analysis import Span
from workers.engines.lexicon.hits import DATA

if TYPE_CHECKING:
    from collections.abc import Iterator

#: No letters behind a digit: of `3pm` and `3rd` nothing is a word.
_WORD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]+(?:['\u2019-][A-Za-z]+)*")
_DETERMINERS = re.compile(
    r"the|an?|my|your|his|her|our|their|its|this|that|these|those|some|another|every", re.IGNORECASE
)
_LONGEST = 4
_EOJEOL = re.compile(r"(?<![\d가-힣])[가-힣]+")
_PARTICLE = re.compile(
    r"(?P<noun>[가-힣]{2,}?)(?:에서는|에서도|에서|에게서|에게|한테서|한테|이랑|께서|으로"
    r"|까지|부터|보다|처럼|마다|밖에|조차|랑|하고|와|과|의|도|은|는|이|가|을|를|에|로|만)$"
)
_NO_NOUN_BEFORE = re.compile(
    r"(?:하|되|있|없|싶|같|았|었|였|했|겠|지|다|자|아|어|해|기|라|려|고|서|으|시|워|나|봤"
    r"|갔|왔|됐|려|셨|렸|졌|쳤|켰|꼈|르|리|스럽|롭|답|크|작|많|높|낮|좋|싫|밉|맞)$"
)
_VERBAL = re.compile(
    r"(?:[요다어아해지네고서면게니까자래데며려던는은을한인된간온본준할될갈볼줄든운쁜픈른진난긴큰듯죠용임음함히야구군나라랴냐와워져셔]"
    r"|지만|는데|니까|거든|많이|빨리|같이|없이|깊이|높이|이)$"
)
_CERTAIN, _LIKELY = 0.9, 0.6


def key_phrases(text: str) -> tuple[Span, ...]:
    """Find what a text is about, in the order of the text, each phrase where it stands first."""
    found = sorted([*_english(text), *_korean(text)], key=lambda span: span.start)
    first = {span.text.lower(): span for span in reversed(found)}
    return tuple(sorted(first.values(), key=lambda span: span.start))


@cache
def _stops() -> frozenset[str]:
    lines = (DATA / "stopwords.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@cache
def _verbs() -> frozenset[str]:
    """Return verbs that begin no phrase: `hate mushrooms` is about mushrooms, but `day care` about day care."""
    lines = (DATA / "verbs.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _english(text: str) -> Iterator[Span]:
    run: list[re.Match[str]] = []
    last = 0
    for word in [*_WORD.finditer(text), None]:
        is_content = word is not None and word[0].lower() not in _stops()
        joined = word is not None and text[last : word.start()].isspace()
        if run and (not is_content or not joined):
            yield from _phrase(text, run)
            run = []
        if word is not None:
            is_content = is_content and not (not run and word[0].lower() in _verbs())
            starts = bool(_DETERMINERS.fullmatch(word[0]))
            run = [word] if starts else [*run, word] if is_content else []
            last = word.end()


def _phrase(text: str, run: list[re.Match[str]]) -> Iterator[Span]:
    determined = bool(_DETERMINERS.fullmatch(run[0][0]))
    words = run[: _LONGEST + determined]
    if len(words) > determined and len(text[words[-1].start() : words[-1].end()]) > 1:
        start, end = words[0].start(), words[-1].end()
        yield Span(text=text[start:end], start=start, end=end, score=_CERTAIN if determined else _LIKELY)


def _korean(text: str) -> Iterator[Span]:
    held: tuple[int, int] | None = None  # nouns without a particle, which go with the next one
    for word in _EOJEOL.finditer(text):
        if held is not None and text[held[1] : word.start()] != " ":
            yield _span(text, *held, _LIKELY)
            held = None
        noun = _noun(word[0])
        if noun is not None:
            yield _span(text, held[0] if held else word.start(), word.start() + len(noun), _CERTAIN)
            held = None
        elif _is_bare(word[0]):
            held = (held[0] if held else word.start(), word.end())
        elif held is not None:
            yield _span(text, *held, _LIKELY)
            held = None
    if held is not None:
        yield _span(text, *held, _LIKELY)


def _noun(word: str) -> str | None:
    """Return the noun of a word that has a particle."""
    found = _PARTICLE.match(word)
    if found is None or word in _stops() or found["noun"] in _stops() or _NO_NOUN_BEFORE.search(found["noun"]):
        return None
    return found["noun"]


def _is_bare(word: str) -> bool:
    return len(word) > 1 and word not in _stops() and not _VERBAL.search(word)


def _span(text: str, start: int, end: int, score: float) -> Span:
    return Span(text=text[start:end], start=start, end=end, score=score)
