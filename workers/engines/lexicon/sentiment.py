"""How a text feels, all in all: positive, negative, neutral or mixed, in shares that add up to 1."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from schemas.kinds.analysis import Sentiment
from workers.engines.lexicon.feelings import hits

if TYPE_CHECKING:
    from workers.engines.lexicon.hits import Hit

#: Words after which the point comes: what stands before them counts less.
_CONTRAST = re.compile(
    r"\b(?:but|however|though|although|yet)\b"
    r"|(?<=[가-힣])지만(?![가-힣])|(?<=[가-힣])(?:는|은|ㄴ|한|던|인|린|쁜|픈|운"
    r"|른|긴|진|난|간|온|준|본)데(?![가-힣])"
    r"|(?:^|\s)(?:근데|그런데|하지만|그래도|그렇지만|그치만)(?![가-힣])",
    re.IGNORECASE,
)
_BEFORE_CONTRAST = 0.85
_NEUTRAL = 0.75
#: How much of both there must be for them to count as mixed; signs do not make a text mixed.
_MIXED = 0.95
_EXCLAIMED = 0.1
_MOST_EXCLAIMED = 3


def sentiment(text: str, language: str | None) -> Sentiment:
    """Judge a text by the words and signs of our lexicons.

    What is good and what is bad are added up; what of both is level counts as mixed. The largest share is the label.
    """
    found = hits(text, language)
    turn = next((match.start() for match in reversed(list(_CONTRAST.finditer(text)))), 0)
    good = _sum(found, turn, 1)
    bad = _sum(found, turn, -1)
    loud = 1 + _EXCLAIMED * min(text.count("!"), _MOST_EXCLAIMED)
    both = min(_words(found, 1), _words(found, -1), good, bad)
    return _shares(loud * max(0.0, good - both), loud * max(0.0, bad - both), 2 * _MIXED * both)


def _sum(found: list[Hit], turn: int, sign: int) -> float:
    return sum(
        abs(hit.valence) * (_BEFORE_CONTRAST if hit.start < turn else 1.0) for hit in found if hit.valence * sign > 0
    )


def _words(found: list[Hit], sign: int) -> float:
    return sum(abs(hit.valence) for hit in found if hit.valence * sign > 0 and not hit.is_sign)


def _shares(good: float, bad: float, both: float) -> Sentiment:
    total = good + bad + both + _NEUTRAL
    shares = {
        "positive": round(good / total, 4),
        "negative": round(bad / total, 4),
        "mixed": round(both / total, 4),
    }
    shares["neutral"] = round(1 - sum(shares.values()), 4)
    label = max(("neutral", "positive", "negative", "mixed"), key=lambda name: shares[name])
    return Sentiment.model_validate({"label": label, **shares})
