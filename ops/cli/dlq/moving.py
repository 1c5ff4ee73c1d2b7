"""`sayline dlq purge`, `export` and `import`: dead letters into files and back."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.dlq.listing import count
from ops.cli.dlq.progress import bar
from ops.cli.operators import common
from ops.cli.output import Exit, err, fail, print_json, print_line
from ops.cli.refusals import reported
from ops.cli.stopping import Stop, stoppable
from ops.dlq.clearing import Clearing
from ops.dlq.importing import Importer
from ops.dlq.lines import StrayLine, UnreadableLineError, read, written
from ops.dlq.purging import Purger, export
from ops.dlq.selection import Selection, find

if TYPE_CHECKING:
    from ops.desk import Desk
    from schemas.dead_letters import DeadLetter
    from schemas.job import JsonObject

PURGE_HELP = """Give dead letters of one kind up: export, then delete them.

The file is a new one. Their jobs have failed then; their owners may still run them again, and `sayline dlq import`
brings them back. Asks for the queue's name; --confirm NAME is for scripts.

--strays is about messages of no job instead: a foreign sender's, or of a record that has expired. No list has them.

\b
Examples:
sayline dlq purge --kind analysis --code unreadable_answer
sayline dlq purge --kind tts --older 10d --into old.jsonl
sayline dlq purge --kind tts --strays
"""

EXPORT_HELP = """Write dead letters to a new file; they stay where they are.

The file is of JSON Lines, and has what learners asked for. It is readable by you alone: keep it so, and delete it in
time.

\b
Examples:
sayline dlq export dead.jsonl
sayline dlq export tts.jsonl --kind tts --newer 1d
"""

IMPORT_HELP = """Bring exported dead letters back, to be run again.

A job that has got further is left alone. May be interrupted, and begun again with the same file.

\b
Examples:
sayline dlq import dead.jsonl
sayline dlq import dead.jsonl --json
"""

NewFile = Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False, help="A new file.")]


def purge(
    *,
    chosen: Selection,
    into: Annotated[Path | None, typer.Option(metavar="FILE", dir_okay=False, help="The new file.")] = None,
    strays: Annotated[bool, typer.Option("--strays", help="Messages of no job, and nothing else.")] = False,
    confirm: Annotated[str | None, typer.Option(metavar="NAME", help="The dead-letter queue's name.")] = None,
    as_json: common.AsJson = False,
) -> None:
    """Give dead letters up."""
    with reported():
        if len(chosen.kinds) != 1:
            fail("A purge is of one kind.", "Name it by --kind.", Exit.USAGE)
        if strays and not chosen.is_everything:
            fail("--strays goes with --kind alone.", "What is of no job has no owner and no reason.", Exit.USAGE)
        (kind,) = chosen.kinds
        desk = common.desk()
        name = desk.settings.dlq_name(kind)
        _confirm(name, confirm)
        path = into or Path(f"{name}-{desk.now():%Y%m%dT%H%M%SZ}.jsonl")
        with stoppable() as stop:
            report = _strays(desk, kind, path, stop) if strays else _given_up(desk, chosen, path, stop)
        _tell({**report, "file": str(path)}, as_json=as_json)
        stop.end("What was given up is in the file; all others are dead letters still.")


def _confirm(name: str, given: str | None) -> None:
    if given is None:
        if not sys.stdin.isatty():
            fail("A purge wants to be confirmed.", f"Add --confirm {name}", Exit.USAGE)
        given = typer.prompt(f"Type the queue's name, {name}, to purge it", err=True)
    if given != name:
        fail("That is not the queue's name: nothing was done.", f"It is {name}.", Exit.USAGE)


def _given_up(desk: Desk, chosen: Selection, path: Path, stop: Stop) -> JsonObject:
    purger, clearing = Purger(desk=desk), Clearing(desk=desk, kind=chosen.kinds[0])
    with stop.ends():
        with bar("Writing", partial(count, desk, chosen), stop=stop) as said:
            number = export(desk, find(desk.jobs, chosen), path, said=said)
        with bar("Giving up", number, stop=stop) as said:
            purger.run(path, said=said)
        _clear(clearing, stop)
    return {"given_up": purger.given_up, "moved_on": purger.moved_on, "messages_deleted": clearing.deleted}


def _strays(desk: Desk, kind: str, path: Path, stop: Stop) -> JsonObject:
    found = 0

    def note(letter: DeadLetter) -> None:
        nonlocal found
        write(StrayLine(kind=kind, body=letter.body, reason=letter.reason))
        found += 1

    with written(path, each=True) as write, stop.ends():
        _clear(Clearing(desk=desk, kind=kind, stray=note), stop)
    return {"strays_deleted": found}


def _clear(clearing: Clearing, stop: Stop) -> None:
    held = sum(clearing.desk.box.held(clearing.kind).values())
    with bar(f"Clearing {clearing.kind}", held, stop=stop) as met:
        clearing.run(said=met)


def export_dead(*, file: NewFile, chosen: Selection, as_json: common.AsJson = False) -> None:
    """Write dead letters to a file."""
    with reported():
        desk = common.desk()
        with stoppable() as stop:
            number = _exported(desk, chosen, file, stop)
        _tell({"written": number, "file": str(file)}, as_json=as_json)
        stop.end("The file has those that were written until then.")


def _exported(desk: Desk, chosen: Selection, file: Path, stop: Stop) -> int:
    number = 0
    with stop.ends(), bar("Writing", partial(count, desk, chosen), stop=stop) as written_one:

        def said(step: int) -> None:
            nonlocal number
            number += step
            written_one(step)

        export(desk, find(desk.jobs, chosen), file, said=said)
    return number


def import_dead(
    file: Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False, help="What export or purge has written.")],
    as_json: common.AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Bring dead letters back."""
    with reported():
        importer = Importer(desk=common.desk())
        try:
            with (
                stoppable() as stop,
                file.open(encoding="utf-8") as lines,
                stop.ends(),
                bar("Bringing back", partial(_lines, file), stop=stop) as said,
            ):
                importer.run(read(lines), said=lambda _: said(1))
        except UnreadableLineError as error:
            hint = "The lines before it were brought back. Mend or remove it, and begin again."
            fail(f"{file}: line {error.number} is no dead letter.", hint, Exit.REFUSED)
        except UnicodeDecodeError:
            fail(f"{file} is not UTF-8.", code=Exit.REFUSED)
        _tell({brought.value: number for brought, number in sorted(importer.tally.items())}, as_json=as_json)
        stop.end("The same command goes on from there.")


def _lines(file: Path) -> int:
    with file.open("rb") as lines:
        return sum(1 for _ in lines)


def _tell(report: JsonObject, *, as_json: bool) -> None:
    if as_json:
        print_json(report)
        return
    for name, value in report.items():
        print_line(f"{name.replace('_', ' ')}: {value if isinstance(value, str) else json.dumps(value)}")
    if not report:
        err().print("The file has no dead letters.")
