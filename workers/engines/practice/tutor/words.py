"""Words that the tutor's rules name, by what they are: `words.toml`."""

from __future__ import annotations

from workers.engines.practice.tutor.bank import read

WORDS = {name: frozenset(text.split()) for name, text in read("words.toml").items()}
#: Who speaks, as the subject of a sentence.
FIRST = frozenset({"i", "we"})
