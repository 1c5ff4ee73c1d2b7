"""The words and signs of a JSGF grammar."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?P<space>\s+ | //[^\n]* | /\*.*?\*/)
    |(?P<weight>/[0-9]{1,9}(?:\.[0-9]{1,9})?/)
    |(?P<rule><[^<>\s]{1,200}>)
    |(?P<tag>\{(?:[^{}\\]|\\.)*\})
    |(?P<sign>[=|()\[\]*+;])
    |"(?P<quoted>[^"\n]{1,500})"
    |(?P<word>[^\s<>{}=|()\[\]*+;"/\\]+)
    """,
    re.VERBOSE | re.DOTALL,
)
_HEADER = re.compile(r"\ufeff?#JSGF[ \t]+V1\.0(?:[ \t]+[\w.-]{1,50}){0,2}[ \t]*;")


class GrammarError(ValueError):
    """The grammar can't be used; its text is a sentence without any of the grammar's own words."""


@dataclass(frozen=True)
class Lexeme:
    """One of them."""

    kind: str
    text: str
    line: int


def lexemes_of(text: str) -> list[Lexeme]:
    """Split a grammar behind its header; spaces and comments are left out.

    Raises:
        GrammarError: it has no header, or a character that has no place in a grammar.
    """
    header = _HEADER.match(text)
    if header is None:
        raise GrammarError("A grammar begins with `#JSGF V1.0;`.")
    lexemes: list[Lexeme] = []
    position, line = header.end(), 1
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or not _printable(match[0]):
            raise GrammarError(f"Line {line} of the grammar has a character that does not belong there.")
        kind = match.lastgroup or ""
        if kind != "space":
            lexemes.append(Lexeme("word" if kind == "quoted" else kind, match[kind], line))
        line += match[0].count("\n")
        position = match.end()
    return lexemes


def _printable(text: str) -> bool:
    return all(character.isprintable() or character in "\t\r\n\u3000\xa0" for character in text)
