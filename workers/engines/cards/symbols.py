"""The symbols that picture cards are composed of: `symbols/<name>.svg`, described in `symbols/<group>.toml`.

A symbol's units are the scene's: an adult is 400 tall, a card 1024 x 768. Origin at the top left, y downwards.
What has a front looks to the right; mirror it to look to the left.
In a symbol's file `class="red"` is a fill of the palette and `class="line-red"` a stroke without a fill. `main`,
`second` and others are roles: a symbol's description says their colours, and a caller may choose others. Shades of
roles follow (`main-dark`). `<g class="front">`, at the end of the file, is drawn over what is in the symbol.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from schemas.model import Model
from workers.engines.cards.facts import Facts
from workers.engines.cards.painting import painted

_FILES = Path(__file__).with_name("symbols")
_FORM = re.compile(
    r'\s*<svg xmlns="http://www\.w3\.org/2000/svg" viewBox="0 0 (?P<width>[\d.]+) (?P<height>[\d.]+)">'
    r'(?P<back>.*?)(?:<g class="front">(?P<front>.*)</g>)?\s*</svg>\s*',
    re.DOTALL,
)


class Painted(Model):
    """A symbol's SVG markup in the colours asked for, without `<svg>`; what is in it goes between both."""

    back: str
    front: str


class Symbol(Model):
    """A drawing and what is known about it."""

    name: str
    group: str
    width: float
    height: float
    facts: Facts
    back: str
    """Markup with classes instead of colours."""
    front: str

    @property
    def label(self) -> str:
        """The word for it."""
        return self.facts.words[0]

    @property
    def ground(self) -> float:
        """The y of its base line, in its own units."""
        return self.height if self.facts.ground is None else self.facts.ground

    def painted(self, **roles: str) -> Painted:
        """Return its markup in colours; roles that are not given have the description's.

        Args:
            roles: Names of the palette by role, for example `main="red"`; roles that it does not have are ignored.

        Raises:
            KeyError: The palette has no such colour.
        """
        return _painted(self.name, tuple(sorted((self.facts.colours | roles).items())))


@cache
def symbols() -> dict[str, Symbol]:
    """Return every symbol by its name.

    Raises:
        ValueError: A file has another form than a symbol's, or a description is wrong.
    """
    described = {
        name: (path.stem, Facts(**facts))
        for path in sorted(_FILES.glob("*.toml"))
        for name, facts in tomllib.loads(path.read_text(encoding="utf-8")).items()
    }
    return {name: _symbol(name, group, facts) for name, (group, facts) in described.items()}


@cache
def symbol_words() -> dict[str, str]:
    """Return the names of symbols by their words (lower case, English lemmas and Korean), without variants."""
    found = [symbol for symbol in symbols().values() if symbol.facts.variant_of is None]
    return {word: symbol.name for symbol in found for word in (*symbol.facts.words, *symbol.facts.korean)}


def symbol_of(word: str, pose: str = "") -> Symbol | None:
    """Return the symbol for a word, in a pose (a verb's lemma) if it has a variant for it; None if there is none."""
    name = symbol_words().get(word.casefold())
    variants = (s for s in symbols().values() if s.facts.variant_of == name and pose in s.facts.poses)
    return None if name is None else next(variants, symbols()[name])


def _symbol(name: str, group: str, facts: Facts) -> Symbol:
    form = _FORM.fullmatch((_FILES / f"{name}.svg").read_text(encoding="utf-8"))
    if form is None:
        raise ValueError(f"symbols/{name}.svg is no symbol")
    width, height = float(form["width"]), float(form["height"])
    return Symbol(
        name=name, group=group, width=width, height=height, facts=facts, back=form["back"], front=form["front"] or ""
    )


@cache
def _painted(name: str, roles: tuple[tuple[str, str], ...]) -> Painted:
    symbol, chosen = symbols()[name], dict(roles)
    return Painted(back=painted(symbol.back, chosen), front=painted(symbol.front, chosen))
