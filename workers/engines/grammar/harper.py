"""Harper's findings, in our terms; none where Harper is not installed.

https://writewithharper.com; the package `harper-py` is alpha, and has no wheel for every platform.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engines.grammar.finding import Finding
from workers.engines.grammar.fluency import shipped_fluency

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Whose findings go through our own speller.
_SPELLING = "Spelling"


@cache
def linter() -> Any:  # noqa: ANN401 - it publishes no protocol
    """Return Harper; None where it is not installed."""
    try:
        from harper import Linter  # noqa: PLC0415 - 150 MB
    except ImportError:
        return None
    made = Linter()
    made.set_lint_config(dict.fromkeys(_settings()["off"], False))
    return made


@cache
def _settings() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("harper.toml").read_text(encoding="utf-8"))


def harper_lints(text: str) -> list[tuple[str, Any]] | None:
    """Return the rules' names and their lints, in an order of ours; None where Harper is not installed."""
    harper = linter()
    if harper is None:
        return None
    from harper import Language  # noqa: PLC0415 - as above

    lints = harper.organized_lints(text, language=Language.PLAINTEXT)
    named = [(rule, lint) for rule in sorted(lints) for lint in lints[rule]]
    return sorted(named, key=lambda pair: (pair[1].span.start, pair[1].span.end, pair[0]))


def harper_findings(text: str, lints: list[tuple[str, Any]]) -> Iterator[Finding]:
    """Yield what Harper says of grammar and punctuation."""
    settings = _settings()
    for rule, lint in lints:
        unheard = lint.lint_kind in {_SPELLING, *settings["kinds"]} or rule in settings["rules"]
        if unheard and rule not in settings["heard"]:
            continue
        suggestion = _suggestion(text, lint)
        if suggestion is None or (rule in settings["doubtful"] and _worse(text, lint.span, suggestion)):
            continue
        yield _finding(text, rule, lint, suggestion)


def raw_findings(text: str) -> list[Finding]:
    """Return all that Harper says, as it says it: what our findings are compared with."""
    return [_finding(text, rule, lint, _suggestion(text, lint)) for rule, lint in harper_lints(text) or []]


def misspelt(lints: list[tuple[str, Any]]) -> dict[tuple[int, int], tuple[str, ...]]:
    """Return the places of words that are not in Harper's dictionary, and what might be meant, in an order of ours."""
    return {
        (lint.span.start, lint.span.end): tuple(sorted(suggestion.replacement_text for suggestion in lint.suggestions))
        for rule, lint in lints
        if rule == "SpellCheck"
    }


def _worse(text: str, span: Any, suggestion: str) -> bool:  # noqa: ANN401
    fluency = shipped_fluency()
    return fluency.of(text[: span.start] + suggestion + text[span.end :]) < fluency.of(text)


def _suggestion(text: str, lint: Any) -> str | None:  # noqa: ANN401
    """Return the likeliest suggestion; their order differs between processes."""
    span = lint.span
    written = sorted({_written(lint, suggestion) for suggestion in lint.suggestions})
    fluency = shipped_fluency()
    return max(written, key=lambda one: fluency.of(text[: span.start] + one + text[span.end :]), default=None)


def _written(lint: Any, suggestion: Any) -> str:  # noqa: ANN401
    """Return what stands there when a suggestion is followed."""
    put = str(suggestion.replacement_text)
    return {"REPLACE": put, "REMOVE": "", "INSERT_AFTER": str(lint.problem_text) + put}[suggestion.kind.name]


def _finding(text: str, rule: str, lint: Any, suggestion: str | None) -> Finding:  # noqa: ANN401
    start, end = lint.span.start, lint.span.end
    if suggestion is not None and rule in _settings()["heard"]:
        start, end, suggestion = _with_words(text, start, end, suggestion)
    notes = _settings()["notes"]
    note = notes.get(lint.lint_kind, notes["Other"])
    original = text[start:end]
    note_en, note_ko = (note[language].format(original=original, suggestion=suggestion) for language in ("en", "ko"))
    return Finding(
        start=start,
        end=end,
        original=original,
        suggestion=suggestion,
        rule=_snake(rule),
        note_en=note_en,
        note_ko=note_ko,
    )


def _with_words(text: str, start: int, end: int, put: str) -> tuple[int, int, str]:
    """Return the place and what is to be put there with what stands on both sides: a space by itself says nothing."""
    before, after = text[:start].rpartition(" ")[2], text[end:].partition(" ")[0]
    return start - len(before), end + len(after), before + put + after


def _snake(name: str) -> str:
    """Return `PronounVerbAgreement` as `pronoun_verb_agreement`."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).strip("_")
