"""A page's tags and words as far as they are seen: what is hidden is passed over."""

from __future__ import annotations

from abc import abstractmethod
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from workers.engines.documents.hidden import VOID, Around, Hidden
from workers.engines.documents.styles import Styles

if TYPE_CHECKING:
    from workers.engines.documents.styles import Attributes


class SeenParser(HTMLParser):
    """Passes on the tags and words of a page but for those of elements that are hidden."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._styles = Styles()
        self._sheet: list[str] | None = None
        self._media = ""
        self._around = Around()
        self._hidden: Hidden | None = None

    @abstractmethod
    def begin(self, tag: str, attributes: Attributes) -> None:
        """Take a tag."""

    @abstractmethod
    def end(self, tag: str) -> None:
        """Take an end."""

    @abstractmethod
    def words(self, text: str) -> None:
        """Take text."""

    @abstractmethod
    def leave_out(self, tag: str) -> None:
        """Take note that there is an element here that is not seen."""

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Pass a tag on, where it is seen."""
        if self._hidden and self._hidden.takes_start(tag):
            return
        self._hidden = None
        self._around.begin(tag)
        if self._styles.hides(tag, attrs):
            self.leave_out(tag)
            self._hidden = None if tag in VOID else Hidden(tag)
            return
        if tag == "style":
            self._sheet = []
            self._media = next((value or "" for name, value in attrs if name == "media"), "")
        self.begin(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        """Take `<script/>` and `<div/>` for beginnings, as HTML does; void elements have no end anyway."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Pass an end on, where it is of something that is seen."""
        if tag == "style" and self._sheet is not None:
            self._styles.add("".join(self._sheet), self._media)
            self._sheet = None
        within = self._hidden is not None and self._hidden.takes_end(tag, self._around)
        if self._hidden and (self._hidden.is_over or not within):
            self._around.end(self._hidden.tag)
            self._hidden = None
        if not within:
            self._around.end(tag)
            self.end(tag)

    def handle_data(self, data: str) -> None:
        """Pass words on, where they are seen; those of a style sheet are kept for what they hide."""
        if self._sheet is not None:
            self._sheet.append(data)
        if not self._hidden:
            self.words(data)
