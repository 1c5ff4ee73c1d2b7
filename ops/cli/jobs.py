"""The commands of those who ask for jobs: submit, show, list, wait, cancel, redrive and kinds."""

from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer

from ops.cli import completion
from ops.cli.client import ApiClient, connect
from ops.cli.output import EXIT_CODES, Exit, err, fail, out, print_json, print_line
from ops.cli.refusals import JOB_GOES_ON, explained_for, reported
from ops.cli.request_input import build_request, named_files
from ops.cli.tables import job_table, jobs_table, kinds_table
from ops.cli.waiting import Watch, require_success, wait
from ops.settings import Settings
from schemas.job import JsonObject

HELP = """Ask for jobs, and see what became of them.

\b
Examples:
sayline job submit tts --text "Good morning!" --wait
sayline job list --limit 5
sayline job show ID
"""

app = typer.Typer(name="job", help=HELP, no_args_is_help=True)

JobId = Annotated[str, typer.Argument(metavar="ID", help="The job's id.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Owner = Annotated[
    str | None, typer.Option(envvar="SAYLINE_OWNER", help="Who asks, while the API runs with its development identity.")
]
Timeout = Annotated[float, typer.Option(min=0, help="Longest time to wait, in seconds.")]
Save = Annotated[
    Path | None, typer.Option(metavar="DIR", file_okay=False, help="Wait, then write the result's files there.")
]

SUBMIT_HELP = """Submit a job, and print its id.

\b
Examples:
sayline job submit tts --text "Good morning!"
sayline job submit tts --text 안녕하세요 --set language=ko-KR --wait
sayline job submit tts --text Hello --set 'marks=["word"]' --save .
sayline job submit tts --file request.json
sayline job submit pronunciation --upload audio=me.webm --text "Good morning!"
sayline job submit tts --text "Good day!" --run-at 2030-01-01T07:30:00+09:00
echo '{"text": "Hello"}' | sayline job submit tts --file -
"""

SHOW_HELP = """Show a job: its state, request and result.

\b
Examples:
sayline job show 0192f1c4-7b1e-7cc0-98a1-5d1f0e7a4c55
sayline job show 0192f1c4-7b1e-7cc0-98a1-5d1f0e7a4c55 --json
"""

LIST_HELP = """List your latest jobs, newest first.

\b
Examples:
sayline job list --limit 5
sayline job list --json
"""

WAIT_HELP = """Wait until a job is over; its exit code tells how it ended.

\b
Examples:
sayline job wait 0192f1c4-7b1e-7cc0-98a1-5d1f0e7a4c55 --timeout 300
sayline job wait 0192f1c4-7b1e-7cc0-98a1-5d1f0e7a4c55 --save results
"""

CANCEL_HELP = """Cancel a job that waits; one that runs is asked to stop.

\b
Examples:
sayline job cancel 0192f1c4-7b1e-7cc0-98a1-5d1f0e7a4c55
sayline job cancel 0192f1c4-7b1e-7cc0-98a1-5d1f0e7a4c55 --json
"""

REDRIVE_HELP = """Run a failed or dead-lettered job again, with all its attempts.

\b
Examples:
sayline job redrive 0192f1c4-7b1e-7cc0-98a1-5d1f0e7a4c55
sayline job redrive 0192f1c4-7b1e-7cc0-98a1-5d1f0e7a4c55 --json
"""

KINDS_HELP = """List the kinds of jobs that the API takes.

\b
Examples:
sayline kinds
sayline kinds --json
"""


@app.command(help=SUBMIT_HELP, epilog=EXIT_CODES)
def submit(  # noqa: PLR0913, PLR0917 - its options
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND", help="What is to be done; `sayline kinds` lists them.", autocompletion=completion.kinds
        ),
    ],
    text: Annotated[str | None, typer.Option(help="The request's text.")] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="A field of the request; JSON, or else text. Repeatable."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", dir_okay=False, help="A request; - is stdin."),
    ] = None,
    upload: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=FILE", help="A file that goes with it, for example a recording. Repeatable."),
    ] = None,
    wait_for_it: Annotated[bool, typer.Option("--wait", help="Wait until the job is over.")] = False,  # noqa: FBT002
    timeout: Timeout = 60,
    idempotency_key: Annotated[
        str | None, typer.Option(metavar="KEY", help="The same key makes one job; a new one is the default.")
    ] = None,
    run_at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When it is to start, as RFC 3339 has it; now is the default.")
    ] = None,
    save: Save = None,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
    owner: Owner = None,
) -> None:
    """Submit a job."""
    with reported(JOB_GOES_ON):
        request = build_request(file=file, text=text, settings=settings or ())
        files = named_files(upload or ())
        client = connect(Settings(), owner=owner)
        key = str(uuid4()) if idempotency_key is None else idempotency_key
        with explained_for(files):
            job = client.submit(kind, request, idempotency_key=key, run_at=run_at, files=files)
        if not as_json:
            print_line(job["id"])
        if wait_for_it or save:
            _see_out(client, job["id"], timeout_s=timeout, save=save, as_json=as_json)
        elif as_json:
            print_json(job)


@app.command(help=SHOW_HELP, epilog=EXIT_CODES)
def show(job_id: JobId, as_json: AsJson = False, owner: Owner = None) -> None:  # noqa: FBT002
    """Show a job."""
    with reported():
        _print_job(connect(Settings(), owner=owner).show(job_id), as_json=as_json)


@app.command("list", help=LIST_HELP, epilog=EXIT_CODES)
def list_jobs(
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many.")] = 20,
    as_json: AsJson = False,  # noqa: FBT002
    owner: Owner = None,
) -> None:
    """List the caller's jobs."""
    with reported():
        jobs = connect(Settings(), owner=owner).list_jobs(limit=limit)
        if as_json:
            print_json(jobs)
        elif jobs:
            out().print(jobs_table(jobs))
        else:
            err().print("You have no jobs yet. Try `sayline job submit tts --text Hello`.")


@app.command("wait", help=WAIT_HELP, epilog=EXIT_CODES)
def wait_for(
    job_id: JobId,
    timeout: Timeout = 60,
    save: Save = None,
    as_json: AsJson = False,  # noqa: FBT002
    owner: Owner = None,
) -> None:
    """Wait for a job."""
    with reported(JOB_GOES_ON):
        _see_out(connect(Settings(), owner=owner), job_id, timeout_s=timeout, save=save, as_json=as_json)


@app.command(help=CANCEL_HELP, epilog=EXIT_CODES)
def cancel(job_id: JobId, as_json: AsJson = False, owner: Owner = None) -> None:  # noqa: FBT002
    """Cancel a job."""
    with reported():
        _print_job(connect(Settings(), owner=owner).cancel(job_id), as_json=as_json)


@app.command(help=REDRIVE_HELP, epilog=EXIT_CODES)
def redrive(job_id: JobId, as_json: AsJson = False, owner: Owner = None) -> None:  # noqa: FBT002
    """Run a job again."""
    with reported():
        _print_job(connect(Settings(), owner=owner).redrive(job_id), as_json=as_json)


def kinds(as_json: AsJson = False, owner: Owner = None) -> None:  # noqa: FBT002
    """List the kinds of jobs."""
    with reported():
        found = connect(Settings(), owner=owner).kinds()
        if as_json:
            print_json(found)
        else:
            out().print(kinds_table(found))


def _see_out(client: ApiClient, job_id: str, *, timeout_s: float, save: Path | None, as_json: bool) -> None:
    """Wait for the job, show how it ended, and end the command by it."""
    with Watch() as watch:
        job = wait(client, job_id, timeout_s=timeout_s, watch=watch)
    if as_json:
        print_json(job)
    require_success(job, "The job")
    if save:
        _save_files(client, job, save)


def _save_files(client: ApiClient, job: JsonObject, directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for name, href in job["files"].items():
        if name != Path(name).name:
            fail(f"The file's name {name!r} is not safe to write.", code=Exit.UNAVAILABLE)
        client.save(href, directory / name)
        err().print(f"Wrote {directory / name}")


def _print_job(job: JsonObject, *, as_json: bool) -> None:
    if as_json:
        print_json(job)
    else:
        out().print(job_table(job))
