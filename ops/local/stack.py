"""The supervisor behind `sayline up`: everything on one machine, started, watched and stopped in order."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from ops.aws.clients import Clients
from ops.infra.deploy import DeployError, deploy
from ops.local import emulator, ports, stack_file
from ops.local.console import Console
from ops.local.lock import LockedError, exclusive
from ops.local.process import RestartPolicy, SupervisedProcess
from ops.local.specs import api_url, child_environment, emulator_spec, sayline_specs

if TYPE_CHECKING:
    from typing import TextIO

    from ops.local.process import ProcessSpec
    from ops.local.specs import Specs
    from ops.settings import Settings


#: Whoever reads `stack.json` looks at the lock for a moment.
_LOCK_TIMEOUT_S = 0.5


class StackError(Exception):
    """The local stack cannot be started; the message says why, and what helps."""


class Stack:
    """A local stack, running within `async with`."""

    def __init__(
        self,
        settings: Settings,
        *,
        specs: Specs = sayline_specs,
        log: TextIO | None = None,
        restart: RestartPolicy | None = None,
    ) -> None:
        self._wanted = settings
        self._specs = specs
        self._console = Console(log or sys.stderr)
        self._restart = restart or RestartPolicy()
        self._processes: list[SupervisedProcess] = []
        self._cleanup = ExitStack()
        self._is_ready = False
        self.settings = settings
        """As given, with the ports that were chosen; a client of this stack is made from these."""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start everything and return when all is ready; what has begun is stopped again if that fails.

        Raises:
            StackError: another stack uses the data directory, or its resources could not be deployed.
            NotReadyError: a process did not become ready.
        """
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise

    @property
    def api_url(self) -> str:
        """Where the API answers."""
        return api_url(self.settings)

    def process(self, name: str) -> SupervisedProcess:
        """Return a process by name.

        Raises:
            KeyError: there is none.
        """
        return {process.spec.name: process for process in self._processes}[name]

    async def stop(self) -> None:
        """Stop everything, the last one started first; the emulator last, which writes its state."""
        self._is_ready = False
        for process in reversed(self._processes):
            self.say(f"stopping {process.spec.name}")
            await process.stop()
        self._processes.clear()
        self._cleanup.close()

    def kill(self) -> None:
        """Kill everything at once; a `stop` that waits then comes to its end."""
        for process in self._processes:
            process.kill()

    async def _start(self) -> None:
        self._lock()
        # A stack that was killed has left its own behind.
        stack_file.remove(self._wanted)
        self.settings = self._with_ports()
        if self.settings.aws == "local":
            running = await self._run(emulator_spec(self.settings))
            running.on_restart = self._deploy_again
        if self.settings.aws != "aws":
            await self._deploy()
        for spec in self._specs(self.settings):
            await self._run(spec)
        self._is_ready = True
        self._write_info()
        self._cleanup.callback(stack_file.remove, self.settings)
        self.say(f"ready: {self.api_url}")

    def _lock(self) -> None:
        directory = self._wanted.data_dir
        try:
            self._cleanup.enter_context(exclusive(stack_file.lock_path(self._wanted), timeout_s=_LOCK_TIMEOUT_S))
        except LockedError as error:
            raise StackError(
                f"a stack runs in {directory} already (process {error.owner}): "
                "stop it, or give this one another SAYLINE_DATA_DIR"
            ) from error

    def _with_ports(self) -> Settings:
        wanted = self._wanted
        chosen: dict[str, Any] = {"data_dir": wanted.data_dir.resolve()}
        hosts = {"api_port": wanted.api_host}
        if wanted.aws == "local":
            hosts["emulator_port"] = emulator.HOST
        for name, host in hosts.items():
            port = getattr(wanted, name)
            chosen[name] = ports.choose(host, port)
            if port and chosen[name] != port:
                self.say(f"port {port} is in use: {name} is {chosen[name]}")
        return wanted.model_copy(update=chosen)

    async def _run(self, spec: ProcessSpec) -> SupervisedProcess:
        environment = child_environment(self.settings, self._console)
        process = SupervisedProcess(spec, environment, self._console, restart=self._restart)
        process.on_start = self._write_info
        self._processes.append(process)
        await process.start()
        return process

    async def _deploy(self) -> None:
        try:
            await asyncio.to_thread(deploy, self.settings, Clients(self.settings))
        except (DeployError, BotoCoreError, ClientError) as error:
            raise StackError(f"the resources could not be deployed: {error}") from error

    async def _deploy_again(self) -> None:
        """After a restart of the emulator, whose last snapshot may be older than the first deployment."""
        try:
            await self._deploy()
        except StackError as error:
            self.say(str(error))

    def _write_info(self) -> None:
        if not self._is_ready:
            return
        pids = {process.spec.name: process.pid for process in self._processes}
        info = stack_file.StackInfo(
            api_url=self.api_url,
            emulator_port=self.settings.emulator_port,
            pid=os.getpid(),
            processes={name: pid for name, pid in pids.items() if pid is not None},
        )
        stack_file.write(self.settings, info)

    def say(self, text: str) -> None:
        """Write a line of the supervisor's own to the log."""
        self._console.write("stack", text)
