"""How likely a string of words is in English, by the trigram model that comes with pocketsphinx (about 20,000 words).

Corrections are judged by it as in C. Bryant and T. Briscoe, "Language Model Based Grammatical Error Correction without
Annotated Training Data" (2018).
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+")
#: Its logarithms are to the base 1.0001.
_NATS = 0.0001
#: Of a word that it does not know; all the same whatever stands around it.
_UNKNOWN = -13.0


class Fluency:
    """Log-probabilities, in nats."""

    def __init__(self, model: Any) -> None:  # noqa: ANN401 - pocketsphinx publishes no types
        self._model = model

    def frequency(self, word: str) -> float:
        """Return the log-probability of a word in small letters by itself."""
        return float(self._model.prob([word])) * _NATS

    def knows(self, word: str) -> bool:
        """Whether a word in small letters is in its vocabulary."""
        return self.frequency(word) > -100  # noqa: PLR2004 - one that is not has -53,687

    def of(self, text: str) -> float:
        """Return the log-probability of a sentence's words; signs and capitals do not matter."""
        words = _WORD.findall(text.lower().replace("\u2019", "'"))
        return self.of_words([*words, "</s>"])

    def of_words(self, words: Sequence[str]) -> float:
        """The same of words in small letters."""
        total = 0.0
        history: list[str] = ["<s>"]
        for word in words:
            if self.knows(word):
                total += self._model.prob([word, *history]) * _NATS
                history = [word, *history[:1]]
            else:
                total += _UNKNOWN
                history = []
        return total


@cache
def shipped_fluency() -> Fluency:
    """Load the model, 27 MB."""
    from pocketsphinx import Config, LogMath, NGramModel, get_model_path  # noqa: PLC0415 - heavy

    return Fluency(NGramModel(Config(), LogMath(), get_model_path("en-us/en-us.lm.bin")))
