"""The SSML that is taken: which tags, which attributes, which values.

SSML is an attack surface: `<audio src="/etc/passwd"/>` made espeak play 22,000 s of a file, and it waited ten hours for
a break. So nothing of the caller's markup is passed on: an engine writes each tag afresh from what is checked here.
Source: https://www.w3.org/TR/speech-synthesis11/
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from schemas.errors import PermanentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_BREAK_MS = 10_000
#: What espeak waits at normal speed, measured; counted towards the breaks of the whole text.
STRENGTHS_MS = {"none": 0, "x-weak": 0, "weak": 0, "medium": 150, "strong": 300, "x-strong": 600}

ALLOWED: Mapping[str, tuple[str, ...]] = {
    "speak": ("version", "xml:lang"),
    "p": ("xml:lang",),
    "s": ("xml:lang",),
    "break": ("time", "strength"),
    "emphasis": ("level",),
    "prosody": ("rate", "pitch", "volume"),
    "say-as": ("interpret-as", "format"),
    "sub": ("alias",),
    "lang": ("xml:lang",),
    # Amazon Polly's SSML says with it which of two pronunciations is meant. Taken, without an effect on espeak.
    "w": ("role",),
}
#: espeak keeps its open tags in an array of twenty.
MAX_DEPTH = 12
MAX_ALIAS_CHARACTERS = 200

_LEVELS = ("strong", "moderate", "reduced", "none")
_RATES = ("x-slow", "slow", "medium", "fast", "x-fast", "default")
_PITCHES = ("x-low", "low", "medium", "high", "x-high", "default")
_VOLUMES = ("silent", "x-soft", "soft", "medium", "loud", "x-loud", "default")
_READINGS = ("characters", "spell-out", "digits", "telephone", "cardinal", "number")
_TIME = re.compile(r"^\+?(\d{1,6}(?:\.\d{1,3})?|\.\d{1,3})(ms|s)$", re.ASCII)
_PERCENT = re.compile(r"^([+-]?)(\d{1,3})%$", re.ASCII)
_DECIBEL = re.compile(r"^([+-]\d{1,2}(?:\.\d{1,2})?)dB$", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Tag:
    """A tag whose values are known to be good."""

    name: str
    language: str | None = None
    """Its xml:lang, a BCP 47 tag."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Values that are words: level, strength, interpret-as, alias, role; rate, pitch and volume such as `fast`."""
    percents: Mapping[str, int] = field(default_factory=dict)
    """rate and pitch, where they are numbers: 100 is the voice's own."""
    volume_db: float | None = None
    pause_ms: int = 0
    """How long a break is."""
    timed: bool = False
    """The break's length was given, not its strength."""


def invalid(reason: str) -> PermanentError:
    """Make the refusal of an SSML text."""
    return PermanentError("invalid_ssml", reason)


def checked(tag: str, attributes: Mapping[str, str]) -> Tag:
    """Check an allowed tag's attributes.

    Raises:
        PermanentError: `invalid_ssml`, when an attribute or its value is not allowed.
    """
    for attribute in attributes:
        if attribute not in ALLOWED[tag]:
            raise invalid(f"<{tag}> takes {_list(ALLOWED[tag])}, and no other attribute.")
    if check := _CHECKS.get(tag):
        return check(attributes)
    if tag == "lang" and "xml:lang" not in attributes:
        raise invalid("<lang> needs the attribute xml:lang.")
    return Tag(name=tag, language=attributes.get("xml:lang"))


def _break(attributes: Mapping[str, str]) -> Tag:
    if "time" not in attributes:
        strength = _one_of("break", "strength", attributes.get("strength", "medium"), STRENGTHS_MS)
        return Tag(name="break", names={"strength": strength}, pause_ms=STRENGTHS_MS[strength])
    match = _TIME.match(attributes["time"].strip())
    if match is None:
        raise invalid('The time of <break> is a number of "s" or "ms", for example "500ms" or "1.5s".')
    # espeak reads whole numbers only.
    pause_ms = round(float(match[1]) * (1000 if match[2] == "s" else 1))
    if pause_ms > MAX_BREAK_MS:
        raise invalid(f"A <break> lasts {MAX_BREAK_MS // 1000} s at most.")
    return Tag(name="break", pause_ms=pause_ms, timed=True)


def _emphasis(attributes: Mapping[str, str]) -> Tag:
    level = _one_of("emphasis", "level", attributes.get("level", "moderate"), _LEVELS)
    return Tag(name="emphasis", names={"level": level})


def _prosody(attributes: Mapping[str, str]) -> Tag:
    names: dict[str, str] = {}
    percents: dict[str, int] = {}
    for attribute, known, bounds in (("rate", _RATES, (20, 200)), ("pitch", _PITCHES, (50, 200))):
        value = attributes.get(attribute)
        if value in known:
            names[attribute] = str(value)
        elif value is not None:
            percents[attribute] = _percent(attribute, value, known, bounds)
    volume = attributes.get("volume")
    decibel = None if volume is None else _DECIBEL.match(volume.strip())
    if volume is not None and decibel is None:
        if volume not in _VOLUMES:
            raise invalid(f'The volume of <prosody> is {_list(_VOLUMES)}, or decibels such as "-6dB".')
        names["volume"] = volume
    return Tag(name="prosody", names=names, percents=percents, volume_db=float(decibel[1]) if decibel else None)


def _percent(attribute: str, value: str, names: tuple[str, ...], bounds: tuple[int, int]) -> int:
    low, high = bounds
    match = _PERCENT.match(value.strip())
    if match is not None:
        relative = {"+": 1, "-": -1}.get(match[1])
        percent = int(match[2]) if relative is None else 100 + relative * int(match[2])
        if low <= percent <= high:
            return percent
    raise invalid(
        f"The {attribute} of <prosody> is {_list(names)}, or {low}% to {high}%, or relative, for example -10%."
    )


def _say_as(attributes: Mapping[str, str]) -> Tag:
    value = attributes.get("interpret-as")
    if value is None:
        raise invalid("<say-as> needs the attribute interpret-as.")
    return Tag(name="say-as", names={"interpret-as": _one_of("say-as", "interpret-as", value, _READINGS)})


def _sub(attributes: Mapping[str, str]) -> Tag:
    alias = attributes.get("alias")
    if alias is None:
        raise invalid("<sub> needs the attribute alias.")
    if len(alias) > MAX_ALIAS_CHARACTERS:
        raise invalid(f"The alias of <sub> is {MAX_ALIAS_CHARACTERS} characters long at most.")
    return Tag(name="sub", names={"alias": alias})


def _w(attributes: Mapping[str, str]) -> Tag:
    return Tag(name="w", names=dict(attributes))


_CHECKS: Mapping[str, Callable[[Mapping[str, str]], Tag]] = {
    "break": _break,
    "emphasis": _emphasis,
    "prosody": _prosody,
    "say-as": _say_as,
    "sub": _sub,
    "w": _w,
}


def _one_of(tag: str, attribute: str, value: str, known: tuple[str, ...] | Mapping[str, object]) -> str:
    if value not in known:
        raise invalid(f"The {attribute} of <{tag}> is one of {_list(known)}.")
    return value


def _list(names: tuple[str, ...] | Mapping[str, object]) -> str:
    return ", ".join(names)
