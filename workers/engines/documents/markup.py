"""HTML as a stream of tags: no tree is built, so that neither depth nor width of a page costs memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workers.engines.documents.blocks import Reading
from workers.engines.documents.formats import HTML
from workers.engines.documents.seen import SeenParser
from workers.engines.documents.tables import Table

if TYPE_CHECKING:
    from workers.engines.documents.styles import Attributes

#: What is no text, or not of the page itself. Elements of the second sort may be left open by careless pages; the
#: beginning of the page's own part ends them.
_NEVER: Final = {
    "script",
    "style",
    "template",
    "noscript",
    "svg",
    "math",
    "select",
    "textarea",
    "iframe",
    "object",
    "title",
}
_ASIDE: Final = {"nav", "aside", "footer", "button", "menu", "dialog"}
_OWN_PART: Final = {"main", "article", "h1"}
_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_BLOCKS: Final = {
    *(
        "address",
        "article",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
    ),
    *("figure", "footer", "form", "header", "hr", "html", "li", "main", "ol", "p", "pre", "section", "summary"),
    *("table", "caption", "tbody", "thead", "tfoot", "ul"),
}
_ITEMS: Final = {"li", "dd", "dt"}
_CELLS: Final = {"td", "th"}


def read_html(text: str) -> Reading:
    """Read a page's text, without scripts, navigation, what is hidden and other parts that are not the page's own."""
    parser = _Page()
    parser.feed(text)
    parser.close()
    parser.end_block()
    return parser.reading


class _Page(SeenParser):
    """Collects the text between the tags that begin or end a block."""

    def __init__(self) -> None:
        super().__init__()
        self.reading = Reading(HTML)
        self._held: list[str] = []
        self._level: int | None = None
        self._item = False
        self._after_item = False
        self._verbatim = 0
        self._unwanted: list[str] = []
        self._table: Table | None = None

    def begin(self, tag: str, attributes: Attributes) -> None:
        """Begin a block, or something that is left out."""
        if self._skips(tag):
            return
        if tag == "br":
            self._held.append("\n")
        elif tag in _NEVER or tag in _ASIDE:
            self.end_block()
            self._unwanted.append(tag)
        elif tag in _CELLS or tag == "tr":
            self._begin_in_table(tag)
        elif tag in _BLOCKS or tag in _HEADINGS:
            self.end_block()
            self._begin(tag)
        elif tag == "img":
            self._held.append(next((value for name, value in attributes if name == "alt" and value), ""))

    def leave_out(self, tag: str) -> None:
        """End what stands before a block that is left out; a line goes on around a word."""
        if tag in _CELLS or tag == "tr":
            self._end_in_table("tr" if tag == "tr" else "td")
        elif tag in _BLOCKS or tag in _HEADINGS:
            self.end_block()

    def end(self, tag: str) -> None:
        """End a block, or something that is left out."""
        if self._unwanted:
            if tag == self._unwanted[-1] or tag in {"body", "html"}:
                self._unwanted.pop()
        elif tag in _CELLS or tag == "tr":
            self._end_in_table(tag)
        elif tag in _BLOCKS or tag in _HEADINGS:
            self.end_block()
            self._verbatim -= tag == "pre" and self._verbatim > 0
            self._table = None if tag == "table" else self._table

    def words(self, text: str) -> None:
        """Hold text for the block that it is in."""
        if not self._unwanted:
            self._held.append(text if self._verbatim else text.replace("\n", " "))

    def end_block(self) -> None:
        """Add what was collected as a block."""
        text = "".join(self._held)
        self._held.clear()
        if text.strip():
            self.reading.add(
                f"- {text.strip()}" if self._item else text, level=self._level, tight=self._item and self._after_item
            )
            self._after_item = self._item
        self._level, self._item = None, False

    def _skips(self, tag: str) -> bool:
        """Whether a tag is within something unwanted, and not one that is to be closed, too."""
        if self._unwanted and tag in _OWN_PART and self._unwanted[-1] in _ASIDE:
            self._unwanted.clear()  # they were left open
        return bool(self._unwanted) and tag != self._unwanted[-1]

    def _begin(self, tag: str) -> None:
        self._level = _HEADINGS.get(tag)
        self._item = tag in _ITEMS
        self._verbatim += tag == "pre"
        if tag == "table":
            self._table = Table()

    def _begin_in_table(self, tag: str) -> None:
        if self._table is None:
            self._table = Table()
        self._end_in_table("tr" if tag == "tr" else "td")
        if tag in _CELLS:
            self._table.begin_cell(is_header=tag == "th")

    def _end_in_table(self, tag: str) -> None:
        if self._table is None:
            return
        self._table.end_cell("".join(self._held))
        self._held.clear()
        row = self._table.end_row() if tag == "tr" else None
        if row:
            self.reading.add(row, tight=self._table.rows > 1)
