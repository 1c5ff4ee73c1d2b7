"""Strangers' files in a child process: which ends of the process are the file's own fault."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING, Any

import structlog

from workers.engines.child.process import ChildCrashedError, ChildProcess

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workers.engines.child.running import Reply

#: How much longer than its CPU time a file may take by the clock, where others compute too.
PATIENCE = 3

#: Signals by which a process ends itself. SIGKILL comes from outside, for example where a machine's memory is used up.
_BY_ITSELF = {-number for number in (signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGFPE, signal.SIGILL)}

log = structlog.get_logger(__name__)


class HarmfulFileError(Exception):
    """The file has ended the process twice, or used up its CPU time: no other attempt would fare better."""

    def __init__(self, *, too_slow: bool) -> None:
        super().__init__(too_slow)
        self.too_slow = too_slow


class FileProcess:
    """A process that reads one file at a time; callers on other threads wait for their turn."""

    def __init__(self, module: str, *, name: str, label: str, task: str) -> None:
        """As `ChildProcess`."""
        self.child = ChildProcess(module, name=name, label=label, task=task)
        self._crashed_event = f"{label}_crashed"

    def read(self, header: Mapping[str, Any], data: bytes, *, cpu_s: int, deadline: float) -> Reply:
        """Have a file read.

        Args:
            header: the request.
            data: the file.
            cpu_s: how much CPU time it may take.
            deadline: until when the caller can wait, by the monotonic clock.

        Raises:
            HarmfulFileError: the process did not survive the file.
            TransientError: `engine_timeout`, `engine_crashed`.
        """
        try:
            return self._asked(header, data, cpu_s, deadline)
        except ChildCrashedError as error:
            self._require_suspect(error, len(data))
        try:
            return self._asked(header, data, cpu_s, deadline)
        except ChildCrashedError as error:
            self._require_suspect(error, len(data))
            raise HarmfulFileError(too_slow=False) from error

    def close(self) -> None:
        """End the process. The next call would start another."""
        self.child.close()

    def _asked(self, header: Mapping[str, Any], data: bytes, cpu_s: int, deadline: float) -> Reply:
        # Started before the file is sent: what goes wrong until then is not the file's fault.
        self.child.hello(timeout_s=deadline - time.monotonic())
        timeout_s = min(deadline - time.monotonic(), PATIENCE * cpu_s)
        return self.child.exchange(header, data, timeout_s=timeout_s, cpu_s=cpu_s)

    def _require_suspect(self, error: ChildCrashedError, size: int) -> None:
        """Go on where the process ended itself over the file."""
        log.warning(self._crashed_event, returncode=error.returncode, bytes=size)
        if error.returncode == -signal.SIGXCPU:
            raise HarmfulFileError(too_slow=True) from error
        if error.returncode not in _BY_ITSELF:
            raise error
