"""`python -m ops.bench.transcription CORPUS`: what the embedded engine hears, with and without the text.

On readings as they are: word error rates, beside that of echoing the text without listening. On recordings with a word
cut out, added or swapped in the sound: how often the transcript tells, where an echo tells nothing.
"""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads it
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import track

from ops.bench.listening import cross_judges, measure, sounds
from ops.bench.report import Bound, Report, conclude
from ops.bench.splicing import Change, aligned
from ops.calibrate.argument import Corpus, utterances_of
from ops.cli.output import command_line, err

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.bench.comparing import Tally
    from ops.bench.listening import Measured
    from ops.calibrate.corpus import Utterance

#: What is promised of learners that nobody has tuned for.
_MOST_ERRORS, _LEAST_F1 = 0.15, {Change.CUT: 0.72, Change.ADDED: 0.50, Change.SWAPPED: 0.67}

app = command_line(add_completion=False)


@app.command()
def bench(  # noqa: PLR0913 - options of a command
    corpus: Corpus,
    *,
    limit: Annotated[int | None, typer.Option(min=1, help="Take so many utterances alone.")] = None,
    folds: Annotated[int, typer.Option(help="Judge each speaker by a calibration of the others; 0: as shipped.")] = 0,
    cache: Annotated[Path | None, typer.Option(help="Folder that keeps what calibrating computed.")] = None,
    free: Annotated[bool, typer.Option(help="Measure free dictation too; takes longest.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON with all numbers.")] = False,
) -> None:
    """Measure the embedded transcription engine.

    Exit code 1: something that is promised does not hold.
    """
    utterances = utterances_of(corpus, limit)
    watched = track(utterances, "aligning", console=err(), transient=True)
    found = [aligned(utterance, sounds) for utterance in watched]
    judges = cross_judges(utterances, folds, cache) if folds else {}
    measured = measure([one for one in found if one is not None], judges, free=free)
    report = _report(measured, utterances, f"{folds} folds without common speakers" if folds else "shipped")
    conclude(report, as_json=as_json)


def _report(measured: Measured, utterances: Sequence[Utterance], how: str) -> Report:
    groups = measured.groups
    everybody = groups["all"]
    methods = [method for method in ("free", "constrained") if measured.audio_s[method]]
    rates = {change: everybody.rates(change) for change in _LEAST_F1}
    return Report(
        name="transcription",
        title="Learners' readings, and the same with words cut out, added and swapped",
        columns=("", *groups, "echo of the text"),
        rows=(
            *(
                _row(f"{method}: word error rate", [one.word_error_rate(method) for one in groups.values()])
                for method in methods
            ),
            *(
                _row(f"word {change}, {name}", [one.rates(change)[index] for one in groups.values()])
                for change in _LEAST_F1
                for index, name in enumerate(("F1", "precision", "recall"))
            ),
        ),
        notes=(
            f"{len(utterances)} utterances of {len({one.speaker for one in utterances})} speakers; calibration: {how}",
            *(
                f"{method}: {measured.cpu_s[method] / measured.audio_s[method]:.3f} CPU s per s of audio"
                for method in methods
            ),
        ),
        bounds=(
            Bound(
                promise=f"word error rate with the text at most {_MOST_ERRORS:.0%}",
                found=f"{everybody.word_error_rate('constrained'):.1%}",
                holds=everybody.word_error_rate("constrained") <= _MOST_ERRORS,
            ),
            *(
                Bound(
                    promise=f"word {change}: F1 at least {least:g}",
                    found=f"{rates[change][0]:.3f}",
                    holds=rates[change][0] >= least,
                )
                for change, least in _LEAST_F1.items()
            ),
        ),
        numbers={name: _numbers(tally, methods) for name, tally in groups.items()},
    )


def _row(title: str, values: Sequence[float]) -> tuple[str, ...]:
    """An echo makes no word errors in a true reading, and finds no change."""
    return (title, *(f"{value:.3f}" for value in values), f"{0:.3f}")


def _numbers(tally: Tally, methods: Sequence[str]) -> dict[str, Any]:
    return {
        "words": tally.words,
        "word_error_rate": {method: tally.word_error_rate(method) for method in methods},
        "changes": {
            change: dict(zip(("f1", "precision", "recall"), tally.rates(change), strict=True)) for change in _LEAST_F1
        },
    }


if __name__ == "__main__":
    app()
