"""What a learner's message speaks of: things, people, places, what they did, wish and feel."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workers.engines.practice.tutor.clauses import clauses
from workers.engines.practice.tutor.doing import activities, states
from workers.engines.practice.tutor.nouns import noun_phrases
from workers.engines.practice.tutor.parsing import sentences
from workers.engines.practice.tutor.things import things

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.engines.practice.tutor.mention import Mention
    from workers.engines.practice.tutor.parsing import Token


def mentions(text: str) -> list[Mention]:
    """Find what a text speaks of, in its order; a thing comes once."""
    found: dict[str, Mention] = {}
    for sentence in sentences(text):
        if sentence[-1].text == "?":
            continue
        for clause in clauses(_with_compounds(sentence)):
            for mention in (*activities(clause), *states(clause), *noun_phrases(clause)):
                found.setdefault(mention.key, mention)
    return list(found.values())


def _with_compounds(sentence: Sequence[Token]) -> list[Token]:
    """Take words that the list has as one thing, `kimchi stew`, for nouns, whatever the tagger says."""
    tokens = list(sentence)
    for start in range(len(tokens)):
        for end in (start + 3, start + 2):
            words = [token.lower for token in tokens[start:end]]
            if len(words) == end - start and " ".join(words) in things() and words[0] not in {"the", "free", "spare"}:
                tokens[start:end] = [replace(t, tag=t.tag if t.is_noun else "NN") for t in tokens[start:end]]
    return tokens
