"""Words of a chat that an answer takes up: times, places, and the things that people talk about."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engines.lexicon.times import ENGLISH_TIME, HAS_DAY, KOREAN_TIME

if TYPE_CHECKING:
    from collections.abc import Mapping


#: Found by the pattern, but no time to meet at.
_NO_TIME = re.compile(
    r"\d{1,2}일|\d{4}년|\d{1,2}월|어제|지난.*|작년|올해|내년|그저께|퇴근하고|퇴근 ?후|(?:수업 ?)?끝나고"
)
_NO_PARTICLE = re.compile(r"(?:오늘|내일|모레|글피)$")
_PLACE = re.compile(
    r"(?<![가-힣])((?:[가-힣A-Za-z0-9]*[가-힣A-Za-z0-9](?<!에) )?[가-힣A-Za-z0-9]{1,10}(?:역"
    r"|앞|점|카페|식당|공원|출구|광장|학교|도서관|극장|영화관|백화점|터미널))(?:에서|으로|로)"
)
_SAID = re.compile(
    r"([가-힣A-Za-z0-9]{2,10}?)(?:을|를|에|에서|이랑|랑|도|은"
    r"|는)? ?(?:한테 ?)?(?:먹[는었고으]|마시|마셨|보[고는러]|봤|갔다|다녀|왔|가[는서고]"
    r"|샀|듣[는고]|들었|하는 ?중|하고 ?있|했|시작|만들|읽[었고는]|배우|배웠|구경|끝났|빠졌)"
)


@cache
def words(name: str) -> tuple[str, ...]:
    """Return a list of `words.toml`, in its order."""
    found: str = _file()[name]
    return tuple(found.split())


@cache
def _file() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def find_time(text: str) -> str | None:
    """Return the time that a text names, as it stands there, without its particle."""
    for found in KOREAN_TIME.finditer(text):
        time = found[0].strip(" ,")
        time = time.removesuffix("에").strip() if not time.endswith("날에") else time[:-1]
        if not _NO_TIME.fullmatch(time):
            return time
    return None


def find_time_en(text: str) -> str | None:
    """Return the time that an English text names."""
    found = ENGLISH_TIME.search(text)
    return found[0].removeprefix("on ").removeprefix("at ") if found else None


def has_day(time: str) -> bool:
    """Tell whether a time is a day, and not an hour alone."""
    return HAS_DAY.search(time) is not None


def at(time: str) -> str:
    """Return a time as an adverb: today, tomorrow and such take no particle."""
    return time if _NO_PARTICLE.search(time) else time + "에"


def find_place(text: str) -> str | None:
    """Return the place where something is to be."""
    found = _PLACE.search(text)
    return found[1] if found else None


def is_filler(word: str) -> bool:
    """Tell whether a word before a verb says nothing of what is to be done."""
    return word.rstrip("?!.,~") in words("fillers")


def is_food(word: str) -> bool:
    """Tell whether something that one likes is eaten."""
    plain = word.strip().lower()
    return plain in words("foods") or plain in words("foods_en") or plain.endswith(("요리", "음식", "찌개"))


def first_of(name: str, text: str) -> str | None:
    """Return the first word of a list of `words.toml` that a text has at the beginning of a word."""
    return next((word for word in words(name) if re.search(rf"(?<![가-힣]){word}", text)), None)


def find_topic(text: str) -> str | None:
    """Return what a text is about: a food, or what somebody did, saw or visited."""
    for word in text.split():
        if (
            stem := next((food for food in words("foods") if len(food) > 1 and word.startswith(food)), None)
        ) is not None:
            return stem
    for found in _SAID.finditer(text):
        if (
            found[1] not in words("no_topic")
            and re.fullmatch("[가-힣]*[가-힣](?<![고로서면게지어아해히])", found[1])
            and not KOREAN_TIME.fullmatch(found[1])
        ):
            return found[1]
    return None
