"""What espeak is given for each tag of SSML."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from workers.engines.ssml.tags import Tag

#: SSML's value, and espeak's, which knows digits under a name of its own.
_READINGS = {
    "characters": "characters",
    "spell-out": "characters",
    "digits": "tts:digits",
    "telephone": "tts:digits",
    "cardinal": "",
    "number": "",
}
_MAX_GAIN_DB = 6.0


def markup(tag: Tag, language: Callable[[str], str]) -> tuple[str, str]:
    """Write a checked tag for espeak: what stands before its content, and behind it.

    `language` turns a BCP 47 tag into espeak's own.
    """
    match tag.name:
        case "break":
            value = f'time="{tag.pause_ms}ms"' if tag.timed else f'strength="{tag.names["strength"]}"'
            return f"<break {value}/>", ""
        case "emphasis":
            return f'<emphasis level="{tag.names["level"]}">', "</emphasis>"
        case "prosody":
            written = _prosody(tag)
            return (f"<prosody{written}>", "</prosody>") if written else ("", "")
        case "say-as":
            reading = _READINGS[tag.names["interpret-as"]]
            return (f'<say-as interpret-as="{reading}">', "</say-as>") if reading else ("", "")
    opening, closing = (f"<{tag.name}>", f"</{tag.name}>") if tag.name in {"speak", "p", "s"} else ("", "")
    if tag.language is not None:
        opening += f'<lang xml:lang="{language(tag.language)}">'
        closing = f"</lang>{closing}"
    return opening, closing


def _prosody(tag: Tag) -> str:
    values = {**tag.names, **{name: f"{percent}%" for name, percent in tag.percents.items()}}
    if tag.volume_db is not None:
        # espeak knows percents alone, and clips above twice its amplitude.
        values["volume"] = f"{round(100 * 10 ** (min(tag.volume_db, _MAX_GAIN_DB) / 20))}%"
    return "".join(f' {name}="{values[name]}"' for name in ("rate", "pitch", "volume") if name in values)
