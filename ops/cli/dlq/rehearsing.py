"""What a redrive would do, without doing it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import typer

from ops.cli.dlq import tables
from ops.cli.dlq.listing import count, say_surplus
from ops.cli.dlq.named import Named
from ops.cli.dlq.progress import bar
from ops.cli.output import Exit, err, out, print_json, printable
from ops.cli.wording import plural
from ops.dlq.amending import UnfitError
from ops.dlq.groups import group
from ops.dlq.redriving import UNFIT_SHOWN
from ops.dlq.selection import Selection, find

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ops.desk import Desk
    from ops.dlq.amending import Amendment
    from ops.dlq.groups import Group
    from schemas.job import Job, JsonObject


@dataclass
class _Check:
    """Whose request would not fit."""

    amendment: Amendment
    number: int = 0
    unfit: list[UnfitError] = field(default_factory=list)

    def through(self, jobs: Iterable[Job]) -> Iterator[Job]:
        for job in jobs:
            try:
                if not self.amendment.is_none:
                    self.amendment.check(job)
            except UnfitError as error:
                self.number += 1
                self.unfit += [error] if len(self.unfit) < UNFIT_SHOWN else []
            yield job


def rehearse(desk: Desk, chosen: Selection, amendment: Amendment, *, to_do_it: str, as_json: bool) -> None:
    """Show what would be done, and whose request would not fit; `to_do_it` are the options that do it."""
    check, named = _Check(amendment), Named(chosen)
    with bar("Reading", partial(count, desk, chosen)) as looked:
        groups = group(check.through(named.through(find(desk, chosen, looked=looked))))
    if as_json:
        shown = {"unfit": explained(check.unfit), "unfit_count": check.number, "done": False}
        print_json({"groups": [each.as_dict() for each in groups], **shown})
    else:
        if groups:
            out().print(tables.groups_list(groups, desk.now()), soft_wrap=True)
        _conclude(groups, check, to_do_it)
    say_surplus(desk, chosen)
    named.end()
    if check.unfit:
        raise typer.Exit(Exit.REFUSED)


def _conclude(groups: Sequence[Group], check: _Check, to_do_it: str) -> None:
    fit = sum(each.count for each in groups) - check.number
    if check.unfit:
        first = check.unfit[0]
        why = "\n".join(f"  {name}: {reason}" for name, reason in first.fields.items())
        err().print(
            printable(f"{plural(check.number, 'request')} would not fit, {first.job_id} for example:"), style="yellow"
        )
        err().print(printable(why))
    if fit:
        err().print(f"{fit:,} would be run again. {to_do_it} does it.")
    else:
        err().print("None would be run again." if groups else "There are no such dead letters.")


def explained(unfit: Iterable[UnfitError]) -> list[JsonObject]:
    """Return whose requests do not fit, and why, for JSON."""
    return [{"id": error.job_id, "fields": error.fields} for error in unfit]
