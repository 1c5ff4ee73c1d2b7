"""Which emotions a text shows; every analysis engine takes them from here."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from schemas.kinds.analysis import Emotion, Emotions
from schemas.media import primary_language
from workers.engines.lexicon.feelings import hits

if TYPE_CHECKING:
    from workers.engines.lexicon.hits import Hit

#: Weight of showing nothing; a single strong word is about four times that.
_NOTHING = 0.6
#: What a word counts whose valence is nearly nothing, such as one of surprise.
_LEAST = 1.0
#: What a feeling word counts towards that has no emotion of its own.
_UNNAMED = 0.3
_SHOWN = 0.05


def emotions(text: str, language: str | None) -> Emotions:
    """Say which emotions the text shows, by the words and signs of our lexicons.

    Args:
        text: any text.
        language: a BCP 47 tag; None has the letters decide. English and Korean words are known, emoji everywhere.

    Returns:
        Shares of the emotions that show; what is missing to 1 is how little there was to go by.
    """
    weights: Counter[Emotion] = Counter()
    for hit in hits(text, primary_language(language) if language else None):
        emotion, weight = _counted(hit)
        weights[emotion] += weight  # type: ignore[assignment]  # counters of floats
    total = sum(weights.values()) + _NOTHING
    shares = {
        emotion: round(weight / total, 4) for emotion, weight in weights.most_common() if weight / total >= _SHOWN
    }
    return Emotions(label=next(iter(shares), "neutral"), scores=shares)


def _counted(hit: Hit) -> tuple[Emotion, float]:
    if hit.emotion is not None:
        return hit.emotion, max(abs(hit.valence), _LEAST if hit.emotion == "surprise" else 0.0)
    return ("joy" if hit.valence > 0 else "sadness"), abs(hit.valence) * _UNNAMED
