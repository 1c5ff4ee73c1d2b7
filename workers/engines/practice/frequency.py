"""How rare a sentence's rarest word is, in Zipf's scale (see `workers.engines.wordlist`)."""

from __future__ import annotations

import re

from workers.engines.wordlist import shipped_words

_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
#: Learners in Korea know them from Korean, and English texts rarely have them.
_FROM_KOREAN = frozenset({"kimchi"})


def rarest(english: str) -> tuple[str, float] | None:
    """Return the sentence's rarest word and its frequency, None where it has none; names are left out."""
    words = [match[0].lower() for match in _WORD.finditer(english) if not match.start() or match[0].islower()]
    plain = [word.removesuffix("'s") for word in words]
    counted = [(word, shipped_words().zipf(word)) for word in plain if word not in _FROM_KOREAN]
    return min(counted, key=lambda one: one[1]) if counted else None
