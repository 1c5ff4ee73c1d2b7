"""`sayline dlq purge`: dead letters given up, into a file."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.dlq.listing import count
from ops.cli.dlq.named import Named
from ops.cli.dlq.progress import bar, clear
from ops.cli.dlq.told import tell
from ops.cli.operators import common
from ops.cli.output import Exit, err, fail
from ops.cli.refusals import reported
from ops.cli.stopping import Stop, stoppable
from ops.cli.wording import plural
from ops.dlq.clearing import Clearing
from ops.dlq.lines import StrayLine, written
from ops.dlq.purging import Purger, export
from ops.dlq.selection import Selection, find

if TYPE_CHECKING:
    from ops.desk import Desk
    from schemas.dead_letters import DeadLetter
    from schemas.job import JsonObject

HELP = """Give dead letters of one kind up: export, then delete them.

The file is a new one. Their jobs have failed then; their owners may still run them again, and `sayline dlq import`
brings them back. Asks for the queue's name; --confirm NAME is for scripts.

--strays is about messages of no job instead: a foreign sender's, or of a record that has expired. No list has them.

\b
Examples:
sayline dlq purge --kind analysis --code unreadable_answer
sayline dlq purge --kind tts --older 10d --into old.jsonl
sayline dlq purge --kind tts --strays
"""


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
        if confirm is None and sys.stdin.isatty():
            _say_how_many(desk, chosen, strays=strays)
        _confirm(name, confirm)
        path = into or Path(f"{name}-{desk.now():%Y%m%dT%H%M%SZ}.jsonl")
        named = Named(chosen)
        with stoppable() as stop:
            report = _strays(desk, kind, path, stop) if strays else _given_up(desk, chosen, path, named, stop)
        tell({**report, "file": str(path)}, as_json=as_json)
        stop.end("What was given up is in the file; all others are dead letters still.")
        named.end()


def _say_how_many(desk: Desk, chosen: Selection, *, strays: bool) -> None:
    (kind,) = chosen.kinds
    held = sum(desk.box.held(kind).values())
    of = f"about {plural(held, 'message')} of {desk.settings.dlq_name(kind)}"
    if strays:
        err().print(f"Of {of} those of no job would be deleted.", soft_wrap=True)
        return
    with bar("Reading", partial(count, desk, chosen)) as looked:
        number = sum(1 for _ in find(desk, chosen, looked=looked))
    err().print(f"{plural(number, 'dead letter')} would be given up, of {of}.", soft_wrap=True)


def _confirm(name: str, given: str | None) -> None:
    if given is None:
        if not sys.stdin.isatty():
            fail("A purge wants to be confirmed.", f"Add --confirm {name}", Exit.USAGE)
        given = typer.prompt(f"Type the queue's name, {name}, to purge it", err=True)
    if given != name:
        fail("That is not the queue's name: nothing was done.", f"It is {name}.", Exit.USAGE)


def _given_up(desk: Desk, chosen: Selection, path: Path, named: Named, stop: Stop) -> JsonObject:
    purger, clearing = Purger(desk=desk), Clearing(desk=desk, kind=chosen.kinds[0])
    with stop.ends():
        with bar("Writing", partial(count, desk, chosen), stop=stop) as said:
            number = export(desk, named.through(find(desk, chosen)), path, said=said)
        with bar("Giving up", number, stop=stop) as said:
            purger.run(path, said=said)
        clear(clearing, stop)
    return {"given_up": purger.given_up, "moved_on": purger.moved_on, "messages_deleted": clearing.deleted}


def _strays(desk: Desk, kind: str, path: Path, stop: Stop) -> JsonObject:
    found = 0

    def note(letter: DeadLetter) -> None:
        nonlocal found
        write(StrayLine(kind=kind, body=letter.body, reason=letter.reason))
        found += 1

    with written(path, each=True) as write, stop.ends():
        clear(Clearing(desk=desk, kind=kind, stray=note), stop)
    return {"strays_deleted": found}
