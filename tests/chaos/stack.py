"""The stack in a storm: several workers, all of them behind the fault proxy."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Self

from ops.local.process import ProcessSpec
from ops.local.specs import api_url
from tests.acceptance.running import RunningStack
from tests.chaos import weather
from tests.chaos.ambush import Lookout
from tests.chaos.handlers.vendor import URL
from tests.faults import CALM, FaultProxy
from tests.faults.refusals import Vendor
from tests.vendor import vendor

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ops.settings import Settings
    from tests.chaos.scale import Scale
    from tests.faults.wire import Message

VENDOR_LATENCY_S = (0.05, 0.3)
_WORKER_STOPS_WITHIN_S = 30


class StormyStack:
    """Runs within `with`; calm at first, and calm again when told."""

    def __init__(self, data_dir: Path, scale: Scale) -> None:
        self.scale = scale
        self.ledger = data_dir / "vendor.ledger"
        self.log = data_dir / "stack.log"
        self.aws_plan = weather.aws(scale.seed)
        self.vendor_plan = weather.vendor(scale.seed)
        self.lost_calls: list[Message] = []
        self.lookouts: dict[str, Lookout] = {}
        """By process: who decides on its requests."""
        self.proxies: list[FaultProxy] = []
        self._data_dir = data_dir
        self._exits = ExitStack()

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._exits.close()
            raise
        return self

    def _start(self) -> None:
        port = self._exits.enter_context(vendor(self.ledger, latency_s=VENDOR_LATENCY_S))
        self.vendor = self._exits.enter_context(FaultProxy(port, Vendor()))
        self.vendor.on_lost = self.lost_calls.append
        os.environ |= {**self.scale.environ(), URL: f"http://127.0.0.1:{self.vendor.port}"}
        self.running = RunningStack(self._data_dir, specs=self._specs)
        # Before the stack, so that what the stack is made of can use it till its own end.
        self.running.__enter__()
        self._exits.push(self.running)

    def __exit__(self, *_: object) -> None:
        self.calm()
        self._exits.close()

    @property
    def settings(self) -> Settings:
        """How the emulator is reached, past the proxy."""
        return self.running.settings

    @property
    def workers(self) -> Sequence[str]:
        """The workers' names."""
        return [f"worker-{number}" for number in range(1, self.scale.workers + 1)]

    def storm(self) -> None:
        """Let the faults flow."""
        for lookout in self.lookouts.values():
            lookout.plan = self.aws_plan
        self.vendor.fault = self.vendor_plan

    def calm(self) -> None:
        """Stop all faults."""
        self.aws_plan.calm = self.vendor_plan.calm = True
        for lookout in self.lookouts.values():
            lookout.ambush = None

    def _specs(self, settings: Settings) -> Sequence[ProcessSpec]:
        self.vendor.fault = CALM
        through = partial(self._through, settings)
        workers = (
            ProcessSpec(
                name=name,
                command=through(name, "workers.app"),
                ready_file=settings.data_dir / f"{name}.ready",
                grace_s=_WORKER_STOPS_WITHIN_S,
            )
            for name in self.workers
        )
        api = ProcessSpec(name="api", command=through("api", "producers.api"), ready_url=f"{api_url(settings)}/readyz")
        return (*workers, ProcessSpec(name="clock", command=through("clock", "ops.clock")), api)

    def _through(self, settings: Settings, name: str, module: str) -> tuple[str, ...]:
        proxy = self._exits.enter_context(FaultProxy(settings.emulator_port))
        self.proxies.append(proxy)
        self.lookouts[name] = proxy.fault = Lookout()
        return ("/usr/bin/env", f"SAYLINE_EMULATOR_PORT={proxy.port}", sys.executable, "-m", module)
