"""What the command line writes: results on stdout, all else on stderr; 80 columns, colours on terminals only."""

from __future__ import annotations

import json
import sys
import unicodedata
from enum import IntEnum
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from rich.console import Console, ConsoleDimensions
from rich.segment import Segment

from ops.cli.wording import filled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import ConsoleOptions, RenderableType

WIDTH = 80

#: Lines, and the joiners that Persian, Hindi and families of emoji are written with.
_ALLOWED = frozenset("\n\u200c\u200d")


class Exit(IntEnum):
    """What a command's exit status says; numbers from 64 on are those of sysexits.h."""

    OK = 0
    JOB_FAILED = 1
    USAGE = 2
    REFUSED = 65
    NO_SUCH_JOB = 66
    UNAVAILABLE = 69
    STILL_OPEN = 75
    INTERRUPTED = 130


#: For the end of a command's help. The \b keeps the lines as they are.
EXIT_CODES = """\b
Exit codes:
0 done  ·  1 the job failed, was dead-lettered or cancelled
2 usage, settings or credentials  ·  65 the request is refused
66 no such job  ·  69 API or AWS out of reach
75 waited too long: the job is still open  ·  130 interrupted, 143 terminated"""


def command_line(**settings: Any) -> typer.Typer:  # noqa: ANN401 - Typer's own
    """Return the start of a command line as all of ours are: 80 columns, `-h`, plain text, no frames in errors."""
    return typer.Typer(
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": WIDTH},
        **settings,
    )


class _Screen(Console):
    """As wide as the terminal is at the moment, 80 columns at most."""

    @property
    def size(self) -> ConsoleDimensions:
        """Width and height, in characters; asked for anew each time, as a window may be resized."""
        width, height = super().size
        return ConsoleDimensions(min(WIDTH, width) if self.is_terminal else WIDTH, height)

    @size.setter
    def size(self, new_size: tuple[int, int]) -> None:
        self.width, self.height = new_size


class Cropped:
    """A table of 80 columns of which a narrower terminal shows the left: squeezed, its columns could not be read.

    For what is drawn again and again: a line that a terminal wraps would be drawn over the wrong one.
    """

    def __init__(self, inner: RenderableType) -> None:
        self._inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        # Room for the `^C` that a terminal shows at the end: wrapped, it would move all one line down.
        width = min(WIDTH, options.max_width) - len("^C")
        for line in console.render_lines(self._inner, options.update(width=WIDTH), pad=False):
            yield from Segment.adjust_line_length(line, width, pad=False)
            yield Segment.line()


def out() -> Console:
    """Return the console for results: 80 columns, which a narrower terminal wraps."""
    console = _console(stderr=False)
    console.width = WIDTH
    return console


def err() -> Console:
    """Return the console for progress and errors."""
    return _console(stderr=True)


def board() -> Console:
    """Return the console for results that are drawn again and again, where `is_interactive`."""
    return _console(stderr=False)


def _console(*, stderr: bool) -> Console:
    # Made for each use: the streams are those of the moment. No markup or emoji: what is shown is others' text.
    return _Screen(stderr=stderr, markup=False, emoji=False, highlight=False, soft_wrap=False)


def fail(message: str, hint: str | None = None, code: int = Exit.JOB_FAILED) -> NoReturn:
    """Say on stderr what went wrong and what to do about it, and end the command."""
    console = err()
    console.print(printable(message), style="bold red")
    if hint:
        console.print(filled(printable(hint), WIDTH), soft_wrap=True)
    raise typer.Exit(int(code))


def printable(text: str) -> str:
    """Return the text with its control characters made visible: nothing that is shown may drive the terminal."""
    return "".join(character if _is_harmless(character) else "\N{REPLACEMENT CHARACTER}" for character in text)


def _is_harmless(character: str) -> bool:
    # Cc: escape sequences; Cf has those that reverse the direction of writing; Cs can't be encoded.
    return character in _ALLOWED or unicodedata.category(character) not in {"Cc", "Cf", "Cs"}


def print_line(text: str) -> None:
    """Print a line for a program to read: never wrapped."""
    sys.stdout.write(f"{printable(text)}\n")


def print_json(document: Any) -> None:  # noqa: ANN401 - any JSON
    """Print a document for a program to read; on a terminal too it is plain."""
    _write_json(document, indent=2)


def print_json_line(document: Any) -> None:  # noqa: ANN401 - any JSON
    """Print a document for a program that reads line by line."""
    _write_json(document, indent=None)


def _write_json(document: Any, *, indent: int | None) -> None:  # noqa: ANN401 - any JSON
    """Write a document as it is, whoever reads it: what could drive a terminal is escaped, not replaced."""
    text = json.dumps(document, ensure_ascii=False, indent=indent)
    sys.stdout.write("".join(c if _is_harmless(c) else _escaped(c) for c in text) + "\n")


def _escaped(character: str) -> str:
    """Return the character as JSON escapes it."""
    return json.dumps(character)[1:-1] if not character.isascii() else f"\\u{ord(character):04x}"
