"""SSML, read strictly and handed to a writer; each word keeps its place in the caller's source."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol
from xml.etree.ElementTree import ParseError

from workers.engines.ssml.tags import ALLOWED, MAX_DEPTH, Tag, checked, invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MAX_PAUSE_MS = 300_000
_TAG_SHOWN = 32
_ENTITY = re.compile(r"&(?:[a-z]+|#\d+|#x[0-9A-Fa-f]+);", re.ASCII)
_XML = "{http://www.w3.org/XML/1998/namespace}"
_SSML = "{http://www.w3.org/2001/10/synthesis}"


class Writer(Protocol):
    """Writes what is read; positions are indexes of characters (Unicode code points) in the caller's source."""

    def open(self, tag: Tag) -> None:
        """Write a tag's beginning; of `break`, which is empty, all."""

    def close(self, tag: Tag) -> None:
        """Write a tag's end."""

    def text(self, run: str, starts: Sequence[int], ends: Sequence[int]) -> None:
        """Write words; `starts[i]` and `ends[i]` say where the run's character `i` stands."""

    def substitute(self, tag: Tag, run: str, starts: Sequence[int], ends: Sequence[int]) -> None:
        """Write a `sub` with its words; it is neither opened nor closed."""


def read_ssml(source: str, writer: Writer) -> None:
    """Read an SSML text.

    Raises:
        PermanentError: `invalid_ssml`, and what the writer raises.
    """
    from defusedxml import DefusedXmlException  # noqa: PLC0415 - only the worker that speaks has it
    from defusedxml.ElementTree import DefusedXMLParser  # noqa: PLC0415

    reader = _Reader(source, writer)
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

    def __init__(self, source: str, writer: Writer) -> None:
        try:
            self._offsets = _Offsets(source)
        except UnicodeEncodeError as error:
            raise invalid("The SSML holds half of a surrogate pair, which is no character.") from error
        self.data_bytes = self._offsets.data
        self.byte_index: Callable[[], int] = lambda: 0
        self._writer = writer
        self._source = source
        self._open: list[Tag] = []
        self._run: list[tuple[str, int, int]] = []
        self._pause_ms = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.removeprefix(_SSML)
        self._check_place(tag)
        self._flush()
        opened = checked(tag, {key.replace(_XML, "xml:"): value for key, value in attributes.items()})
        self._count_pause(opened.pause_ms)
        self._open.append(opened)
        if tag != "sub":
            self._writer.open(opened)

    def end(self, _name: str) -> None:
        if self._open[-1].name == "sub":
            self._flush()
            self._open.pop()
            return
        self._flush()
        self._writer.close(self._open.pop())

    def data(self, text: str) -> None:
        """Take characters; expat hands over an entity or a line's end alone, anything else as it stands."""
        start = self._offsets.character(self.byte_index())
        entity = _ENTITY.match(self._source, start) if len(text) == 1 else None
        if entity is None and self._source.startswith(text, start):
            self._run += [(character, start + i, start + i + 1) for i, character in enumerate(text)]
            return
        end = start + 1 if entity is None else entity.end()
        self._run += [(character, start, end) for character in text]

    def comment(self, _text: str) -> None:
        """Leave comments out; they divide words like a tag does."""
        if not (self._open and self._open[-1].name == "sub"):
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
        if self._open and self._open[-1].name == "sub":
            raise invalid("<sub> holds text alone.")
        if self._open and self._open[-1].name == "break":
            raise invalid("<break> is empty.")
        if len(self._open) >= MAX_DEPTH:
            raise invalid(f"Tags are nested {MAX_DEPTH} deep at most.")

    def _count_pause(self, pause_ms: int) -> None:
        self._pause_ms += pause_ms
        if self._pause_ms > MAX_PAUSE_MS:
            raise invalid(f"All <break> together last {MAX_PAUSE_MS // 1000} s at most.")

    def _flush(self) -> None:
        if not self._run:
            return
        characters, starts, ends = zip(*self._run, strict=True)
        self._run.clear()
        if self._open and self._open[-1].name == "sub":
            self._writer.substitute(self._open[-1], "".join(characters), starts, ends)
        else:
            self._writer.text("".join(characters), starts, ends)


def _shown(tag: str) -> str:
    """A refused tag's name, short and harmless: it goes into an error's message."""
    return "".join(character for character in tag if character.isalnum() or character in "-_:.")[:_TAG_SHOWN]
