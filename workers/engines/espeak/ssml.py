"""SSML, written afresh as a script for espeak; each word keeps its place in the caller's source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engines.espeak.script import Script, ScriptWriter
from workers.engines.espeak.ssml_tags import markup
from workers.engines.ssml.reader import read_ssml

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from workers.engines.ssml.tags import Tag


def script_of_ssml(source: str, language: str, tag_of: Callable[[str], str]) -> Script:
    """Make the script of an SSML text; `tag_of` turns a BCP 47 tag into espeak's own.

    Raises:
        PermanentError: `invalid_ssml`, `nothing_to_speak`, `unsupported_language`.
    """
    writer = ScriptWriter(language, ssml=True)
    read_ssml(source, _Writer(writer, tag_of))
    return writer.finished()


class _Writer:
    """Implements the reader's Writer."""

    def __init__(self, script: ScriptWriter, tag_of: Callable[[str], str]) -> None:
        self._script = script
        self._tag_of = tag_of

    def open(self, tag: Tag) -> None:
        self._script.markup(markup(tag, self._tag_of)[0])

    def close(self, tag: Tag) -> None:
        self._script.markup(markup(tag, self._tag_of)[1])

    def text(self, run: str, starts: Sequence[int], ends: Sequence[int]) -> None:
        self._script.text(run, starts, ends)

    def substitute(self, tag: Tag, _run: str, starts: Sequence[int], ends: Sequence[int]) -> None:
        self._script.substitute(tag.names["alias"], starts[0], ends[-1])
