"""`python -m ops.bench.pronunciation CORPUS`: how well the pronunciation engine finds errors of known places.

The corpus is a folder of recordings with their texts. Beside the engine stands what applications do today: transcribe,
then compare words.
"""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from ops.bench.report import Bound, Report, conclude
from ops.calibrate.argument import Corpus, utterances_of
from ops.calibrate.comparison import compared_words, judged
from ops.calibrate.main import ROUNDS, observed
from ops.cli.output import command_line, fail

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ops.calibrate.comparison import Figures
    from ops.calibrate.corpus import Utterance

_ROWS = (
    ("wrong sentence, AUC", "wrong", "auc"),
    ("omission, AUC", "omission", "auc"),
    ("omission, F1", "omission", "f1"),
    ("omission, precision", "omission", "precision"),
    ("omission, recall", "omission", "recall"),
    ("omission, false flags", "omission", "false_flags"),
    ("insertion, AUC", "insertion", "auc"),
    ("insertion, F1", "insertion", "f1"),
    ("insertion, false flags", "insertion", "false_flags"),
    ("word replaced, 1 phone, AUC", "substitution_1", "auc"),
    ("word replaced, 2 phones, AUC", "substitution_2", "auc"),
    ("word replaced, 3+ phones, AUC", "substitution_3", "auc"),
    ("correct words flagged as mispronounced", "correct", "false_flags"),
)
#: What is promised of speakers that the calibration has not seen; at least, or for false flags at most.
_FLOORS = (
    ("wrong", "auc", 0.99),
    ("omission", "auc", 0.97),
    ("omission", "f1", 0.80),
    ("insertion", "auc", 0.91),
    ("substitution_1", "auc", 0.745),
    ("substitution_2", "auc", 0.865),
    ("substitution_3", "auc", 0.96),
    ("omission", "false_flags", 0.03),
    ("correct", "false_flags", 0.10),
)

app = command_line(add_completion=False)


@app.command()
def bench(  # noqa: PLR0913 - options
    corpus: Corpus,
    *,
    folds: Annotated[int, typer.Option(help="Judge each speaker by a fit on the others; 0: as shipped.")] = 0,
    limit: Annotated[int | None, typer.Option(min=1, help="Take so many utterances alone.")] = None,
    cache: Annotated[Path | None, typer.Option(help="Folder that keeps what was computed.")] = None,
    naive: Annotated[bool, typer.Option(help="Compare with transcribing; takes longest.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON with all numbers.")] = False,
) -> None:
    """Measure the pronunciation engine beside transcribing and comparing words.

    Exit code 1: something that is promised does not hold.
    """
    utterances = utterances_of(corpus, limit)
    observations = observed(utterances, rounds=ROUNDS if folds else 1, cache=cache)
    try:
        figures = {"engine": judged(observations, folds)}
    except ValueError as error:
        fail(str(error))
    if naive:
        figures["words compared"] = compared_words(observations, cache)
    report = _report(figures, utterances, folds)
    conclude(report, as_json=as_json)


def _report(figures: Mapping[str, Mapping[str, Figures]], utterances: Sequence[Utterance], folds: int) -> Report:
    columns = [
        (name if group == "all" else group, found)
        for name, groups in figures.items()
        for group, found in groups.items()
        if group == "all" or name == "engine"
    ]
    speakers = len({utterance.speaker for utterance in utterances})
    how = f"{folds} folds without common speakers" if folds else "the shipped calibration"
    return Report(
        name="pronunciation",
        title="Finding errors of known places in learners' readings",
        columns=("", *(name for name, _ in columns)),
        rows=tuple((title, *(_cell(found, task, figure) for _, found in columns)) for title, task, figure in _ROWS),
        notes=(f"{len(utterances)} utterances of {speakers} speakers; {how}",),
        bounds=tuple(_bound(figures["engine"]["all"], *floor) for floor in _FLOORS),
        numbers={name: dict(groups) for name, groups in figures.items()},
    )


def _cell(found: Figures, task: str, figure: str) -> str:
    value = found[task].get(figure)
    return "-" if value is None else f"{value:.3f}"


def _bound(found: Figures, task: str, figure: str, floor: float) -> Bound:
    value = found[task].get(figure, float("nan"))
    at_most = figure == "false_flags"
    relation = "at most" if at_most else "at least"
    return Bound(
        promise=f"{task.replace('_', ' ')}: {figure.replace('_', ' ')} {relation} {floor:g}",
        found=f"{value:.3f}",
        holds=value <= floor if at_most else value >= floor,
    )


if __name__ == "__main__":
    app()
