"""Strangers' files in a child process: which ends of the process are the file's own fault."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING, Any, TypeAlias

import structlog

from schemas.errors import PermanentError
from workers.engines.child.process import ChildCrashedError, ChildProcess

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workers.engines.child.running import Reply

#: By reason: the error's code, and what the job's owner is told.
Refusals: TypeAlias = "Mapping[str, tuple[str, str]]"

#: How much longer than its CPU time a file may take by the clock, where others compute too.
PATIENCE = 3

#: Signals by which a process ends itself. SIGKILL comes from outside, for example where a machine's memory is used up.
_BY_ITSELF = {-number for number in (signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGFPE, signal.SIGILL)}

log = structlog.get_logger(__name__)


class _HarmfulFileError(Exception):
    """The file has ended the process twice, or used up its CPU time: no other attempt would fare better."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class FileProcess:
    """A process that reads one file at a time; callers on other threads wait for their turn."""

    def __init__(self, module: str, *, name: str, label: str, task: str, max_bytes: int) -> None:
        """As `ChildProcess`; a longer file than `max_bytes` is not shown to the process."""
        self.child = ChildProcess(module, name=name, label=label, task=task)
        self._label = label
        self._max_bytes = max_bytes

    def read(self, header: Mapping[str, Any], data: bytes, *, refusals: Refusals, cpu_s: int, deadline: float) -> Reply:
        """Have a file read.

        Args:
            header: the request.
            data: the file.
            refusals: what the process may say of it, and `too_many_bytes`, `slow`, `damaged`.
            cpu_s: how much CPU time it may take.
            deadline: until when the caller can wait, by the monotonic clock.

        Raises:
            PermanentError: the file is refused, or the process did not survive it: one of the refusals.
            TransientError: `engine_timeout`, `engine_crashed`.
        """
        if len(data) > self._max_bytes:
            raise _refused("too_many_bytes", refusals)
        try:
            reply = self._survived(header, data, cpu_s, deadline)
        except _HarmfulFileError as error:
            raise _refused(error.reason, refusals) from error
        if reason := reply.header.get("refused"):
            kind = reply.header.get("error")
            log.info("file_refused", reader=self._label, reason=reason, error=kind, bytes=len(data))
            raise _refused(reason, refusals)
        return reply

    def _survived(self, header: Mapping[str, Any], data: bytes, cpu_s: int, deadline: float) -> Reply:
        try:
            return self._asked(header, data, cpu_s, deadline)
        except ChildCrashedError as error:
            self._require_suspect(error, len(data))
        try:
            return self._asked(header, data, cpu_s, deadline)
        except ChildCrashedError as error:
            self._require_suspect(error, len(data))
            raise _HarmfulFileError("damaged") from error

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
        log.warning("file_reader_crashed", reader=self._label, returncode=error.returncode, bytes=size)
        if error.returncode == -signal.SIGXCPU:
            raise _HarmfulFileError("slow") from error
        if error.returncode not in _BY_ITSELF:
            raise error


def _refused(reason: str, refusals: Refusals) -> PermanentError:
    code, message = refusals[reason]
    return PermanentError(code, message)
