"""`sayline`: every command in one place."""

from __future__ import annotations

import sys

import typer

from ops.cli import conversations, jobs, processes
from ops.cli.audit import HELP as AUDIT_HELP
from ops.cli.audit import audit
from ops.cli.chat import HELP as CHAT_HELP
from ops.cli.chat import chat
from ops.cli.demo import HELP as DEMO_HELP
from ops.cli.demo import demo
from ops.cli.dlq import app as dlq
from ops.cli.operators import doctor, pausing, queues, workers
from ops.cli.operators import jobs as all_jobs
from ops.cli.output import EXIT_CODES, command_line
from ops.cli.refusals import reported
from ops.cli.upload import HELP as UPLOAD_HELP
from ops.cli.upload import upload
from ops.cli.usage import Commands

HELP = """Sayline: a self-hosted pipeline for speech and AI jobs on AWS.

\b
Examples, on a laptop:
sayline demo        one real job of every kind, then stop
sayline up          everything until Ctrl-C
sayline job submit tts --text "Good morning!" --wait
\b
On AWS, one process each:
sayline api | worker | clock
\b
To operate it:
sayline queues | jobs | dlq | workers | pause | resume | drain | doctor
"""

app = command_line(cls=Commands, help=HELP, no_args_is_help=True)
app.command(help=DEMO_HELP)(demo)
app.command(help=processes.UP_HELP)(processes.up)
app.command(help=processes.API_HELP)(processes.api)
app.command(help=processes.WORKER_HELP)(processes.worker)
app.command(help=processes.CLOCK_HELP)(processes.clock)
app.command(help=processes.DEPLOY_HELP, epilog=EXIT_CODES)(processes.deploy)
app.command(help=processes.TEMPLATE_HELP)(processes.template)
app.command("kinds", help=jobs.KINDS_HELP, epilog=EXIT_CODES)(jobs.kinds)
app.command(help=CHAT_HELP, epilog=EXIT_CODES)(chat)
app.command(help=UPLOAD_HELP, epilog=EXIT_CODES)(upload)
app.command(help=AUDIT_HELP, epilog=EXIT_CODES)(audit)
app.command(help=queues.HELP, epilog=EXIT_CODES)(queues.queues)
app.command("jobs", help=all_jobs.HELP, epilog=EXIT_CODES)(all_jobs.jobs)
app.command(help=workers.HELP, epilog=EXIT_CODES)(workers.workers)
app.command(help=doctor.HELP, epilog=EXIT_CODES)(doctor.doctor)
app.command(help=pausing.PAUSE_HELP, epilog=EXIT_CODES)(pausing.pause)
app.command(help=pausing.RESUME_HELP, epilog=EXIT_CODES)(pausing.resume)
app.command(help=pausing.DRAIN_HELP, epilog=EXIT_CODES)(pausing.drain)
app.add_typer(dlq)
app.add_typer(jobs.app)
app.add_typer(conversations.app)


def run() -> None:
    """Run the command line; what goes wrong outside of it is a sentence and an exit code."""
    try:
        with reported():
            app(prog_name="sayline")
    except typer.Exit as end:
        sys.exit(end.exit_code)
