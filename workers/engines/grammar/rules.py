"""The rules, which are data: a pattern proposes, the language model judges. See `rules.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engines.grammar.finding import Finding
from workers.engines.grammar.fluency import shipped_fluency
from workers.engines.grammar.syntax import compiled
from workers.engines.grammar.words import START

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from workers.engines.grammar.pattern import Match, Pattern
    from workers.engines.grammar.words import Word


#: Where words are written together: do n't, I 'm, the comma.
_GLUED = re.compile(r" (n't|'(?:s|m|re|ve|ll|d)\b|,)")


@dataclass(frozen=True)
class Rule:
    """Patterns that have something in common, and what is said of it."""

    name: str
    note_en: str
    note_ko: str
    gain: float | None
    """By how much the sentence must become likelier, in nats; None where the pattern is sure enough."""
    patterns: tuple[Pattern, ...]

    def findings(self, text: str, sentence: Sequence[Word]) -> Iterator[Finding]:
        """Yield what the rule finds in a sentence that has its `START` and `END`."""
        present = {word.lower for word in sentence} | {word.tag for word in sentence}
        for pattern in self.patterns:
            if not pattern.may_match(present):
                continue
            for match in pattern.matches(sentence):
                finding = self._finding(text, sentence, pattern, match)
                if finding:
                    yield finding

    def _finding(self, text: str, sentence: Sequence[Word], pattern: Pattern, match: Match) -> Finding | None:
        following = sentence[match.last].text
        edits = [_edit(text, sentence, match, written) for written in pattern.written(match, following)]
        judged = [(_gain(text, sentence, edit), edit) for edit in edits if text[edit[0] : edit[1]] != edit[2]]
        if not judged:
            return None
        gain, (start, end, suggestion) = max(judged, key=lambda pair: pair[0])
        if self.gain is not None and (gain < self.gain or not _judged(match)):
            return None
        words = {"original": text[start:end], "suggestion": suggestion}
        note_en, note_ko = self.note_en.format(**words), self.note_ko.format(**words)
        return Finding(start=start, end=end, rule=self.name, note_en=note_en, note_ko=note_ko, **words)


@cache
def shipped_rules() -> tuple[Rule, ...]:
    """Read and compile the rules.

    Raises:
        KeyError, ValueError: as `compiled`.
    """
    data = tomllib.loads(Path(__file__).with_name("rules.toml").read_text(encoding="utf-8"))
    lists = {name: words.split() for name, words in data["lists"].items()}
    return tuple(_rule(entry, lists) for entry in data["rules"])


@cache
def words_of_rules() -> frozenset[str]:
    """Return all words that rules know, misspelt ones such as `informations` and `dont` among them."""
    patterns = [pattern for rule in shipped_rules() for pattern in rule.patterns]
    clauses = [clause for pattern in patterns for element in pattern.elements for clause in element.clauses]
    return frozenset(word for clause in clauses for word in clause.words)


def _rule(entry: Mapping[str, Any], lists: Mapping[str, Sequence[str]]) -> Rule:
    sources = [line for line in entry["patterns"].splitlines() if line and not line.startswith("#")]
    patterns = tuple(compiled(source, lists) for source in sources)
    return Rule(entry["name"], entry["en"], entry["ko"], entry.get("gain"), patterns)


def _edit(text: str, sentence: Sequence[Word], match: Match, written: str) -> tuple[int, int, str]:
    """Return start, end and what is to be put there: whole words, so that it can be read by itself."""
    first, last = match.first, match.last
    if first == last or not written:
        if written != "," and sentence[last].text[:1].isalnum():
            written = f"{written} {_small(sentence, last)}".strip()
            last += 1
        else:
            first -= 1
            written = f"{sentence[first].text} {written}".strip()
    before = sentence[first - 1]
    if before.end == sentence[first].start and before.lower[-1:].isalpha() and written[:1].isalnum():
        first -= 1
        written = f"{sentence[first].text} {written}"
    start, end = sentence[first].start, sentence[last - 1].end
    written = _GLUED.sub(r"\1", written)
    begins = sentence[first - 1].lower == START or written[:1] == text[start : start + 1].lower()
    if begins and text[start : start + 1].isupper():
        written = written[:1].upper() + written[1:]
    return start, end, written


def _small(sentence: Sequence[Word], place: int) -> str:
    """Return a word as it is written inside a sentence."""
    word = sentence[place]
    first = sentence[place - 1].lower == START
    return word.lower if first and not word.tag.startswith("NNP") and word.text != "I" else word.text


def _judged(match: Match) -> bool:
    """Whether the language model knows what is replaced, so that it can say anything about it."""
    return all(shipped_fluency().knows(word.lower) for word in match.inside if word.lower.isalpha())


def _gain(text: str, sentence: Sequence[Word], edit: tuple[int, int, str]) -> float:
    """Return by how much the sentence becomes likelier."""
    start, end, suggestion = edit
    first, last = sentence[0].start, sentence[-1].end
    fluency = shipped_fluency()
    return fluency.of(text[first:start] + suggestion + text[end:last]) - fluency.of(text[first:last])
