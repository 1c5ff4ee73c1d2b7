"""Sentences for who reads them in a terminal: numbers with their nouns, lines that end between words."""

from __future__ import annotations

import re


def plural(number: int, noun: str) -> str:
    """Return the number and its noun, `1 message` or `2,000 messages`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def shortened(text: str, width: int) -> str:
    """Return the text with `width` characters at most: what is too long lacks its middle, as its ends tell it apart."""
    if len(text) <= width:
        return text
    tail = (width - 1) // 2
    return f"{text[: width - 1 - tail]}…{text[len(text) - tail :]}"


def filled(text: str, width: int) -> str:
    """Return the text with lines of up to `width` characters, as far as words and `commands` go: none is broken."""
    return "\n".join(line if len(line) <= width else _fill(line, width) for line in text.split("\n"))


def _fill(line: str, width: int) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    lines = [indent]
    # A command is one word: whoever copies it wants no end of a line in it.
    for word in re.findall(r"(?:`[^`]*`|[^\s`]|`)+", line):
        if len(lines[-1]) + 1 + len(word) > width and lines[-1].strip():
            lines.append(indent)
        lines[-1] += word if not lines[-1].strip() else f" {word}"
    return "\n".join(lines)
