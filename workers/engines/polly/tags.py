"""What Polly is given for each tag of SSML, and which of its engines take it.

Source: https://docs.aws.amazon.com/polly/latest/dg/supportedtags.html and the page of each tag there, November 2026.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from workers.engines.ssml.tags import invalid

if TYPE_CHECKING:
    from workers.engines.polly.options import VoiceEngine
    from workers.engines.ssml.tags import Tag

_RATES_PERCENT = (20, 200)
_PITCHES_PERCENT = (67, 150)


def markup(tag: Tag, engine: VoiceEngine, rate: float) -> tuple[str, str]:
    """Write a checked tag for Polly: what stands before its content, and behind it.

    `rate` is the request's own. A rate in the text is of the voice's, not of what it stands within
    (https://www.w3.org/TR/speech-synthesis11/#S3.2.4), so it is multiplied by that.

    Raises:
        PermanentError: `invalid_ssml`, when the engine does not take the tag.
    """
    match tag.name:
        case "break":
            value = f'time="{tag.pause_ms}ms"' if tag.timed else f'strength="{tag.names["strength"]}"'
            return f"<break {value}/>", ""
        case "emphasis":
            return _emphasis(tag, engine)
        case "prosody":
            return _element("prosody", _prosody(tag, engine, rate))
        case "say-as" | "w":
            return _element(tag.name, dict(tag.names))
    opening, closing = (f"<{tag.name}>", f"</{tag.name}>") if tag.name in {"speak", "p", "s"} else ("", "")
    if tag.language is not None:
        opening += f"<lang xml:lang={quoteattr(tag.language)}>"
        closing = f"</lang>{closing}"
    return opening, closing


def _emphasis(tag: Tag, engine: VoiceEngine) -> tuple[str, str]:
    level = tag.names["level"]
    if level == "none":
        return "", ""
    if engine != "standard":
        raise invalid(f"Polly's {engine} voices take no <emphasis>.")
    return _element("emphasis", {"level": level})


def _prosody(tag: Tag, engine: VoiceEngine, rate: float) -> dict[str, str]:
    values = {name: value for name, value in tag.names.items() if (name, value) != ("rate", "default")}
    if "rate" in tag.percents:
        values["rate"] = f"{_within(round(tag.percents['rate'] * rate), _RATES_PERCENT)}%"
    if "pitch" in tag.percents:
        values["pitch"] = f"{_within(tag.percents['pitch'], _PITCHES_PERCENT) - 100:+d}%"
    if engine != "standard" and values.get("pitch", "default") != "default":
        raise invalid(f"Polly's {engine} voices take no pitch: <prosody> can have rate and volume.")
    if engine != "standard":
        values.pop("pitch", None)
    if tag.volume_db is not None:
        values["volume"] = f"{tag.volume_db:+g}dB"
    return values


def _within(value: int, bounds: tuple[int, int]) -> int:
    low, high = bounds
    return min(high, max(low, value))


def _element(name: str, values: dict[str, str]) -> tuple[str, str]:
    if not values:
        return "", ""
    written = "".join(f" {key}={quoteattr(value)}" for key, value in values.items())
    return f"<{name}{written}>", f"</{name}>"
