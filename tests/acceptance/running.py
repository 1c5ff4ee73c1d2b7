"""A whole local stack as processes, in a thread of its own, and a client for it."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import httpx2

from ops.audit import audit
from ops.aws.clients import Clients
from ops.aws.evidence import gather
from ops.local.process import RestartPolicy
from ops.local.specs import sayline_specs
from ops.local.stack import Stack
from ops.settings import Settings
from tests.emulated import free_port
from tests.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from ops.audit import Finding
    from ops.local.specs import Specs

FINAL = {"succeeded", "failed", "dead_lettered", "cancelled"}


class RunningStack:
    """Runs a stack from `with` to `with`'s end; its log goes to `stack.log` beside its data."""

    def __init__(self, data_dir: Path, *, specs: Specs = sayline_specs, **settings: Any) -> None:
        self._log = (data_dir / "stack.log").open("w", encoding="utf-8")
        ports: dict[str, Any] = {"api_port": free_port(), "emulator_port": free_port()}
        wanted = Settings(_env_file=None, data_dir=data_dir / "data", **ports, **settings)
        self.stack = Stack(wanted, specs=specs, log=self._log, restart=RestartPolicy(first_s=0.2, cap_s=1))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._run(self.stack.start())
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self.stack.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._log.close()

    def _run(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=120)

    @property
    def settings(self) -> Settings:
        return self.stack.settings

    @cached_property
    def clients(self) -> Clients:
        """Clients of its AWS, made once: that takes longer than most requests."""
        return Clients(self.settings)

    def client(self, owner: str = "mina") -> httpx2.Client:
        return httpx2.Client(
            base_url=self.stack.api_url, headers={"X-Sayline-Owner": owner}, timeout=30, trust_env=False
        )

    def kill(self, name: str) -> None:
        """SIGKILL a process of the stack; the supervisor starts it again."""
        pid = self.stack.process(name).pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

    def findings(self) -> list[Finding]:
        """Audit the stack, once it is quiet."""
        wait_until(lambda: not any(gather(self.settings).waiting.values()), every_s=0.2)
        return list(audit(gather(self.settings)))


def wait_for_end(client: httpx2.Client, job_id: str, *, timeout_s: float = 60) -> dict[str, Any]:
    """Poll a job until it is over, and return its view."""

    def over() -> dict[str, Any] | None:
        view: dict[str, Any] = client.get(f"/v1/jobs/{job_id}").raise_for_status().json()
        return view if view["status"] in FINAL else None

    # Looks cost time of the processors that the job is run by, too.
    view: dict[str, Any] = wait_until(over, timeout_s=timeout_s, every_s=0.1)
    return view
