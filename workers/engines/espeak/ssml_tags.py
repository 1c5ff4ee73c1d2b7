"""The SSML that is taken: which tags, which attributes, which values, and what espeak is given for each.

SSML is an attack surface: `<audio src="/etc/passwd"/>` made espeak play 22,000 s of a file, and it waited ten hours for
a break. So nothing of the caller's markup is passed on: each tag is written afresh from this table.
Source: https://www.w3.org/TR/speech-synthesis11/
"""

from __future__ import annotations

import re
from dataclasses import dataclass
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
#: SSML's value, and espeak's, which knows digits under a name of its own.
_READINGS = {
    "characters": "characters",
    "spell-out": "characters",
    "digits": "tts:digits",
    "telephone": "tts:digits",
    "cardinal": "",
    "number": "",
}
_TIME = re.compile(r"^\+?(\d{1,6}(?:\.\d{1,3})?|\.\d{1,3})(ms|s)$", re.ASCII)
_PERCENT = re.compile(r"^([+-]?)(\d{1,3})%$", re.ASCII)
_DECIBEL = re.compile(r"^([+-]\d{1,2}(?:\.\d{1,2})?)dB$", re.ASCII)
_MAX_GAIN_DB = 6.0


@dataclass(frozen=True)
class Markup:
    """What espeak is given for a tag: before its content, and behind it."""

    opening: str = ""
    closing: str = ""
    pause_ms: int = 0


def invalid(reason: str) -> PermanentError:
    """Make the refusal of an SSML text."""
    return PermanentError("invalid_ssml", reason, engine="espeak-ng")


def markup(tag: str, attributes: Mapping[str, str], language: Callable[[str], str]) -> Markup:
    """Write an allowed tag for espeak; `language` turns a BCP 47 tag into espeak's own.

    Raises:
        PermanentError: `invalid_ssml`, when an attribute or its value is not allowed.
    """
    for attribute in attributes:
        if attribute not in ALLOWED[tag]:
            raise invalid(f"<{tag}> takes {_list(ALLOWED[tag])}, and no other attribute.")
    if tag == "break":
        return _break(attributes)
    if tag == "emphasis":
        level = _one_of(tag, "level", attributes.get("level", "moderate"), _LEVELS)
        return Markup(f'<emphasis level="{level}">', "</emphasis>")
    if tag == "prosody":
        return _prosody(attributes)
    if tag == "say-as":
        return _say_as(attributes)
    return _block(tag, attributes, language)


def _block(tag: str, attributes: Mapping[str, str], language: Callable[[str], str]) -> Markup:
    opening, closing = (f"<{tag}>", f"</{tag}>") if tag in {"speak", "p", "s"} else ("", "")
    if tag == "lang" and "xml:lang" not in attributes:
        raise invalid("<lang> needs the attribute xml:lang.")
    if "xml:lang" in attributes:
        opening += f'<lang xml:lang="{language(attributes["xml:lang"])}">'
        closing = f"</lang>{closing}"
    return Markup(opening, closing)


def _break(attributes: Mapping[str, str]) -> Markup:
    if "time" not in attributes:
        strength = _one_of("break", "strength", attributes.get("strength", "medium"), STRENGTHS_MS)
        return Markup(f'<break strength="{strength}"/>', pause_ms=STRENGTHS_MS[strength])
    match = _TIME.match(attributes["time"].strip())
    if match is None:
        raise invalid('The time of <break> is a number of "s" or "ms", for example "500ms" or "1.5s".')
    # espeak reads whole numbers only.
    pause_ms = round(float(match[1]) * (1000 if match[2] == "s" else 1))
    if pause_ms > MAX_BREAK_MS:
        raise invalid(f"A <break> lasts {MAX_BREAK_MS // 1000} s at most.")
    return Markup(f'<break time="{pause_ms}ms"/>', pause_ms=pause_ms)


def _prosody(attributes: Mapping[str, str]) -> Markup:
    written = ""
    if "rate" in attributes:
        written += f' rate="{_named_or_percent("rate", attributes["rate"], _RATES, (20, 200))}"'
    if "pitch" in attributes:
        written += f' pitch="{_named_or_percent("pitch", attributes["pitch"], _PITCHES, (50, 200))}"'
    if "volume" in attributes:
        written += f' volume="{_volume(attributes["volume"])}"'
    return Markup(f"<prosody{written}>", "</prosody>") if written else Markup()


def _volume(value: str) -> str:
    if match := _DECIBEL.match(value.strip()):
        # espeak knows percents alone, and clips above twice its amplitude.
        return f"{round(100 * 10 ** (min(float(match[1]), _MAX_GAIN_DB) / 20))}%"
    if value not in _VOLUMES:
        raise invalid(f'The volume of <prosody> is {_list(_VOLUMES)}, or decibels such as "-6dB".')
    return value


def _named_or_percent(attribute: str, value: str, names: tuple[str, ...], bounds: tuple[int, int]) -> str:
    if value in names:
        return value
    low, high = bounds
    match = _PERCENT.match(value.strip())
    if match is not None:
        relative = {"+": 1, "-": -1}.get(match[1])
        percent = int(match[2]) if relative is None else 100 + relative * int(match[2])
        if low <= percent <= high:
            return f"{percent}%"
    raise invalid(
        f"The {attribute} of <prosody> is {_list(names)}, or {low}% to {high}%, or relative, for example -10%."
    )


def _say_as(attributes: Mapping[str, str]) -> Markup:
    value = attributes.get("interpret-as")
    if value is None:
        raise invalid("<say-as> needs the attribute interpret-as.")
    reading = _READINGS[_one_of("say-as", "interpret-as", value, _READINGS)]
    return Markup(f'<say-as interpret-as="{reading}">', "</say-as>") if reading else Markup()


def _one_of(tag: str, attribute: str, value: str, known: tuple[str, ...] | Mapping[str, object]) -> str:
    if value not in known:
        raise invalid(f"The {attribute} of <{tag}> is one of {_list(known)}.")
    return value


def _list(names: tuple[str, ...] | Mapping[str, object]) -> str:
    return ", ".join(names)
