"""How rare a sentence's rarest word is.

Zipf frequency: the logarithm of how often a word occurs in a thousand million words; 3 is once in a million, 6 once in
a thousand (van Heuven et al. 2014, "SUBTLEX-UK"). Counted by `wordfreq` (Speer 2022,
https://doi.org/10.5281/zenodo.7199437).
"""

from __future__ import annotations

import re

from wordfreq import zipf_frequency

_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
#: Learners in Korea know them from Korean, and English texts rarely have them.
_FROM_KOREAN = frozenset({"kimchi"})


def rarest(english: str) -> tuple[str, float] | None:
    """Return the sentence's rarest word and its frequency, None where it has none; names are left out."""
    words = [match[0].lower() for match in _WORD.finditer(english) if not match.start() or match[0].islower()]
    plain = [word.removesuffix("'s") for word in words]
    counted = [(word, zipf_frequency(word, "en")) for word in plain if word not in _FROM_KOREAN]
    return min(counted, key=lambda one: one[1]) if counted else None
