"""All that a text shows of feeling, whichever of our languages its words are of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workers.engines.lexicon.emoji import emoji_hits
from workers.engines.lexicon.english import english_hits
from workers.engines.lexicon.korean import korean_hits

if TYPE_CHECKING:
    from workers.engines.lexicon.hits import Hit

_LATIN = re.compile("[A-Za-z]{2}")
_HANGUL = re.compile("[가-힣ㄱ-ㅎㅏ-ㅣ]")
#: Languages that have a lexicon here.
LEXICONS = frozenset({"en", "ko"})


def hits(text: str, language: str | None) -> list[Hit]:
    """Find every sign of feeling, in order; a Korean chat may have English words, and the other way round.

    Args:
        text: any.
        language: primary subtag; for one without a lexicon emoji alone are looked at. None has the letters decide.
    """
    known = language is None or language in LEXICONS
    words = [*english_hits(text)] if known and _LATIN.search(text) else []
    if known and _HANGUL.search(text):
        words += korean_hits(text)
    taken = {index for hit in words for index in range(hit.start, hit.end)}
    return sorted([*words, *(hit for hit in emoji_hits(text) if hit.start not in taken)], key=lambda hit: hit.start)
