"""One supervised process: started, followed, restarted when it ends by itself, and stopped."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from asyncio.subprocess import DEVNULL
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ops.lifeline import READY_FILE
from ops.local.readiness import NotReadyError, answers

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from ops.local.console import Console

_READY_INTERVAL_S = 0.05
#: What is left of a process's last words is waited for this long: a grandchild may hold the pipe open.
_LAST_WORDS_S = 2.0


@dataclass(frozen=True, kw_only=True)
class ProcessSpec:
    """What is to be run, as data."""

    name: str
    command: tuple[str, ...]
    ready_url: str | None = None
    """Answers once the process is ready; without URL and file it is ready when it runs."""
    ready_file: Path | None = None
    """It makes this file once it is ready."""
    ready_timeout_s: float = 60
    grace_s: float = 10
    """How long it may take to stop before it is killed."""


@dataclass(frozen=True, kw_only=True)
class RestartPolicy:
    """How long to wait before a process that has ended is started again."""

    first_s: float = 1
    cap_s: float = 30
    reset_after_s: float = 60
    """A process that was up for so long has not failed to start: the wait begins at the first again."""

    def delay_s(self, *, previous_s: float, uptime_s: float) -> float:
        """Return the next wait; `previous_s` is 0 where there was none."""
        if uptime_s >= self.reset_after_s or not previous_s:
            return self.first_s
        return min(self.cap_s, 2 * previous_s)


async def _nothing() -> None:
    pass


class SupervisedProcess:
    """Runs a process in a session of its own, so that a terminal's Ctrl-C reaches the supervisor alone."""

    def __init__(
        self, spec: ProcessSpec, environment: Mapping[str, str], console: Console, *, restart: RestartPolicy
    ) -> None:
        self.spec = spec
        self.on_start: Callable[[], None] = lambda: None
        self.on_restart: Callable[[], Awaitable[None]] = _nothing
        """Awaited once it is ready again after a restart."""
        self._environment = environment
        self._console = console
        self._restart = restart
        self._process: Process | None = None
        self._output: asyncio.Task[None] | None = None
        self._supervision: asyncio.Task[None] | None = None
        self._killed = False

    @property
    def pid(self) -> int | None:
        """Process id, while it runs."""
        process = self._process
        return process.pid if process and process.returncode is None else None

    async def start(self) -> None:
        """Start it and return once it is ready.

        Raises:
            NotReadyError: it ended, or wasn't ready in time.
        """
        await self._spawn()
        await self._until_ready()
        self._supervision = asyncio.create_task(self._supervise(), name=f"supervise {self.spec.name}")

    async def stop(self) -> None:
        """Ask it to stop, and kill it when its grace period is over."""
        if self._supervision:
            self._supervision.cancel()
            await asyncio.gather(self._supervision, return_exceptions=True)
        if self.pid is not None and self._process is not None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), self.spec.grace_s)
            except TimeoutError:
                self._say(f"did not stop within {self.spec.grace_s:g} s and is killed")
        self._kill_group()
        await self._end()

    def kill(self) -> None:
        """Kill it and everything that it has started, at once and for good."""
        self._killed = True
        self._kill_group()

    async def _spawn(self) -> None:
        # A pipe of our own and not asyncio's PIPE: with that, `wait` waits for grandchildren that hold it open, too.
        read_end, write_end = os.pipe()
        environment = dict(self._environment)
        if self.spec.ready_file:
            self.spec.ready_file.unlink(missing_ok=True)
            environment[READY_FILE] = str(self.spec.ready_file)
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self.spec.command,
                stdin=DEVNULL,
                stdout=write_end,
                stderr=write_end,
                env=environment,
                start_new_session=True,
            )
        except BaseException:
            os.close(read_end)
            raise
        finally:
            os.close(write_end)
        self._output = asyncio.create_task(self._follow(read_end))
        self.on_start()

    async def _follow(self, read_end: int) -> None:
        reader = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(read_end, "rb", buffering=0)
        )
        try:
            await self._console.follow(self.spec.name, reader)
        finally:
            transport.close()

    async def _until_ready(self) -> None:
        deadline = time.monotonic() + self.spec.ready_timeout_s
        while True:
            if self._process is None or self._process.returncode is not None:
                await self._end()
                raise NotReadyError(f"{self.spec.name} {self._ending()} before it was ready")
            if await self._is_ready():
                return
            if time.monotonic() >= deadline:
                raise NotReadyError(f"{self.spec.name} was not ready within {self.spec.ready_timeout_s:g} s")
            await asyncio.sleep(_READY_INTERVAL_S)

    async def _is_ready(self) -> bool:
        if self.spec.ready_file and not self.spec.ready_file.exists():
            return False
        return self.spec.ready_url is None or await asyncio.to_thread(answers, self.spec.ready_url)

    async def _supervise(self) -> None:
        delay_s = 0.0
        while True:
            began = time.monotonic()
            await self._end()
            if self._killed:
                return
            delay_s = self._restart.delay_s(previous_s=delay_s, uptime_s=time.monotonic() - began)
            self._say(f"{self._ending()}; it is started again in {delay_s:g} s")
            await asyncio.sleep(delay_s)
            await self._spawn()
            await self._come_back()

    async def _come_back(self) -> None:
        try:
            await self._until_ready()
            await self.on_restart()
        except NotReadyError as error:
            # If it has ended, it is started again; if it is slow, it goes on.
            self._say(str(error))
        else:
            self._say("is ready again")

    async def _end(self) -> None:
        """Wait until it has ended, and its last words are written."""
        if self._process is None:
            return
        await self._process.wait()
        # What it has started and left behind, for example the children of a pool.
        self._kill_group()
        if self._output and not self._output.done():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._output, _LAST_WORDS_S)

    def _kill_group(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _ending(self) -> str:
        code = self._process.returncode if self._process else None
        if code is None:
            return "is running"
        return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"exited with code {code}"

    def _say(self, text: str) -> None:
        self._console.write("stack", f"{self.spec.name} {text}" if not text.startswith(self.spec.name) else text)
