"""The command: observe a corpus, fit the engine's weights, write `calibration.json`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import track

from ops.calibrate.argument import Corpus, utterances_of
from ops.calibrate.fitting import fitted
from ops.calibrate.observing import observe
from ops.cli.output import command_line, err, out
from workers.engines.pronunciation.acoustic.model import load_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.calibrate.corpus import Utterance
    from ops.calibrate.observing import Observation

#: Of each sort of changed text, how many per utterance.
ROUNDS = 3

app = command_line(add_completion=False)


@app.command()
def calibrate(
    corpus: Corpus,
    *,
    name: Annotated[str, typer.Option(help="What the corpus is, for the provenance.")],
    target: Annotated[Path, typer.Option("--out", help="Where to write.")] = Path(
        "workers/engines/pronunciation/calibration.json"
    ),
    rounds: Annotated[int, typer.Option(min=1, help="Changed texts of each sort per utterance.")] = ROUNDS,
    cache: Annotated[Path | None, typer.Option(help="Folder that keeps what was computed.")] = None,
) -> None:
    """Fit the pronunciation engine's weights on learners' speech."""
    utterances = utterances_of(corpus)
    observations = observed(utterances, rounds=rounds, cache=cache)
    now = datetime.now(UTC)
    calibration = fitted(
        observations, version=f"{now:%Y-%m-%d}", provenance=_provenance(name, observations, rounds, now)
    )
    content = calibration.as_json(load_model().definition)
    target.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    out().print(f"{target}: version {calibration.version}")


def observed(utterances: Sequence[Utterance], *, rounds: int, cache: Path | None) -> list[Observation]:
    """Observe a corpus behind a progress bar."""
    found = observe(utterances, rounds=rounds, cache_folder=cache)
    bar = track(found, "aligning", total=len(utterances), console=err(), transient=True)
    return [observation for some in bar for observation in some]


def _provenance(name: str, observations: Sequence[Observation], rounds: int, now: datetime) -> dict[str, Any]:
    utterances = {observation.utterance.name: observation.utterance for observation in observations}
    return {
        "corpus": name,
        "utterances": len(utterances),
        "speakers": len({one.speaker for one in utterances.values()}),
        "children": len({one.speaker for one in utterances.values() if not one.adult}),
        "texts_per_utterance": rounds,
        "model": load_model().version,
        "date": f"{now:%Y-%m-%d}",
    }


def run() -> None:
    """Run the command line."""
    app()
