"""A request as what Polly is to be sent, in the smallest parts that are never cut, each with its place in the text."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from schemas.errors import PermanentError
from workers.engines.polly.cuts import Cut, cuts
from workers.engines.polly.tags import markup
from workers.engines.ssml.reader import read_ssml
from workers.engines.ssml.tags import Tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.kinds.tts import TtsRequest
    from workers.engines.polly.options import VoiceEngine

#: Slower than any voice reads prose at its own speed: Korean and Chinese take 0.2 s a character, English 0.07.
SECONDS_PER_CHARACTER = 0.25
#: "7" is longer than a letter.
_SECONDS_PER_DIGIT = 0.5
_RATES = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "fast": 1.25, "x-fast": 1.75, "default": 1.0}
#: What stands in them is read as one.
_WHOLE = frozenset({"say-as", "w"})


@dataclass(frozen=True, slots=True)
class Atom:
    """A character, a tag, or a substitution."""

    written: str
    """As Polly is sent it."""
    start: int
    """Where it stands in the caller's text; a tag stands nowhere, and has -1."""
    end: int
    characters: int
    """How many characters Polly bills: UTF-16 code units, which is never too few."""
    letters: int
    """How many characters (Unicode code points) are read."""
    seconds: float
    """How long it may last at most, roughly."""
    cut: Cut
    closing: str | None = None
    """Of a tag that is opened: how it is closed, perhaps by nothing."""
    closes: bool = False
    spoken: bool = False


@dataclass(frozen=True)
class Atoms:
    """All of a request's."""

    ssml: bool
    all: tuple[Atom, ...]


def atoms_of(request: TtsRequest, engine: VoiceEngine) -> Atoms:
    """Take a request apart.

    Raises:
        PermanentError: `invalid_ssml`, `nothing_to_speak`.
    """
    writer = _Writer(engine, request.rate, ssml=request.text_type == "ssml" or request.rate != 1.0)
    if request.text_type == "ssml":
        read_ssml(request.text, writer)
    else:
        writer.plain(request.text)
    if not any(atom.spoken for atom in writer.atoms):
        raise PermanentError("nothing_to_speak", "The text holds nothing that a voice could say.")
    return Atoms(ssml=writer.ssml, all=tuple(writer.atoms))


class _Writer:
    """Implements the SSML reader's Writer."""

    def __init__(self, engine: VoiceEngine, rate: float, *, ssml: bool) -> None:
        self.atoms: list[Atom] = []
        self.ssml = ssml
        self._engine = engine
        self._rate = rate
        self._rates = [rate]
        self._whole = 0

    def plain(self, text: str) -> None:
        places = range(len(text) + 1)
        if not self.ssml:
            self.text(text, places[:-1], places[1:])
            return
        speak = Tag(name="speak")
        self.open(speak)
        self.text(text, places[:-1], places[1:])
        self.close(speak)

    def open(self, tag: Tag) -> None:
        if tag.name == "break":
            written, _ = markup(tag, self._engine, self._rate)
            self.atoms.append(Atom(written, -1, -1, 0, 0, tag.pause_ms / 1000, self._cut(Cut.CLAUSE)))
            return
        self._whole += tag.name in _WHOLE
        self._rates.append(self._rate_within(tag))
        self._open(*markup(tag, self._engine, self._rate))
        if tag.name == "speak" and self._rate != 1.0:
            self._open(f'<prosody rate="{round(100 * self._rate)}%">', "</prosody>")

    def close(self, tag: Tag) -> None:
        if tag.name == "break":
            return
        self._rates.pop()
        self._whole -= tag.name in _WHOLE
        if tag.name == "speak" and self._rate != 1.0:
            self._close("</prosody>", Cut.CHARACTER)
        ends = Cut.SENTENCE if tag.name in {"p", "s"} else Cut.CHARACTER
        self._close(markup(tag, self._engine, self._rate)[1], ends)

    def text(self, run: str, starts: Sequence[int], ends: Sequence[int]) -> None:
        """Write words; the end of a run is one of its words' too, as far as is known."""
        for character, cut, start, end in zip(run, cuts(run), starts, ends, strict=True):
            sent = _sendable(character)
            written = escape(sent) if self.ssml else sent
            seconds, spoken = self._seconds(sent), _is_spoken(sent)
            self.atoms.append(Atom(written, start, end, units(sent), 1, seconds, self._cut(cut), spoken=spoken))

    def substitute(self, tag: Tag, run: str, starts: Sequence[int], ends: Sequence[int]) -> None:
        """Write a substitution as one atom; what is billed of it is the longer of the two."""
        sent, alias = "".join(map(_sendable, run)), "".join(map(_sendable, tag.names["alias"]))
        written = f"<sub alias={quoteattr(alias)}>{escape(sent)}</sub>"
        billed, seconds, cut = max(units(sent), units(alias)), self._seconds(alias), self._cut(Cut.CHARACTER)
        spoken = any(map(_is_spoken, alias))
        self.atoms.append(Atom(written, starts[0], ends[-1], billed, len(alias), seconds, cut, spoken=spoken))

    def _open(self, opening: str, closing: str) -> None:
        # Nothing is cut behind a tag that has just been opened: it would be opened in vain.
        self.atoms.append(Atom(opening, -1, -1, 0, 0, 0.0, Cut.NEVER, closing=closing))

    def _close(self, closing: str, cut: Cut) -> None:
        self.atoms.append(Atom(closing, -1, -1, 0, 0, 0.0, self._cut(cut), closes=True))

    def _cut(self, cut: Cut) -> Cut:
        return Cut.NEVER if self._whole else cut

    def _rate_within(self, tag: Tag) -> float:
        if "rate" in tag.percents:
            return max(0.2, tag.percents["rate"] / 100 * self._rate)
        return _RATES.get(tag.names.get("rate", ""), self._rates[-1])

    def _seconds(self, text: str) -> float:
        digits = sum(character.isdigit() for character in text)
        return ((len(text) - digits) * SECONDS_PER_CHARACTER + digits * _SECONDS_PER_DIGIT) / self._rates[-1]


def _sendable(character: str) -> str:
    """The character, or a space for what XML and UTF-8 can't hold: https://www.w3.org/TR/xml/#charsets."""
    category = unicodedata.category(character)
    unknown = category == "Cs" or character in "\ufffe\uffff" or (category == "Cc" and character not in "\t\n\r\x85")
    return " " if unknown else character


def units(text: str) -> int:
    """How many UTF-16 code units a text has."""
    return len(text.encode("utf-16-le")) // 2


def _is_spoken(character: str) -> bool:
    """Whether a voice may say it: neither punctuation nor space nor invisible. Voices name emoji and signs."""
    return unicodedata.category(character)[0] in "LNS"
