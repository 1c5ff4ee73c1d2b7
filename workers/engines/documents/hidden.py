"""Where in a stream of tags an element that is not to be read ends, without a tree of the page.

Its own end ends it, or what ends it in HTML where that is left out: the next item after an item, a block after a
paragraph, the end of an element around it. https://html.spec.whatwg.org/multipage/syntax.html#optional-tags
"""

from __future__ import annotations

from collections import Counter
from typing import Final

VOID: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_SECTIONS: Final = frozenset({"tbody", "thead", "tfoot"})
_ROWS: Final = _SECTIONS | {"tr"}
_CELLS: Final = _ROWS | {"td", "th"}
_BESIDE_A_PARAGRAPH: Final = frozenset(
    {
        *("address", "article", "aside", "blockquote", "details", "div", "dl", "fieldset", "figure", "footer", "form"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "menu", "nav", "ol", "p", "pre", "section"),
        *("table", "ul"),
    }
)
#: Elements whose end may be left out, and the tags that begin behind them then.
_ENDED_BY: Final = {
    "p": _BESIDE_A_PARAGRAPH,
    "li": frozenset({"li"}),
    **dict.fromkeys(("dt", "dd"), frozenset({"dt", "dd"})),
    **dict.fromkeys(("td", "th"), _CELLS),
    "tr": _ROWS,
    **dict.fromkeys(_SECTIONS, _SECTIONS),
    **dict.fromkeys(("option", "optgroup"), frozenset({"option", "optgroup"})),
}


class Around:
    """How many elements of each sort are open around what is read."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    def begin(self, tag: str) -> None:
        """Take note of a tag; of none whose end may be left out, as nobody would count it."""
        if tag not in VOID and tag not in _ENDED_BY:
            self._open[tag] += 1

    def end(self, tag: str) -> None:
        """Take note of an end."""
        if self._open[tag]:
            self._open[tag] -= 1

    def has(self, tag: str) -> bool:
        """Whether such an element is open."""
        return self._open[tag] > 0


class Hidden:
    """An element that is not to be read: every tag until its end is shown to it."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self._open = [tag]
        self._inside = Counter(self._open)

    def takes_start(self, tag: str) -> bool:
        """Whether a tag begins within it; otherwise it has ended before."""
        while self._open and tag in _ENDED_BY.get(self._open[-1], ()):
            self._pop()
        if self._open and tag not in VOID:
            self._open.append(tag)
            self._inside[tag] += 1
        return bool(self._open)

    def takes_end(self, tag: str, around: Around) -> bool:
        """Whether an end is within it, or of nothing; otherwise that of an element around it has ended it, too."""
        if self._inside[tag]:
            while self._pop() != tag:
                pass
            return True
        return not around.has(tag)

    @property
    def is_over(self) -> bool:
        """Whether its own end has come."""
        return not self._open

    def _pop(self) -> str:
        tag = self._open.pop()
        self._inside[tag] -= 1
        return tag
