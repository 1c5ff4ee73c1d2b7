"""From the learner's point of view to the tutor's: `my mother` is `your mother`."""

from __future__ import annotations

import re

_TURNED = {
    "i": "you",
    "we": "you",
    "me": "you",
    "us": "you",
    "my": "your",
    "our": "your",
    "mine": "yours",
    "ours": "yours",
    "myself": "yourself",
    "ourselves": "yourselves",
    "am": "are",
    "i'm": "you're",
    "we're": "you're",
    "i've": "you've",
    "we've": "you've",
    "i'll": "you'll",
    "we'll": "you'll",
    "i'd": "you'd",
    "we'd": "you'd",
}
#: What would end the sentence that a name stands in, or a quotation.
_ENDS = re.compile(r"[.!?…\n“”]+")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_WAS = re.compile(r"\b((?:you|You)(?: \w+ly| always| also| never| often)?) was(n['\u2019]t)?\b")
_AND_YOU = re.compile(r"\b(your \w+(?: \w+)?) and you\b", re.IGNORECASE)


def turned(text: str) -> str:
    """Say of `you` what the learner said of `I`."""

    def word(match: re.Match[str]) -> str:
        plain = match[0].lower().replace("\u2019", "'")
        return _TURNED.get(plain, match[0])

    text = _WAS.sub(r"\1 were\2", _WORD.sub(word, text))
    return _AND_YOU.sub(r"you and \1", text)


def called(topic: str) -> str:
    """Return a topic's name as the tutor says it within a sentence."""
    return " ".join(turned(_ENDS.sub(" ", topic)).split())
