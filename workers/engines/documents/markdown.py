"""Markdown (CommonMark and tables) by markdown-it, as the text that a reader would see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workers.engines.documents.blocks import Reading
from workers.engines.documents.formats import MARKDOWN
from workers.engines.documents.markup import read_html
from workers.engines.documents.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\A---\r?\n.*?\r?\n(---|\.\.\.)\r?\n", re.DOTALL)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def read_markdown(text: str) -> Reading:
    """Read a Markdown text; its front matter is left out."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - other formats need none of it

    body = _FRONT_MATTER.sub("", text, count=1)
    parser = MarkdownIt("commonmark").enable("table")
    reader = _Reader()
    for token in parser.parse(body):
        reader.take(token)
    return reader.reading


class _Reader:
    """Makes blocks of markdown-it's flat list of tokens."""

    def __init__(self) -> None:
        self.reading = Reading(MARKDOWN)
        self._level: int | None = None
        self._begins_item = False
        self._after_item = False
        self._table = Table()

    def take(self, token: Token) -> None:
        """Take the next token."""
        match token.type:
            case "heading_open":
                self._level = int(token.tag[1])
            case "list_item_open":
                self._begins_item = True
            case "bullet_list_close" | "ordered_list_close":
                self._after_item = False
            case "table_open":
                self._table = Table()
            case "th_open" | "td_open":
                self._table.begin_cell(is_header=token.type == "th_open")
            case "tr_close":
                self._end_row()
            case "inline":
                self._inline(_shown(token.children or ()))
            case "fence" | "code_block":
                self._add(token.content)
            case "html_block":
                self._add(read_html(token.content).text)

    def _inline(self, text: str) -> None:
        if self._table.is_in_cell:
            self._table.end_cell(text)
        else:
            self._add(text)

    def _add(self, text: str) -> None:
        if self._begins_item:
            self.reading.add(f"- {text}", tight=self._after_item)
        else:
            self.reading.add(text, level=self._level)
        self._after_item = self._begins_item
        self._begins_item, self._level = False, None

    def _end_row(self) -> None:
        row = self._table.end_row()
        if row:
            self.reading.add(row, tight=self._table.rows > 1)


def _shown(children: Iterable[Token]) -> str:
    return "".join(map(_words, children))


def _words(token: Token) -> str:
    match token.type:
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "image":
            return _shown(token.children or ())
        case "html_inline":
            return "\n" if _BREAK.fullmatch(token.content) else ""
        case _:
            return token.content
