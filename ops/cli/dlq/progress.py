"""Progress on a terminal; elsewhere nothing, so that logs have results alone."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ops.cli.output import err

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ops.cli.stopping import Stop
    from ops.dlq.clearing import Clearing


@contextmanager
def bar(
    what: str, total: Callable[[], int | None] | int | None = None, *, stop: Stop | None = None
) -> Iterator[Callable[[int], None]]:
    """Show how far it is; yields what is called with each step's size, and ends where the command was told to stop.

    A total that has to be asked for is asked for where a bar is shown.
    """

    def check() -> None:
        if stop:
            stop.check()

    console = err()
    if not console.is_interactive:
        yield lambda _: check()
        return
    columns = (TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(what, total=total() if callable(total) else total)

        def stepped(step: int) -> None:
            progress.update(task, advance=step)
            check()

        yield stepped


def clear(clearing: Clearing, stop: Stop) -> None:
    """Go over a dead-letter queue once; it ends where the command was told to stop.

    Raises:
        StoppedError: it was.
    """
    with bar(f"Clearing {clearing.kind}", clearing.held, stop=stop) as met:
        clearing.run(said=met)
