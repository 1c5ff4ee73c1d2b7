"""A command on a terminal: with it as a person would, keys and a window of some size, and seen as they would see it."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from typing import TYPE_CHECKING, Self

from ops.picture.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

WIDTH, HEIGHT = 80, 24
_CHUNK_BYTES = 65_536
_LOOK_EVERY_S = 0.05
#: Settings of whoever starts this that would hide what a terminal is sent otherwise.
_OTHERS = ("TERM", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CI", "TTY_INTERACTIVE", "TTY_COMPATIBLE")
#: Makes the terminal the process's own, so that its Ctrl-C is a signal, heeds that even where whoever starts this is in
#: the background, and becomes the command.
_ADOPT = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])
"""


class Terminal:
    """Runs a command from `with` to `with`'s end; `screen` is what is to be seen so far."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        environ: Mapping[str, str],
        size: tuple[int, int] = (WIDTH, HEIGHT),
        **special: str,
    ) -> None:
        """Begin it, in this environment but for what others of its terminals would say; `special` is put over that."""
        self.screen = Screen(size[0])
        self.sent = ""
        """All that was written, escape codes and all."""
        given = {name: value for name, value in environ.items() if name not in _OTHERS}
        self._ours, theirs = pty.openpty()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.resize(*size)
        try:
            self._process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 - the caller's own
                [sys.executable, "-c", _ADOPT, *command],
                stdin=theirs,
                stdout=theirs,
                stderr=theirs,
                env={"TERM": "xterm-256color", **given, **special},
                start_new_session=True,
            )
        finally:
            os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        os.close(self._ours)

    def type(self, keys: str) -> None:
        """Press keys, as they are sent: Ctrl-C is the character 3."""
        os.write(self._ours, keys.encode())

    def resize(self, width: int, height: int) -> None:
        """Make the window another size; what is written from now on is wrapped there."""
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.screen.width = width

    def wait_for(self, seen: str | Callable[[Screen], bool], *, timeout_s: float = 30) -> None:
        """Look until this is on the screen.

        Raises:
            TimeoutError: it is not, in time or before the command's end.
        """
        until = time.monotonic() + timeout_s
        while not (seen in self.screen.text if isinstance(seen, str) else seen(self.screen)):
            if not self._look() or time.monotonic() > until:
                raise TimeoutError(f"{seen} is not to be seen:\n{self.screen.text}")

    def end(self, *, timeout_s: float = 60) -> int:
        """Look until the command ends, and return its exit code; minus a signal's number where that has ended it.

        Raises:
            TimeoutError: it does not, in time.
        """
        until = time.monotonic() + timeout_s
        while self._look():
            if time.monotonic() > until:
                raise TimeoutError(f"It goes on:\n{self.screen.text}")
        return self._process.wait(timeout_s)

    def _look(self) -> bool:
        """Read what there is, for a moment; whether there may be more."""
        if not select.select([self._ours], [], [], _LOOK_EVERY_S)[0]:
            return True
        try:
            chunk = os.read(self._ours, _CHUNK_BYTES)
        except OSError:  # Linux says so when the other end is closed
            return False
        text = self._decoder.decode(chunk)
        self.sent += text
        self.screen.feed(text)
        return bool(chunk)
