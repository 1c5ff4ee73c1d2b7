"""Long commands that are told to stop: they end after the step in hand, and say what they have done.

Ctrl-C and SIGTERM are noted, and heeded where nothing is half done; the second one ends the command wherever it is.
"""

from __future__ import annotations

import signal
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import typer

from ops.cli.output import WIDTH, err
from ops.cli.wording import filled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
#: A shell's exit code for a command that a signal has ended is this and the signal's number.
_BY_SIGNAL = 128


class StoppedError(Exception):
    """The command was told to stop."""


class Stop:
    """Whether a command was told to stop."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self.signum = 0
        """By which signal; 0 where it was not."""
        self._sleep = sleep
        self._is_asleep = False

    def check(self, *_: object) -> None:
        """End here if the command was told to stop; called between steps.

        Raises:
            StoppedError: it was.
        """
        if self.signum:
            raise StoppedError

    def sleep(self, seconds: float) -> None:
        """Sleep, until the command is told to stop.

        Raises:
            StoppedError: it was.
        """
        self._is_asleep = True
        try:
            self.check()  # only now: what is told from here on ends the sleep
            self._sleep(seconds)
        finally:
            self._is_asleep = False

    def ends(self) -> suppress:
        """Go on after the block, wherever in it the command was told to stop."""
        return suppress(StoppedError)

    def end(self, hint: str) -> None:
        """End the command as one that was told to stop, if it was.

        Raises:
            typer.Exit: with 130 after Ctrl-C, with 143 after SIGTERM.
        """
        if self.signum:
            err().print("Interrupted.", style="bold red")
            err().print(filled(hint, WIDTH), soft_wrap=True)
            raise typer.Exit(_BY_SIGNAL + self.signum)

    def told(self, signum: int, _: object) -> None:
        """Note a signal; the second one is a `KeyboardInterrupt`."""
        if self.signum:
            raise KeyboardInterrupt
        self.signum = signum
        if self._is_asleep:
            raise StoppedError


@contextmanager
def stoppable(sleep: Callable[[float], None] = time.sleep) -> Iterator[Stop]:
    """Heed signals between steps, to the end of the block; one that the shell has this command ignore stays ignored."""
    stop = Stop(sleep)
    before = {each: signal.getsignal(each) for each in _SIGNALS}
    heeded = [each for each in _SIGNALS if before[each] is not signal.SIG_IGN]
    for each in heeded:
        signal.signal(each, stop.told)
    try:
        yield stop
    finally:
        for each in heeded:
            signal.signal(each, before[each])
