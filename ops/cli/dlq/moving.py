"""`sayline dlq export` and `import`: dead letters into files and back."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.dlq.listing import count
from ops.cli.dlq.progress import bar
from ops.cli.dlq.told import tell
from ops.cli.operators import common
from ops.cli.output import Exit, fail
from ops.cli.refusals import reported
from ops.cli.stopping import Stop, stoppable
from ops.dlq.importing import Importer
from ops.dlq.lines import Line, UnreadableLineError, read
from ops.dlq.purging import export
from ops.dlq.selection import Selection, find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.desk import Desk

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


def export_dead(*, file: NewFile, chosen: Selection, as_json: common.AsJson = False) -> None:
    """Write dead letters to a file."""
    with reported():
        desk = common.desk()
        with stoppable() as stop:
            number = _exported(desk, chosen, file, stop)
        tell({"written": number, "file": str(file)}, as_json=as_json)
        stop.end("The file has those that were written until then.")


def _exported(desk: Desk, chosen: Selection, file: Path, stop: Stop) -> int:
    number = 0
    with stop.ends(), bar("Writing", partial(count, desk, chosen), stop=stop) as written_one:

        def said(step: int) -> None:
            nonlocal number
            number += step
            written_one(step)

        export(desk, find(desk, chosen), file, said=said)
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
                bar("Bringing back", partial(_lines, file)) as said,
            ):
                importer.run(_until(stop, read(lines)), said=lambda _: said(1))
        except UnreadableLineError as error:
            hint = "The lines before it were brought back. Mend or remove it, and begin again."
            fail(f"{file}: line {error.number} is no dead letter.", hint, Exit.REFUSED)
        except UnicodeDecodeError:
            fail(f"{file} is not UTF-8.", code=Exit.REFUSED)
        tell({brought.value: number for brought, number in sorted(importer.tally.items())}, as_json=as_json)
        stop.end("The same command goes on from there.")


def _until(stop: Stop, lines: Iterator[Line]) -> Iterator[Line]:
    """Iterate over lines until the command is told to stop: those before are brought back whole, by pages."""
    for line in lines:
        stop.check()
        yield line


def _lines(file: Path) -> int:
    with file.open("rb") as lines:
        return sum(1 for _ in lines)
