"""What CSS hides of a page, as far as it says so simply: in an attribute, or in a rule of its own for a class or an id.

Selectors are not matched. A class or id hides what bears it where a rule for it alone says so and no rule that names
it, be it with others, shows it again: the tab that is open stays.
https://www.w3.org/TR/css-syntax-3/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: A style sheet is read no further than this, in characters.
_MAX_SHEET: Final = 200_000
_BRACE: Final = re.compile(r"[{}]")
#: `.class`, `#id`, or either behind an element's name.
_ALONE: Final = re.compile(r"[a-z][a-z0-9]*(?P<name>[.#][\w-]+)|(?P<bare>[.#][\w-]+)", re.IGNORECASE)
_NAMED: Final = re.compile(r"[.#][\w-]+")
_HIDES: Final = {"display": {"none"}, "visibility": {"hidden", "collapse"}}
#: For other eyes than a reader's.
_SHOWN_ON: Final = re.compile(r"\s*(all|screen)?\s*", re.IGNORECASE)
#: Pages hide themselves as a whole until their scripts have run.
_NEVER_HIDDEN: Final = {"html", "body"}

Attributes = list[tuple[str, str | None]]


class Styles:
    """The style sheets of a page, those above the element that is asked about."""

    def __init__(self) -> None:
        self._hiding: set[str] = set()
        self._showing: set[str] = set()

    def add(self, sheet: str, media: str) -> None:
        """Take the text of a `style` element."""
        if not _SHOWN_ON.fullmatch(media):
            return
        for selectors, declared, is_conditional in _rules(_without_comments(sheet[:_MAX_SHEET])):
            verdict = _verdict(declared)
            if verdict is None:
                continue
            for selector in selectors.split(","):
                alone = _ALONE.fullmatch(selector.strip())
                if not verdict:
                    self._showing.update(_NAMED.findall(selector))
                elif alone and not is_conditional:
                    self._hiding.add(alone["name"] or alone["bare"])

    def hides(self, tag: str, attributes: Attributes) -> bool:
        """Whether an element with these attributes is not seen, nor what is in it."""
        if tag in _NEVER_HIDDEN:
            return False
        given = {name: value or "" for name, value in attributes}
        inline = _verdict(_declarations(_without_comments(given.get("style", ""))))
        if inline is not None:
            return inline
        if given.get("aria-hidden", "").strip().lower() == "true":
            return True
        if "hidden" in given and given["hidden"].strip().lower() != "until-found":
            return True
        names = {f".{name}" for name in given.get("class", "").split()} | {f"#{given.get('id', '').strip()}"}
        return not (names & self._showing) and bool(names & self._hiding)


def _rules(sheet: str) -> Iterator[tuple[str, Mapping[str, str], bool]]:
    """Yield selectors, declarations and whether the rule stands within another, which is a condition."""
    outer: list[str] = []
    at = 0
    for brace in _BRACE.finditer(sheet):
        text, at = sheet[at : brace.start()], brace.end()
        if brace[0] == "{":
            outer.append(text.rpartition(";")[2])
        elif outer:
            selectors = outer.pop()
            yield selectors, _declarations(text), bool(outer)


def _declarations(text: str) -> Mapping[str, str]:
    """Return values by property, the last one of each."""
    parts = (declaration.partition(":") for declaration in text.lower().split(";"))
    return {name.strip(): value.partition("!")[0].strip() for name, _, value in parts}


def _verdict(declared: Mapping[str, str]) -> bool | None:
    """Return whether declarations hide, or show; None where they say nothing of it."""
    said = [declared[name] in values for name, values in _HIDES.items() if name in declared]
    return any(said) if said else None


def _without_comments(text: str) -> str:
    """Return CSS without comments; one that does not end has all that follows."""
    kept, at = [], 0
    while (begin := text.find("/*", at)) >= 0:
        kept.append(text[at:begin])
        end = text.find("*/", begin + 2)
        at = end + 2 if end >= 0 else len(text)
    return " ".join((*kept, text[at:]))
