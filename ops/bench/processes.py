"""Processes looked at from outside: a worker and all that it has started. Linux only, as it reads /proc."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ops.lifeline import READY_FILE, SUPERVISED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_PROC = Path("/proc")
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_KIB_PER_MB = 1024
_READY_TIMEOUT_S = 60
#: Fields of /proc/<pid>/stat after the command's name, proc(5): utime, stime, cutime, cstime.
_TIMES = slice(11, 15)


class ProgramError(Exception):
    """A program has ended, or is not ready; the message says which, and the end of its log."""


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What a process tree holds, in MB."""

    rss_mb: float
    """Resident sizes added up: what processes share counts for each."""
    pss_mb: float
    """What is shared counts once."""
    processes: int
    threads: int


class Program:
    """A program in a session of its own, killed with all its children at the end of `with`."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], *, log: Path, ready_file: bool) -> None:
        self._command = command
        self._log = log
        self._ready = log.with_suffix(".ready") if ready_file else None
        self._environment = {**os.environ, **environment, SUPERVISED: str(os.getpid())}
        if self._ready:
            self._ready.unlink(missing_ok=True)
            self._environment[READY_FILE] = str(self._ready)

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - the benchmark's own commands
                self._command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait_ready()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        """SIGKILL it, and whatever it has started."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    @property
    def pid(self) -> int:
        """Process id of the parent."""
        return self._process.pid

    def check(self) -> None:
        """Raise `ProgramError` if it has ended."""
        if self._process.poll() is not None:
            raise ProgramError(f"{' '.join(self._command)} has ended: {self.log[-1500:]}")

    @property
    def log(self) -> str:
        """What it has written."""
        return self._log.read_text("utf-8", "replace")

    def cpu_s(self) -> float:
        """Return CPU seconds, user and system, of it and its children, dead ones included."""
        return sum(map(cpu_s, tree(self.pid)))

    def memory(self) -> Memory:
        """Return what it and its children hold now."""
        return memory(self.pid)

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + _READY_TIMEOUT_S
        while self._ready and not self._ready.exists():
            self.check()
            if time.monotonic() > deadline:
                raise ProgramError(f"{' '.join(self._command)} is not ready: {self.log[-1500:]}")
            time.sleep(0.02)


def tree(pid: int) -> Iterator[int]:
    """Iterate over a process and its descendants; those that end meanwhile may be missing."""
    yield pid
    with suppress(OSError):
        for listed in sorted(_PROC.glob(f"{pid}/task/*/children")):
            for child in listed.read_text().split():
                yield from tree(int(child))


def cpu_s(pid: int) -> float:
    """Return CPU seconds of a process, and of the children that it has waited for."""
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[_TIMES])) / _TICKS_PER_S


def memory(pid: int) -> Memory:
    """Return what a process tree holds now."""
    pids = list(tree(pid))
    return Memory(
        rss_mb=sum(_sum_kib(pid, "Rss:") for pid in pids) / _KIB_PER_MB,
        pss_mb=sum(_sum_kib(pid, "Pss:") for pid in pids) / _KIB_PER_MB,
        processes=len(pids),
        threads=sum(len(list(_PROC.glob(f"{pid}/task/*"))) for pid in pids),
    )


def _sum_kib(pid: int, name: str) -> int:
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(name))
