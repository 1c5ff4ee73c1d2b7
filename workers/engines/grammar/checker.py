"""The checker: all that finds something, and which of it is said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workers.engines.grammar.commas import shipped_commas
from workers.engines.grammar.forms import surface_tag
from workers.engines.grammar.harper import harper_findings, harper_lints, misspelt
from workers.engines.grammar.rules import shipped_rules
from workers.engines.grammar.spelling import spelling_findings
from workers.engines.grammar.tagger import shipped_tagger
from workers.engines.grammar.words import END, START, Word, sentences_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workers.engines.grammar.finding import Finding


class Checker:
    """Checks learners' English; keeps nothing of what it has seen, and is safe to use from several threads."""

    @classmethod
    def preload(cls) -> None:
        """Load what the processes of a pool share, before they are forked."""
        cls().check("He go definelty.")

    def check(self, text: str) -> tuple[Finding, ...]:
        """Find what one would say in another way.

        Returns:
            Findings in the order of the text; they do not overlap.
        """
        return tuple(_apart(one for one in _all(text) if one.suggestion != one.original))


def _all(text: str) -> Iterator[Finding]:
    """Yield all that is found, the surest first."""
    # The tagger before Harper: reading it takes 55 MB for a moment, which are not to come on top of Harper's.
    sentences = [tagged(words) for words in sentences_of(text)]
    lints = harper_lints(text)
    wrong = None if lints is None else misspelt(lints)
    for sentence in sentences:
        found = [*spelling_findings(text, sentence, wrong)]
        for rule in shipped_rules():
            found += rule.findings(text, sentence)
        # Where words are missing or wrong, commas are guessed wrongly: “Why, you don't like it?”
        yield from found or shipped_commas().findings(text, sentence)
    yield from harper_findings(text, lints or [])


def tagged(words: list[Word]) -> list[Word]:
    """Tag a sentence's words and put its `START` and `END` around them."""
    tags = shipped_tagger().tags([word.text for word in words])
    start, end = words[0].start, words[-1].end
    inner = [replace(word, tag=surface_tag(word.lower, tag)) for word, tag in zip(words, tags, strict=True)]
    return [Word(start, start, "", START), *inner, Word(end, end, "", END)]


def _apart(findings: Iterable[Finding]) -> list[Finding]:
    """Of findings that overlap, keep the first named; what only the model says does not count beside another."""
    judged = {rule.name for rule in shipped_rules() if rule.gain is not None}
    kept: list[Finding] = []
    for finding in findings:
        margin = len("a ") if finding.rule in judged else 0
        if all(finding.end + margin <= other.start or other.end + margin <= finding.start for other in kept):
            kept.append(finding)
    return sorted(kept, key=lambda finding: finding.start)
