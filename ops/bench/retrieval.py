"""`python -m ops.bench.retrieval FOLDER QUESTIONS`: how well passages are found, and what is refused, on any documents.

QUESTIONS is a table (tab-separated, with a header): `question`, `document` (a file's name in FOLDER) and `quote` (words
of the passage that answers it, as they stand in the document's text). One without a document is off the topic.
"""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads it
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError
from rich.progress import track

from ops.bench.asking import ask, collection_of, questions_of
from ops.bench.report import Bound, Report, conclude
from ops.bench.tallying import Tally
from ops.cli.output import command_line, err, fail
from ops.settings import Settings
from workers.engines.retrieval.embedded import EmbeddedRetrieval
from workers.engines.retrieval.hybrid import HybridRetrieval
from workers.engines.retrieval.vendors.choice import embeddings_of
from workers.engines.retrieval.vendors.options import EMBEDDINGS_OPTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: What is promised of any collection.
_LEAST_ANSWERED, _LEAST_REFUSED = 0.9, 0.9
_MEASURES = ("recall@1", "recall@5", "MRR")

app = command_line(add_completion=False)


@app.command()
def bench(
    folder: Annotated[Path, typer.Argument(help="Documents: text, Markdown, HTML, PDF.", exists=True, file_okay=False)],
    questions: Annotated[Path, typer.Argument(help="Table of questions.", exists=True, dir_okay=False)],
    *,
    embeddings: Annotated[bool, typer.Option(help="Find by meaning, too.")] = True,
    model: Annotated[
        str | None, typer.Option(metavar="JSON", help="Other embeddings than MiniLM, as a vendor's store takes them.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON with all numbers.")] = False,
) -> None:
    """Measure the embedded retrieval engine, or other embeddings in its place: {"name": "titan"}.

    Exit code 1: something that is promised does not hold.
    """
    asked = questions_of(questions)
    collection = collection_of(folder, _engine(model, embeddings=embeddings))
    tallies: dict[str, Tally] = {"all": Tally()}
    for question in track(asked, "asking", console=err(), transient=True):
        outcome = ask(question, collection)
        for group in ("all", question.script):
            tallies.setdefault(group, Tally()).add(outcome)
    conclude(_report(tallies, documents=collection.documents, passages=collection.passages), as_json=as_json)


def _engine(model: str | None, *, embeddings: bool) -> HybridRetrieval:
    """Make the engine; a vendor's model is used, its store is not."""
    if model is None:
        return EmbeddedRetrieval(EmbeddedRetrieval.Options(embeddings=embeddings))
    try:
        options = EMBEDDINGS_OPTIONS.validate_json(model, context={"region": Settings().region})
        return HybridRetrieval(embeddings=embeddings_of(options))
    except ValidationError as error:
        # What was given may be a key: it is not repeated.
        faults = error.errors(include_input=False, include_context=False, include_url=False)
        fail("; ".join(f"--model: {'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults))
    except ValueError as error:  # a secret that is not there, a package that is not installed
        fail(f"--model: {error}")


def _notes(tally: Tally, *, documents: int, passages: int) -> Iterator[str]:
    yield f"{documents} documents, {passages} passages; {tally.cpu_ms:.0f} ms of CPU time a question"
    if best := tally.division:
        does = f"{_share(best.answered, best.on_topic)} answered, {_share(best.refused, best.off_topic)} refused"
        yield f"a `support` of {best.support:.2f} divides best the questions that the model can read: {does}"


def _report(tallies: Mapping[str, Tally], *, documents: int, passages: int) -> Report:
    everything = tallies["all"]
    return Report(
        name="retrieval",
        title="Questions to documents",
        columns=("", *tallies),
        rows=(
            *(
                (f"{ranking}: {measure}", *(f"{tally.measures(ranking)[index]:.3f}" for tally in tallies.values()))
                for ranking in everything.rankings
                for index, measure in enumerate(_MEASURES)
            ),
            ("on the topic, answered", *(_share(tally.answered, tally.on_topic) for tally in tallies.values())),
            (
                "- by sentences that hold the quote",
                *(_share(tally.quoted, tally.on_topic) for tally in tallies.values()),
            ),
            ("off the topic, refused", *(_share(tally.refused, tally.off_topic) for tally in tallies.values())),
        ),
        notes=tuple(_notes(everything, documents=documents, passages=passages)),
        bounds=tuple(_bounds(everything)),
        numbers={name: _numbers(tally) for name, tally in tallies.items()},
    )


def _bounds(tally: Tally) -> list[Bound]:
    bounds = []
    if tally.on_topic:
        best = max(tally.measures(ranking)[2] for ranking in tally.rankings)
        bounds.append(
            Bound(
                promise="MRR of both rankings together is not below that of one alone",
                found=f"{tally.measures('hybrid')[2]:.3f}, the best {best:.3f}",
                holds=tally.measures("hybrid")[2] >= best,
            )
        )
        bounds.append(_bound("on-topic questions answered", tally.answered, tally.on_topic, _LEAST_ANSWERED))
    if tally.off_topic:
        bounds.append(_bound("off-topic questions refused", tally.refused, tally.off_topic, _LEAST_REFUSED))
    return bounds


def _bound(what: str, count: int, of: int, least: float) -> Bound:
    return Bound(promise=f"{what}: at least {least:.0%}", found=_share(count, of), holds=count >= least * of)


def _share(count: int, of: int) -> str:
    return f"{count} of {of}"


def _numbers(tally: Tally) -> dict[str, Any]:
    return {
        "rankings": {
            ranking: dict(zip(("recall_at_1", "recall_at_5", "mrr"), tally.measures(ranking), strict=True))
            for ranking in tally.rankings
        },
        "on_topic": tally.on_topic,
        "answered": tally.answered,
        "quoted": tally.quoted,
        "off_topic": tally.off_topic,
        "refused": tally.refused,
        "cpu_ms": tally.cpu_ms,
    }


if __name__ == "__main__":
    app()
