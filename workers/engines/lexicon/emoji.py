"""Emoji and other signs of feeling, the same in every language."""

from __future__ import annotations

import re
from functools import cache

from workers.engines.lexicon.hits import Hit, entries


@cache
def _pattern() -> re.Pattern[str]:
    signs = sorted(entries("emoji"), key=len, reverse=True)
    return re.compile("|".join(re.escape(sign) for sign in signs))


def emoji_hits(text: str) -> list[Hit]:
    """Find signs; of one that is repeated the later ones count less."""
    found: list[Hit] = []
    seen: dict[str, int] = {}
    for match in _pattern().finditer(text):
        seen[match[0]] = seen.get(match[0], 0) + 1
        entry = entries("emoji")[match[0]]
        found.append(Hit(*match.span(), entry.valence / seen[match[0]], entry.emotion, is_sign=True))
    return found
