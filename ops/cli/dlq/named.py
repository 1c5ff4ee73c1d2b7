"""Jobs that were named one by one, and which of them are not meant by anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.cli.output import Exit, fail

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ops.dlq.selection import Selection
    from schemas.job import Job

_SHOWN = 10


class Named:
    """Follows which ids of a selection are met."""

    def __init__(self, chosen: Selection) -> None:
        self._unmet = dict.fromkeys(chosen.ids)

    def through(self, jobs: Iterable[Job]) -> Iterator[Job]:
        """Iterate over the jobs, and note them."""
        for job in jobs:
            self._unmet.pop(job.id, None)
            yield job

    def end(self) -> None:
        """End the command where some were not met.

        Raises:
            typer.Exit: with 66.
        """
        if self._unmet:
            first = ", ".join(list(self._unmet)[:_SHOWN])
            more = f" and {len(self._unmet) - _SHOWN:,} more" if len(self._unmet) > _SHOWN else ""
            hint = "`sayline dlq show ID` says what has become of a job."
            fail(f"{first}{more}: no such dead letter.", hint, Exit.NO_SUCH_JOB)
