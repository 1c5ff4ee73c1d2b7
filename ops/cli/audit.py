"""`sayline audit`: whether records, objects and queues agree."""

from __future__ import annotations

from itertools import groupby
from typing import Annotated

import typer

from ops.audit import MEANINGS, Finding
from ops.audit import audit as find
from ops.cli import running
from ops.cli.output import Exit, err, out, print_json, print_line
from ops.cli.start import ended_by_ctrl_c

HELP = """Compare records, objects and queues of a system at rest.

Exit code 1 where anything doesn't agree. Reads the whole table: for laptops, tests and incidents.

\b
Examples:
sayline audit
sayline audit --json
"""


def audit(*, as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False) -> None:
    """Compare records, objects and queues of a system at rest."""
    # boto3 takes a while to import, which other commands need not.
    with ended_by_ctrl_c():
        from ops.aws.evidence import gather  # noqa: PLC0415

    evidence = gather(running.settings())
    findings = list(find(evidence))
    if as_json:
        print_json([finding.as_dict() for finding in findings])
    else:
        _show(findings, len(evidence.jobs))
    if findings:
        raise typer.Exit(Exit.JOB_FAILED)


def _show(findings: list[Finding], jobs: int) -> None:
    """Group the findings by what they are, each group with what it means."""
    console = out()
    for code, group in groupby(sorted(findings, key=lambda finding: finding.code), key=lambda finding: finding.code):
        console.print(f"{code}: {MEANINGS[code]}", style="bold")
        for finding in group:
            print_line(f"  {finding.subject} {finding.detail}".rstrip())
    if not findings:
        err().print(f"{jobs} jobs: records, objects and queues agree.")
