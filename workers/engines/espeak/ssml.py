"""SSML, read strictly and written afresh as a script; each word keeps its place in the caller's source."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from workers.engines.espeak.script import Script, ScriptWriter
from workers.engines.espeak.ssml_tags import ALLOWED, MAX_ALIAS_CHARACTERS, MAX_DEPTH, Markup, invalid, markup

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_PAUSE_MS = 300_000
_TAG_SHOWN = 32
_XML = "{http://www.w3.org/XML/1998/namespace}"
_SSML = "{http://www.w3.org/2001/10/synthesis}"


def script_of_ssml(source: str, language: str, tag_of: Callable[[str], str]) -> Script:
    """Make the script of an SSML text; `tag_of` turns a BCP 47 tag into espeak's own.

    Raises:
        PermanentError: `invalid_ssml`, `nothing_to_speak`, `unsupported_language`.
    """
    from defusedxml import DefusedXmlException  # noqa: PLC0415 - only the worker that speaks has it
    from defusedxml.ElementTree import DefusedXMLParser  # noqa: PLC0415

    reader = _Reader(source, language, tag_of)
    parser = DefusedXMLParser(target=reader, encoding="utf-8", forbid_dtd=True)
    # Otherwise runs are joined, and where their characters came from is lost.
    parser.parser.buffer_text = False
    reader.byte_index = lambda: parser.parser.CurrentByteIndex
    try:
        parser.feed(reader.data_bytes)
        parser.close()
    except DefusedXmlException as error:
        raise invalid("SSML takes no document type and no entities of its own.") from error
    except ParseError as error:
        line, column = error.position
        raise invalid(f"The SSML is not well-formed XML: see line {line}, column {column + 1}.") from error
    return reader.writer.finished()


class _Offsets:
    """From byte indexes of the UTF-8 source, which expat counts in, to characters."""

    def __init__(self, source: str) -> None:
        self.data = source.encode()
        self._starts: list[int] = []
        for index, character in enumerate(source):
            self._starts += [index] * len(character.encode())
        self._starts.append(len(source))

    def character(self, byte_index: int) -> int:
        return self._starts[min(max(byte_index, 0), len(self._starts) - 1)]


class _Reader:
    """The parser's target: `start`, `end`, `data`, `comment` and `pi` are called as the source is read."""

    def __init__(self, source: str, language: str, tag_of: Callable[[str], str]) -> None:
        try:
            self._offsets = _Offsets(source)
        except UnicodeEncodeError as error:
            raise invalid("The SSML holds half of a surrogate pair, which is no character.") from error
        self.data_bytes = self._offsets.data
        self.byte_index: Callable[[], int] = lambda: 0
        self.writer = ScriptWriter(language, ssml=True)
        self._source = source
        self._tag_of = tag_of
        self._open: list[tuple[str, Markup]] = []
        self._alias: str | None = None
        self._run: list[tuple[str, int, int]] = []
        self._pause_ms = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.removeprefix(_SSML)
        self._check_place(tag)
        self._flush()
        names = {key.replace(_XML, "xml:"): value for key, value in attributes.items()}
        written = markup(tag, names, self._tag_of)
        self._count_pause(written.pause_ms)
        if tag == "sub":
            self._alias = _alias(names)
        self._open.append((tag, written))
        self.writer.markup(written.opening)

    def end(self, _name: str) -> None:
        tag, written = self._open.pop()
        if tag == "sub":
            self._substitute()
        self._flush()
        self.writer.markup(written.closing)

    def data(self, text: str) -> None:
        """Take characters; expat hands over an entity or a line's end alone, anything else as it stands."""
        start = self._offsets.character(self.byte_index())
        if self._source.startswith(text, start):
            self._run += [(character, start + i, start + i + 1) for i, character in enumerate(text)]
            return
        end = self._source.find(";", start) + 1 if self._source.startswith("&", start) else start + 1
        self._run += [(character, start, end) for character in text]

    def comment(self, _text: str) -> None:
        """Leave comments out; they divide words like a tag does."""
        self._flush()

    def pi(self, _target: str, _data: str) -> None:
        raise invalid("SSML takes no processing instructions.")

    def close(self) -> None:
        """Be done; the parser wants it of a target."""

    def _check_place(self, tag: str) -> None:
        if tag not in ALLOWED:
            raise invalid(f"<{_shown(tag)}> is not allowed. Allowed are {', '.join(ALLOWED)}.")
        if (tag == "speak") != (not self._open):
            raise invalid("SSML is one <speak> with everything else in it.")
        if self._alias is not None:
            raise invalid("<sub> holds text alone.")
        if self._open and self._open[-1][0] == "break":
            raise invalid("<break> is empty.")
        if len(self._open) >= MAX_DEPTH:
            raise invalid(f"Tags are nested {MAX_DEPTH} deep at most.")

    def _count_pause(self, pause_ms: int) -> None:
        self._pause_ms += pause_ms
        if self._pause_ms > MAX_PAUSE_MS:
            raise invalid(f"All <break> together last {MAX_PAUSE_MS // 1000} s at most.")

    def _substitute(self) -> None:
        alias, self._alias = self._alias or "", None
        if self._run:
            self.writer.substitute(alias, self._run[0][1], self._run[-1][2])
        self._run.clear()

    def _flush(self) -> None:
        if self._run:
            characters, starts, ends = zip(*self._run, strict=True)
            self.writer.text("".join(characters), starts, ends)
            self._run.clear()


def _alias(attributes: dict[str, str]) -> str:
    alias = attributes.get("alias")
    if alias is None:
        raise invalid("<sub> needs the attribute alias.")
    if len(alias) > MAX_ALIAS_CHARACTERS:
        raise invalid(f"The alias of <sub> is {MAX_ALIAS_CHARACTERS} characters long at most.")
    return alias


def _shown(tag: str) -> str:
    """A refused tag's name, short and harmless: it goes into an error's message."""
    return "".join(character for character in tag if character.isalnum() or character in "-_:.")[:_TAG_SHOWN]
