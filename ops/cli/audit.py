"""`sayline audit`: whether records, objects and queues agree."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Column, Table

from ops.audit import audit as find
from ops.cli import running
from ops.cli.output import Exit, err, fail, out, print_json
from schemas.errors import UnavailableError


def audit(*, as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False) -> None:
    """Compare records, objects and queues of a system at rest.

    Exit code 1 where anything doesn't agree. Reads the whole table: for laptops, tests and incidents.
    """
    # boto3 takes a while to import, which other commands need not.
    from ops.aws.evidence import gather  # noqa: PLC0415

    try:
        evidence = gather(running.settings())
    except UnavailableError as error:
        fail(str(error), "Is the stack running? `sayline up` starts one on this machine.", Exit.UNAVAILABLE)
    findings = list(find(evidence))
    if as_json:
        print_json([finding.as_dict() for finding in findings])
    elif findings:
        table = Table(*(Column(name, overflow="fold") for name in ("finding", "where", "detail")))
        for finding in findings:
            table.add_row(finding.code, finding.subject, finding.detail)
        out().print(table)
    else:
        err().print(f"{len(evidence.jobs)} jobs: records, objects and queues agree.")
    if findings:
        raise typer.Exit(Exit.JOB_FAILED)
