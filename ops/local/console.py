"""One log for many processes: whole lines, each after the name of its process."""

from __future__ import annotations

import codecs
import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio import StreamReader
    from typing import TextIO

_CHUNK_BYTES = 65_536
#: A longer line is broken, so that a process that never ends one can't fill the memory.
_LINE_MAX_CHARS = 1_000_000
#: ANSI colours of the prefixes: cyan, yellow, green, magenta, blue.
_COLOURS = (36, 33, 32, 35, 34)
_RESET = "\x1b[0m"


class Console:
    """Writes prefixed lines to one stream. For one thread: that alone keeps lines apart."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._width = len("emulator")
        self._colours: dict[str, int] = {}
        self.is_terminal = stream.isatty()
        self.is_coloured = self.is_terminal and "NO_COLOR" not in os.environ

    def write(self, name: str, line: str) -> None:
        """Write one line of the named process."""
        self._width = max(self._width, len(name))
        prefix = f"{name:<{self._width}} |"
        if self.is_coloured:
            colour = self._colours.setdefault(name, _COLOURS[len(self._colours) % len(_COLOURS)])
            prefix = f"\x1b[{colour}m{prefix}{_RESET}"
        text = f"{prefix} {line}\n"
        # A terminal in a locale without Korean gets question marks and no traceback.
        encoding = self._stream.encoding or "utf-8"
        # Nobody reads any more, which must not keep the processes from being watched and stopped.
        with suppress(OSError):
            self._stream.write(text.encode(encoding, "replace").decode(encoding))
            self._stream.flush()

    async def follow(self, name: str, reader: StreamReader) -> None:
        """Write what the process writes, until it closes its end; what isn't UTF-8 is replaced."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        rest = ""
        # Chunks and not `readline`: that raises on a line of more than 64 KiB.
        while chunk := await reader.read(_CHUNK_BYTES):
            *lines, rest = (rest + decoder.decode(chunk)).split("\n")
            for line in lines:
                self.write(name, line.rstrip("\r"))
            if len(rest) > _LINE_MAX_CHARS:
                self.write(name, rest)
                rest = ""
        rest += decoder.decode(b"", final=True)
        if rest:
            self.write(name, rest)
