"""One run of a child process: its pipes, its environment, what it prints, its end."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import structlog

from workers.engines.child.frames import read_frame, write_frame

if TYPE_CHECKING:
    from collections.abc import Mapping

_ROOT = Path(__file__).parents[3]
_STDERR_LINE_MAX = 300

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Reply:
    """What a child answered."""

    header: dict[str, Any]
    body: bytearray


class Running:
    """One process, run as `python -m {module} {pid of the parent}`, from its start to its end."""

    def __init__(self, module: str, label: str) -> None:
        self.owner = os.getpid()
        self.killed = False
        self._label = label
        self._hello: dict[str, Any] | None = None
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", module, str(self.owner)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(),
            # Ctrl-C in a terminal reaches the whole group: the worker lets a running job finish.
            start_new_session=True,
        )
        self.pid = self._process.pid
        self._log = log.bind(**{f"{label}_pid": self.pid})
        self._drain = threading.Thread(target=self._log_lines, daemon=True)
        self._drain.start()

    @property
    def ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.poll() is not None

    def greet(self) -> dict[str, Any]:
        """Wait until the process is ready; return what it said then about itself.

        Raises:
            EOFError, BrokenFrameError, OSError: the process has ended, or sends something else.
        """
        if self._hello is None:
            self._hello, _ = self._read()
            self._log.info(self._event("started"), version=self._hello.get("version"))
        return self._hello

    def exchange(self, request: Mapping[str, Any], body: bytes) -> Reply:
        """Send a request and wait for its reply; raises as `greet` does."""
        write_frame(_pipe(self._process.stdin), request, body)
        received = bytearray()
        while True:
            header, piece = self._read()
            received += piece
            if not header.pop("more", False):
                return Reply(header, received)

    def kill(self) -> None:
        """End the process at once, which ends every read and write on its pipes."""
        self.killed = True
        self._process.kill()

    def end(self) -> int:
        """End the process, wait for it and close the pipes; the exit code is that of an earlier death, if any."""
        self._process.kill()
        returncode = self._process.wait()
        self._drain.join()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            self._close(_pipe(pipe))
        self._log.info(self._event("ended"), returncode=returncode)
        return returncode

    def _read(self) -> tuple[dict[str, Any], bytes]:
        frame = read_frame(_pipe(self._process.stdout))
        if frame is None:
            raise EOFError
        return frame

    def _log_lines(self) -> None:
        for line in _pipe(self._process.stderr):
            self._log.warning(self._event("stderr"), line=line.decode(errors="replace").strip()[:_STDERR_LINE_MAX])

    def _close(self, pipe: BinaryIO) -> None:
        try:
            pipe.close()
        except BrokenPipeError:
            self._log.debug(self._event("pipe_broken"))  # what was still in the buffer has no reader any more

    def _event(self, what: str) -> str:
        return f"{self._label}_{what}"


def _environment() -> dict[str, str]:
    """What the child needs and no more: a C library that reads what strangers send gets no AWS credentials."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH") if name in os.environ}
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**kept, "PYTHONPATH": os.pathsep.join(paths), "PYTHONSAFEPATH": "1", "LC_ALL": "C.UTF-8"}


def _pipe(stream: Any) -> BinaryIO:  # noqa: ANN401 - Popen's pipes are optional to its types
    pipe: BinaryIO = stream
    return pipe
