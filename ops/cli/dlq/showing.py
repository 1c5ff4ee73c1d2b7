"""`sayline dlq show`: a job as its operators see it."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.cli.dlq import tables
from ops.cli.operators import common
from ops.cli.output import Exit, fail, out, print_json
from ops.cli.refusals import reported
from ops.dlq.lines import request_of

HELP = """Show a job: its attempts, what it asks for, its flow and trace.

What it asks for may be a learner's own words.

\b
Examples:
sayline dlq show 0192f1c4-7b1e-7cc0-98a1-5d1f0e7a4c55
sayline dlq show 0192f1c4-7b1e-7cc0-98a1-5d1f0e7a4c55 --json
"""


def show(
    job_id: Annotated[str, typer.Argument(metavar="ID", help="The job's id.")],
    as_json: common.AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Show a job."""
    with reported():
        desk = common.desk()
        job = desk.jobs.get(job_id)
        if job is None:
            fail("There is no such job.", "Its record may have expired. `sayline dlq list` has ids.", Exit.NO_SUCH_JOB)
        request = request_of(job, desk.payloads)
        if as_json:
            print_json({**job.model_dump(mode="json", exclude={"lease", "request"}), "request": request})
        else:
            out().print(tables.details(job, request, desk.now()))
