r"""`python -m ops.bench.grammar ERRORS CORRECT`: how many mistakes the grammar checker finds, and Harper alone.

ERRORS has a line of `category \t sentence \t corrections` for each sentence with a mistake, corrections being whole
sentences separated by ` | `; CORRECT has a correct sentence on each line.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ops.bench.report import Bound, Report, conclude
from ops.cli.output import command_line
from workers.engines.grammar.checker import Checker
from workers.engines.grammar.harper import raw_findings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from workers.engines.grammar.finding import Finding

    Check = Callable[[str], Sequence[Finding]]

SETS = Path("tests/learners")
#: What is promised of sentences that no rule was made from.
FLAGGED, FALSE_FLAGS, PRECISION = 0.75, 0.05, 0.90


@dataclass(frozen=True)
class Mistaken:
    """A sentence with a mistake, and what it may be corrected to."""

    category: str
    sentence: str
    corrections: tuple[str, ...]


@dataclass(frozen=True)
class Figures:
    """How many sentences."""

    mistaken: int
    flagged: int
    """Of those, with a finding."""
    right: int
    """Of those, that become one of their corrections by the first suggestion of each finding."""
    correct: int
    false: int
    """Of the correct ones, with a finding."""

    @property
    def precision(self) -> float:
        """Which share of what is flagged has a mistake, were there as many correct sentences as mistaken ones."""
        flagged, false = _share(self.flagged, self.mistaken), _share(self.false, self.correct)
        return _share(flagged, flagged + false)


def mistaken_of(path: Path) -> list[Mistaken]:
    """Read sentences with mistakes; `#` begins a comment."""
    rows = [line.split("\t") for line in _lines(path)]
    return [Mistaken(row[0], row[1], tuple(map(str.strip, row[2].split("|")))) for row in rows]


def correct_of(path: Path) -> list[str]:
    """Read correct sentences; `#` begins a comment."""
    return _lines(path)


def figures(mistaken: Sequence[Mistaken], correct: Sequence[str], check: Check) -> Figures:
    """Check all sentences, and count."""
    found = [(one, check(one.sentence)) for one in mistaken]
    return Figures(
        mistaken=len(mistaken),
        flagged=sum(bool(findings) for _, findings in found),
        right=sum(corrected(one.sentence, findings) in one.corrections for one, findings in found),
        correct=len(correct),
        false=sum(bool(check(sentence)) for sentence in correct),
    )


def corrected(text: str, findings: Iterable[Finding]) -> str:
    """Return the text with all that is suggested put in."""
    for finding in sorted(findings, key=lambda finding: finding.start, reverse=True):
        if finding.suggestion is not None:
            text = text[: finding.start] + finding.suggestion + text[finding.end :]
    return text


app = command_line(add_completion=False)


@app.command()
def bench(
    errors: Annotated[Path, typer.Argument(help="Sentences with mistakes.")] = SETS / "heldout.tsv",
    correct: Annotated[Path, typer.Argument(help="Correct sentences.")] = SETS / "heldout-correct.txt",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON with all numbers.")] = False,
) -> None:
    """Measure the grammar checker beside Harper alone.

    Exit code 1: something that is promised does not hold.
    """
    mistaken, right = mistaken_of(errors), correct_of(correct)
    Checker.preload()
    began = time.process_time()
    ours = figures(mistaken, right, Checker().check)
    each = (time.process_time() - began) * 1_000 / max(1, len(mistaken) + len(right))
    conclude(_report(mistaken, ours, figures(mistaken, right, raw_findings), each), as_json=as_json)


def _report(mistaken: Sequence[Mistaken], ours: Figures, harper: Figures, each_ms: float) -> Report:
    by_category = defaultdict(list)
    for one in mistaken:
        by_category[one.category].append(one)
    kinds = {name: figures(group, (), Checker().check) for name, group in sorted(by_category.items())}
    rows = [
        ("flagged of sentences with a mistake", *(_percent(one.flagged, one.mistaken) for one in (ours, harper))),
        ("flagged of correct sentences", *(_percent(one.false, one.correct) for one in (ours, harper))),
        ("precision", *(f"{one.precision:.3f}" for one in (ours, harper))),
        ("first suggestions right", *(_percent(one.right, one.mistaken) for one in (ours, harper))),
        *(
            (f"{name} ({one.mistaken}): flagged", _percent(one.flagged, one.mistaken), "")
            for name, one in kinds.items()
        ),
    ]
    return Report(
        name="grammar",
        title="Finding learners' mistakes",
        columns=("", "ours", "Harper alone"),
        rows=tuple(rows),
        notes=(f"{ours.mistaken} sentences with mistakes, {ours.correct} correct ones; {each_ms:.1f} ms each",),
        bounds=_bounds(ours),
        numbers={"ours": vars(ours), "harper": vars(harper), **{name: vars(one) for name, one in kinds.items()}},
    )


def _bounds(ours: Figures) -> tuple[Bound, ...]:
    flagged, false = _share(ours.flagged, ours.mistaken), _share(ours.false, ours.correct)
    return (
        Bound(promise=f"flagged at least {FLAGGED:.0%}", found=f"{flagged:.1%}", holds=flagged >= FLAGGED),
        Bound(promise=f"false flags at most {FALSE_FLAGS:.0%}", found=f"{false:.1%}", holds=false <= FALSE_FLAGS),
        Bound(
            promise=f"precision at least {PRECISION}", found=f"{ours.precision:.3f}", holds=ours.precision >= PRECISION
        ),
    )


def _percent(part: int, whole: int) -> str:
    return f"{_share(part, whole):.1%}"


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _lines(path: Path) -> list[str]:
    lines = path.read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


if __name__ == "__main__":
    app()
