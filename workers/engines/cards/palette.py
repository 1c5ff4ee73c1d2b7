"""The palette of picture cards, and learners' words for its colours."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

#: A shade is the colour mixed with another: its channels (0 to 255) and its share.
_SHADES = {"-dark": ((30, 28, 60), 0.24), "-light": ((255, 255, 255), 0.38)}


@cache
def _palette() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("palette.toml").read_text(encoding="utf-8"))


@cache
def colour(name: str) -> str:
    """Return a colour as `#RRGGBB`.

    Args:
        name: Of the palette, with or without a shade: `red`, `red-dark`, `red-light`.

    Raises:
        KeyError: The palette has no such colour.
    """
    for shade, (other, share) in _SHADES.items():
        if name.endswith(shade):
            return _mixed(colour(name.removesuffix(shade)), other, share)
    found: str = _palette()["colours"][name]
    return found


def colour_of_word(word: str) -> str | None:
    """Return the name of the colour that an English or Korean word stands for; None where it stands for none."""
    folded = word.casefold()
    palette = _palette()
    if folded in palette["colours"] and folded not in palette["not_words"]["names"]:
        return folded
    found: str | None = palette["words"].get(folded)
    return found


@cache
def colour_words() -> frozenset[str]:
    """Return every word that stands for a colour; some are two words (`dark blue`)."""
    palette = _palette()
    return frozenset({*palette["colours"], *palette["words"]} - set(palette["not_words"]["names"]))


def _mixed(hexadecimal: str, other: tuple[int, int, int], share: float) -> str:
    channels = bytes.fromhex(hexadecimal.removeprefix("#"))
    mixed = (round(a * (1 - share) + b * share) for a, b in zip(channels, other, strict=True))
    return "#" + "".join(f"{channel:02X}" for channel in mixed)
