"""Where the command line begins: what takes a while to import is imported where Ctrl-C may end the process at once."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def ended_by_ctrl_c() -> Iterator[None]:
    """Have Ctrl-C end the process by its signal: nothing is begun yet that would have to be tidied or told.

    An exception in the middle of an import ends in a traceback, or as another library's error.
    """
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler:  # it is ignored, as that of a background job; or somebody else's
        yield
        return
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def run() -> None:
    """Run `sayline`."""
    with ended_by_ctrl_c():
        from ops.cli.main import run as run_command  # noqa: PLC0415 - within
    run_command()
