"""`sayline doctor`: what would lose, delay or expose jobs, looked for before it does."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated

import typer
from rich.padding import Padding
from rich.text import Text

from ops.cli import completion, running
from ops.cli.operators import common
from ops.cli.output import Exit, err, out, print_json, printable
from ops.cli.refusals import reported
from ops.cli.start import ended_by_ctrl_c
from ops.roles import Role  # noqa: TC001 - Typer reads it

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.doctor import Finding, Patient

# ruff: noqa: PLC0415 - boto3 takes a while to import, which other commands need not

_NAMES = ("environment", "versions", "clock", "queues", "storage", "permissions", "engines", "workers")

_INDENT = (0, 0, 0, 2)

HELP = f"""Look for what would lose, delay or expose jobs.

Says what to do about each. Looks from this machine, by its settings and its role; a worker does the same as it starts,
and logs what it finds. Nothing is changed: what the role may do of all that operators do (or `--as` another part of
Sayline) is probed by requests that AWS refuses for another reason. Exit code 1 where anything is found.

\b
Checks: {", ".join(_NAMES[:5])},
{", ".join(_NAMES[5:])}

\b
Examples:
sayline doctor
sayline doctor --kind tts --kind reply
sayline doctor --as api --skip engines --json
"""


def _checks(incomplete: str) -> list[str]:
    """Return the checks that begin so, for the shell."""
    return [name for name in _NAMES if name.startswith(incomplete)]


def doctor(
    kind: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND", help="Of this kind alone. Repeatable.", autocompletion=completion.kinds),
    ] = None,
    skip: Annotated[
        list[str] | None,
        typer.Option(metavar="CHECK", help="Leave this out. Repeatable.", autocompletion=_checks),
    ] = None,
    role: Annotated[
        Role, typer.Option("--as", help="As which part of Sayline: what it is to be allowed.")
    ] = "operator",
    as_json: common.AsJson = False,  # noqa: FBT002
) -> None:
    """Look for what is not as it should be."""
    if unknown := set(skip or ()) - set(_NAMES):
        raise typer.BadParameter(
            f"{', '.join(sorted(unknown))}: there is no such check. There are {', '.join(_NAMES)}."
        )
    with reported():
        patient = _patient(kind, role)
        checks = [name for name in _NAMES if name not in (skip or ())]
        findings = _examined(patient, checks)
        if as_json:
            print_json([finding.as_dict() for finding in findings])
        else:
            _show(findings, checks)
        if findings:
            raise typer.Exit(Exit.JOB_FAILED)


def _patient(kinds: Sequence[str] | None, role: Role) -> Patient:
    with ended_by_ctrl_c():
        from ops.doctor.whole import patient
        from workers.process import InspectedEngines

    settings = running.settings()
    return patient(settings, common.chosen(kinds or settings.kinds), InspectedEngines(settings), role=role)


def _examined(patient: Patient, checks: Sequence[str]) -> list[Finding]:
    from ops.doctor import examine

    console = err()
    with console.status("looking") if console.is_interactive else nullcontext():
        return list(examine(patient, checks))


def _show(findings: Sequence[Finding], checks: Sequence[str]) -> None:
    console = out()
    for finding in findings:
        console.print(printable(f"{finding.code}: {finding.subject}"), style="bold red")
        console.print(Padding(Text(printable(finding.detail)), _INDENT, expand=False))
        console.print(Padding(Text(printable(finding.remedy), style="dim"), _INDENT, expand=False))
    if not findings:
        err().print(f"Nothing found by {len(checks)} checks.")
