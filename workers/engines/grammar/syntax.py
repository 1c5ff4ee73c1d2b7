r"""How patterns are written: what stands in a sentence, and what to write instead.

    =enjoy|finish [ to VB ] -> LAST.VBG

A pattern's elements stand for one word each:

- `to|for`: one of these words; `VB|NN*`: one of these tags, `NN*` for all that begin so; `_`: any word;
- `=enjoy|finish`: any form of these verbs or nouns; `@seasons`: a word of that list (see `rules.toml`);
- `^` and `$`: before the first word and after the last;
- `..`: up to eight words of the same clause; `...`: up to twelve of any;
- `!x`: not x; `x&y`: both; `x?`: or nothing; `x~`: up to four of them, or none;
- `[` `]`: around what is replaced; without elements between them, where something is put.

The replacement has alternatives, between ` / `: words, `FIRST` and `LAST` for the first and the last of what is
replaced, `\3` for the third element of the pattern, `LAST.VBG` for a form of it (see `forms.py`), `@list` for each of
its words, `a~` for a or an. Without words it leaves out what is replaced.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workers.engines.grammar.forms import all_forms
from workers.engines.grammar.pattern import GAPS, Clause, Element, Pattern
from workers.engines.grammar.words import END, START

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TAGS = re.findall(
    r"\S+",
    "CC CD DT EX FW IN JJ JJR JJS LS MD NN NNP NNPS NNS PDT POS PRP PRP$ RB RBR RBS RP SYM TO UH VB VBD VBG VBN VBP VBZ"
    " WDT WP WP$ WRB YEAR",
)
#: How many words `~` stands for, at most.
_REPEATED = 4


def compiled(source: str, lists: Mapping[str, Sequence[str]]) -> Pattern:
    """Compile a pattern.

    Raises:
        KeyError: there is no such list.
        ValueError: it is no pattern.
    """
    left, arrow, right = source.partition("->")
    symbols = left.split()
    if not arrow or symbols.count("[") != 1 or symbols.count("]") != 1:
        raise ValueError(f"not a pattern: {source}")
    opens = symbols.index("[")
    closes = symbols.index("]") - 1
    elements = tuple(_element(symbol, lists) for symbol in symbols if symbol not in {"[", "]"})
    replacements = [part.strip() for part in right.split(" / ")]
    texts = tuple(text for part in replacements for text in _spread(part, lists))
    needs = sorted({element.needs for element in elements if element.needs}, key=len)
    return Pattern(elements, opens, closes, texts, tuple(needs))


def _spread(replacement: str, lists: Mapping[str, Sequence[str]]) -> Sequence[str]:
    return lists[replacement[1:]] if replacement.startswith("@") else [replacement]


def _element(symbol: str, lists: Mapping[str, Sequence[str]]) -> Element:
    if symbol in GAPS:
        return Element((), gap=symbol)
    least, most = {"?": (0, 1), "~": (0, _REPEATED)}.get(symbol[-1] if len(symbol) > 1 else "", (1, 1))
    parts = symbol[:-1] if least == 0 else symbol
    return Element(tuple(_clause(part, lists) for part in parts.split("&")), least, most)


def _clause(source: str, lists: Mapping[str, Sequence[str]]) -> Clause:
    negated = source.startswith("!") and len(source) > 1
    atoms = source.removeprefix("!") if negated else source
    inflected = atoms.startswith("=")
    words: set[str] = set()
    tags: set[str] = set()
    for atom in atoms.removeprefix("=").split("|"):
        if atom == "_":
            return Clause(frozenset(), frozenset(), negated=not negated)
        if atom in {"^", "$"}:
            words.add({"^": START, "$": END}[atom])
        elif atom.startswith("@"):
            words.update(lists[atom[1:]])
        elif atom.isupper() and len(atom) > 1:
            tags.update(tag for tag in _TAGS if tag == atom or (atom[-1] == "*" and tag.startswith(atom[:-1])))
        else:
            words.update(all_forms(atom) if inflected else {atom})
    return Clause(frozenset(words), frozenset(tags), negated)
