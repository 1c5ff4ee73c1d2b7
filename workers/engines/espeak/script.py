"""What espeak is given to read, and which part of the caller's text each piece of it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from schemas.errors import PermanentError
from workers.engines.espeak.words import TOKEN, has_letters, spelt, trimmed

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, kw_only=True)
class Token:
    """A word as it was written. Positions are indexes of characters (Unicode code points)."""

    start: int
    """In the caller's text, without the punctuation around it."""
    end: int
    outer_start: int
    """In the caller's text, with the punctuation around it."""
    outer_end: int
    script_start: int
    """In the script's text."""
    script_end: int
    has_letters: bool
    """False for a sign such as "+", which a voice may say or not."""


@dataclass(frozen=True, kw_only=True)
class Script:
    """A text for espeak, with its tokens in order."""

    text: str
    ssml: bool
    tokens: tuple[Token, ...]
    characters: int
    """How many characters of the caller's are spoken."""


class ScriptWriter:
    """Builds a script; `starts[i]` and `ends[i]` say where a run's character `i` stands in the caller's text."""

    def __init__(self, language: str, *, ssml: bool) -> None:
        self._language = language
        self._ssml = ssml
        self._pieces: list[str] = []
        self._length = 0
        self._tokens: list[Token] = []
        self._characters = 0

    def markup(self, tag: str) -> None:
        """Write a tag of ours."""
        self._put(tag)

    def text(self, run: str, starts: Sequence[int], ends: Sequence[int]) -> None:
        """Write the caller's words."""
        self._characters += len(run)
        position = 0
        for match in TOKEN.finditer(run):
            self._gap(run[position : match.start()])
            self._token(match[0], starts[match.start() : match.end()], ends[match.start() : match.end()])
            position = match.end()
        self._gap(run[position:])

    def substitute(self, alias: str, start: int, end: int) -> None:
        """Write an alias as one token, for what stands at a span of the caller's text."""
        self._characters += len(alias)
        spoken = " ".join(spelt(word, self._language) for word in alias.split())
        begin, finish = self._put(self._escaped(spoken))
        if has_letters(spoken) and start < end:
            self._note(begin, finish, (start, end), (start, end), letters=True)

    def finished(self) -> Script:
        """Make the script.

        Raises:
            PermanentError: `nothing_to_speak`, when it holds no letter or digit.
        """
        text = "".join(self._pieces)
        if not any(token.has_letters for token in self._tokens):
            raise PermanentError("nothing_to_speak", "The text holds no letters or digits to speak.")
        return Script(text=text, ssml=self._ssml, tokens=tuple(self._tokens), characters=self._characters)

    def _gap(self, whitespace: str) -> None:
        if whitespace:
            # An empty line ends a sentence for espeak; every other kind of whitespace is one space.
            self._put("\n\n" if _blank_line(whitespace) else " ")

    def _token(self, token: str, starts: Sequence[int], ends: Sequence[int]) -> None:
        spoken = spelt(token, self._language)
        begin, finish = self._put(self._escaped(spoken))
        first, last = trimmed(token)
        if first < last:
            inner, outer = (starts[first], ends[last - 1]), (starts[0], ends[-1])
            self._note(begin, finish, inner, outer, letters=has_letters(spoken))

    def _note(self, begin: int, finish: int, inner: tuple[int, int], outer: tuple[int, int], *, letters: bool) -> None:
        self._tokens.append(
            Token(
                start=inner[0],
                end=inner[1],
                outer_start=outer[0],
                outer_end=outer[1],
                script_start=begin,
                script_end=finish,
                has_letters=letters,
            )
        )

    def _escaped(self, text: str) -> str:
        return escape(text) if self._ssml else text

    def _put(self, piece: str) -> tuple[int, int]:
        begin = self._length
        self._pieces.append(piece)
        self._length += len(piece)
        return begin, self._length


def _blank_line(whitespace: str) -> bool:
    return whitespace.replace("\r\n", "\n").count("\n") > 1 or "\u2029" in whitespace


def script_of_text(text: str, language: str) -> Script:
    """Make the script of a plain text.

    Raises:
        PermanentError: `nothing_to_speak`.
    """
    writer = ScriptWriter(language, ssml=False)
    writer.text(text, range(len(text)), range(1, len(text) + 1))
    return writer.finished()
