"""`sayline doctor`: what would lose, delay or expose jobs, looked for before it does."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli import running
from ops.cli.operators import common
from ops.cli.output import Exit, err, out, print_json, printable
from ops.cli.refusals import reported

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.doctor import Finding, Patient

# ruff: noqa: PLC0415 - boto3 takes a while to import, which other commands need not

_NAMES = ("environment", "versions", "clock", "queues", "storage", "permissions", "engines", "workers")

HELP = f"""Look for what would lose, delay or expose jobs, and say what to do about each.

Looks from this machine, by its settings and its role; a worker does the same as it starts, and logs what it finds.
Nothing is changed: what a role may do is probed by requests that AWS refuses for another reason. Exit code 1 where
anything is found.

\b
Checks: {", ".join(_NAMES[:5])},
{", ".join(_NAMES[5:])}

\b
Examples:
sayline doctor
sayline doctor --kind tts --kind reply
sayline doctor --skip engines --json
"""


def doctor(
    kind: Annotated[list[str] | None, typer.Option(metavar="KIND", help="Of this kind alone. Repeatable.")] = None,
    skip: Annotated[list[str] | None, typer.Option(metavar="CHECK", help="Leave this out. Repeatable.")] = None,
    as_json: common.AsJson = False,  # noqa: FBT002
) -> None:
    """Look for what is not as it should be."""
    if unknown := set(skip or ()) - set(_NAMES):
        raise typer.BadParameter(
            f"{', '.join(sorted(unknown))}: there is no such check. There are {', '.join(_NAMES)}."
        )
    with reported():
        patient = _patient(kind)
        checks = [name for name in _NAMES if name not in (skip or ())]
        findings = _examined(patient, checks)
        if as_json:
            print_json([finding.as_dict() for finding in findings])
        else:
            _show(findings, checks)
        if findings:
            raise typer.Exit(Exit.JOB_FAILED)


def _patient(kinds: Sequence[str] | None) -> Patient:
    from ops.doctor.whole import patient
    from workers.process import InspectedEngines

    settings = running.settings()
    return patient(settings, common.chosen(kinds or settings.kinds), InspectedEngines(settings))


def _examined(patient: Patient, checks: Sequence[str]) -> list[Finding]:
    from ops.doctor import examine

    console = err()
    with console.status("looking") if console.is_terminal else nullcontext():
        return list(examine(patient, checks))


def _show(findings: Sequence[Finding], checks: Sequence[str]) -> None:
    console = out()
    for finding in findings:
        console.print(printable(f"{finding.code}: {finding.subject}"), style="bold red")
        console.print(printable(f"  {finding.detail}"))
        console.print(printable(f"  {finding.remedy}"), style="dim")
    if not findings:
        err().print(f"Nothing found by {len(checks)} checks.")
