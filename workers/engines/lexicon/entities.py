"""Names, places, dates and quantities, by lists and patterns; a list has what is common and no more."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from schemas.kinds.analysis import Entity
from workers.engines.lexicon.hits import DATA
from workers.engines.lexicon.times import ENGLISH_TIME, KOREAN_TIME

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: What may stand behind a Korean noun within its word.
_PARTICLES = (
    r"(?:이랑|랑|하고|이가|이는|이를|이도|이한테|한테서|한테|에게서|에게|께서|께|에서는|에서도|에서"
    r"|에는|에도|에|으로|로|까지|부터|보다|처럼|만|도|은|는|이|가|을|를"
    r"|와|과|의|아|야|이야|야말로|이네|네|씨는|씨가|씨도|씨|님|이다|입니다|이에요|예요|이랑은)?"
)
_TITLES = (
    r"(?:씨|님|선생님|교수님|팀장님|팀장|부장님|부장|과장님|과장|대리님|대리|차장님|사장님|대표님"
    r"|선배님|선배|작가님|원장님|박사님)"
)
_UNITS = (
    r"(?:만 ?원|천 ?원|억 ?원|원|달러|유로|엔|명|분|시간|개월|개|살|세|번|잔|병|권|마리|장"
    r"|대|층|킬로|키로|kg|km|cm|그램|g|미터|m|프로|퍼센트|%|인분|주|달|년|일|점|등|배"
    r"|박|그릇|조각|줄)"
)
_QUANTITY_KO = re.compile(
    rf"(?<![\d.,:])\d[\d,.]{{0,15}}\s?{_UNITS}(?![가-힣a-zA-Z]*\d)"
    rf"|(?<![가-힣])(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|스무|몇) ?(?:명|개|살|번"
    rf"|잔|병|권|마리|시간|달|그릇|조각)(?![가-힣]{{2}})"
)
_NUMBER = (
    r"(?:\d[\d,]{0,15}(?:\.\d{1,6})?|one|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|fifty|hundred)"
)
_QUANTITY_EN = re.compile(
    rf"[$€£₩]\s?\d[\d,.]{{0,15}}\d|[$€£₩]\s?\d|\b{_NUMBER}\s?(?:%"
    rf"|percent\b|(?:dollars?|won|euros?|bucks|kg|km|miles?"
    rf"|meters?|hours?|minutes?|seconds?|days?|weeks?|months?"
    rf"|years?|people|persons?|times|cups?|bottles?|books?"
    rf"|pages?|points?|cats?|dogs?|friends?|students?"
    rf"|tickets?)\b)",
    re.IGNORECASE,
)
_ORGANIZATION = re.compile(
    r"(?<![가-힣])[가-힣]{2,8}(?:대학교|고등학교|중학교|초등학교|은행|병원|전자|그룹|출판사"
    r"|방송국|연구소|도서관)(?![가-힣]{2})"
    r"|(?:[A-Z][\w&'-]+ ){1,3}(?:University|College|School|Hospital|Bank|Inc|Corp|Ltd|Company|Museum|Library)\b"
)
_LOCATION_KO = re.compile(
    r"(?<![가-힣])[가-힣]{2,6}(?:역|공항|해수욕장|터미널|공원|시장)(?=(?:에서|에|으로"
    r"|로|까지|부터|은|는|이|도|근처|앞)?(?![가-힣]))"
)
_TITLE = re.compile(r"[《『「<〈]([^《『「<〈>》』」〉\n]{1,60})[》』」>〉]")
_HONORIFIC_EN = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof)\.? [A-Z][a-z]+(?: [A-Z][a-z]+)?")
_CAPITALISED = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}(?: [A-Z][a-z]{2,})*")
_NO_NAMES = re.compile(
    r"I(?:'m|'ll)?|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|English|Korean|Japanese|Chinese|American|French|German"
    r"|Spanish|Italian|Mom|Dad|God"
)
_LISTED, _PATTERN, _GUESSED = 0.9, 0.8, 0.5


class _Found(NamedTuple):
    start: int
    end: int
    type: str
    score: float


def entities(text: str) -> tuple[Entity, ...]:
    """Find names in a text; where two overlap the longer is taken, then the more certain one."""
    found = sorted(_all(text), key=lambda one: (-(one.end - one.start), -one.score, one.start))
    taken: list[_Found] = []
    for one in found:
        if all(one.end <= other.start or one.start >= other.end for other in taken):
            taken.append(one)
    return tuple(Entity.model_validate({**one._asdict(), "text": text[one.start : one.end]}) for one in sorted(taken))


def _all(text: str) -> Iterator[_Found]:
    yield from _times(text)
    for type_, pattern in _listed():
        yield from (_Found(*match.span("name"), type_, _LISTED) for match in pattern.finditer(text))
    for pattern, type_ in (
        (_QUANTITY_KO, "quantity"),
        (_QUANTITY_EN, "quantity"),
        (_ORGANIZATION, "organization"),
        (_LOCATION_KO, "location"),
        (_HONORIFIC_EN, "person"),
    ):
        yield from (_Found(*match.span(), type_, _PATTERN) for match in pattern.finditer(text))
    yield from (_Found(*match.span(1), "title", _PATTERN) for match in _TITLE.finditer(text))
    for match in _CAPITALISED.finditer(text):
        if not _NO_NAMES.fullmatch(match[0]):
            yield _Found(*match.span(), "other", _GUESSED)


def _times(text: str) -> Iterator[_Found]:
    for pattern in (KOREAN_TIME, ENGLISH_TIME):
        for match in pattern.finditer(text):
            said = match[0].rstrip(" ,")
            said = said.removesuffix("에") if not said.endswith("날에") else said[:-1]
            start = match.start() + next((len(word) for word in ("on ", "at ") if said.lower().startswith(word)), 0)
            yield _Found(start, match.start() + len(said), "date", _LISTED)


@cache
def _listed() -> Sequence[tuple[str, re.Pattern[str]]]:
    """Return a pattern for each list of names; the name is the group `name`."""
    lists = tomllib.loads((DATA / "names.toml").read_text("utf-8"))
    surname = f"[{lists['ko'].pop('surname')}]"
    found = [
        (type_, _korean(words.split(), surname if type_ == "person" else None)) for type_, words in lists["ko"].items()
    ]
    found.append(
        (
            "person",
            re.compile(
                rf"(?<![가-힣])(?P<name>{surname}(?:[가-힣]{{1,2}} "
                rf"?)?{_TITLES}){_PARTICLES}(?![가-힣])"
            ),
        )
    )
    places = lists["en"].pop("locations")
    found += [
        (type_, _english([*words.split(), *(places if type_ == "location" else ())], named=type_ == "person"))
        for type_, words in lists["en"].items()
    ]
    return found


def _korean(words: list[str], surname: str | None) -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    before = f"{surname}?" if surname else ""
    return re.compile(rf"(?<![가-힣])(?P<name>{before}(?:{names})){_PARTICLES}(?![가-힣])")


def _english(words: list[str], *, named: bool) -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    surname = rf"(?: (?!{_NO_SURNAMES})[A-Z][a-z]+(?:-[A-Z][a-z]+)?)?" if named else ""
    return re.compile(rf"\b(?P<name>(?:{names}){surname})(?=(?:'s)?(?:\W|$))")


#: Words with a capital behind a first name that are none: days, months, and what begins a sentence without a full stop.
_NO_SURNAMES = (
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|June|July|August|September|October"
    r"|November|December|Christmas|Today|Tomorrow|Yesterday|Mom|Dad|Is|Are|Was|Do|Does|Did|Can|Could|Would|Will|How"
    r"|What|When|Where|Why|Who|Nice|The|This|That|It|He|She|We|They|You|My|And|But|So|Oh|Hi|Hello|Hey|Please|Thanks"
    r"|Thank|Sorry|Good|Let|Have|Yes|No|Not|If|In|At|On|To|For)\b"
)
