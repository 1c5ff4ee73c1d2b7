"""The command: scenarios one after the other, a progress bar on stderr, tables or JSON on stdout."""

from __future__ import annotations

import logging
import signal
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from ops import log
from ops.bench.peers import environment
from ops.bench.report import circumstances, require_held, show
from ops.bench.scenarios import idle, recovery, requests, threads, throughput
from ops.cli.output import command_line, err, out, print_json
from ops.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ops.bench.report import Report, Tell


class Scenario(StrEnum):
    """What can be measured."""

    REQUESTS = "requests"
    THROUGHPUT = "throughput"
    IDLE = "idle"
    THREADS = "threads"
    RECOVERY = "recovery"
    ALL = "all"


_RUNS: Mapping[Scenario, Callable[[Tell], Report]] = {
    Scenario.REQUESTS: requests.run,
    Scenario.THROUGHPUT: throughput.run,
    Scenario.IDLE: idle.run,
    Scenario.THREADS: threads.run,
    Scenario.RECOVERY: recovery.run,
}

app = command_line(add_completion=False)


@app.command()
def bench(
    scenario: Annotated[Scenario, typer.Argument(help="What to measure.")] = Scenario.ALL,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON with all numbers.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print docs/benchmarks.md's tables.")] = False,
) -> None:
    """Measure Sayline beside its peers on an embedded emulator; takes minutes.

    Exit code 1: something that is promised does not hold.
    """
    log.configure(Settings(_env_file=None, log_level="warning"), process="bench")
    # It warns of an endpoint that is no AWS.
    logging.getLogger("celery").setLevel(logging.ERROR)
    chosen = list(_RUNS) if scenario is Scenario.ALL else [scenario]
    try:
        reports = _measured(chosen)
    finally:
        environment.remove()
    if as_json:
        print_json({"on": circumstances(), "reports": [report.as_dict() for report in reports]})
    elif as_markdown:
        out().print("\n\n".join([f"{circumstances()}.", *(report.markdown() for report in reports)]), soft_wrap=True)
    else:
        _show(reports)
    require_held(reports)


def _measured(chosen: Sequence[Scenario]) -> list[Report]:
    reports = []
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err(), transient=True) as progress:
        for scenario in chosen:
            bar = progress.add_task(scenario, total=1)

            def tell(fraction: float, what: str, *, bar: int = bar, name: str = scenario) -> None:
                progress.update(bar, completed=fraction, description=f"{name}: {what}")  # type: ignore[arg-type]

            reports.append(_RUNS[scenario](tell))
            progress.update(bar, completed=1, description=scenario)
    return reports


def _show(reports: Sequence[Report]) -> None:
    console = out()
    console.print(circumstances())
    for report in reports:
        console.print()
        show(report, console)


def run() -> None:
    """Run the command line; SIGTERM ends it as Ctrl-C does: its processes and files go."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    app()
