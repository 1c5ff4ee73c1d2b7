"""`sayline up`: the local stack until Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

from ops.local.specs import sayline_specs
from ops.local.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from ops.local.specs import Specs
    from ops.settings import Settings


async def run(
    settings: Settings,
    *,
    specs: Specs = sayline_specs,
    log: TextIO | None = None,
    on_ready: Callable[[Stack], None] = lambda _: None,
) -> None:
    """Run the stack until SIGINT or SIGTERM; a second one kills everything at once.

    Raises:
        StackError: it cannot be started.
        NotReadyError: a process did not become ready.
    """
    stack = Stack(settings, specs=specs, log=log)
    interrupted = _on_interruption(stack)
    starting = asyncio.ensure_future(stack.start())
    stopping = asyncio.ensure_future(interrupted.wait())
    try:
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            on_ready(stack)
            await stopping
    finally:
        starting.cancel()
        stopping.cancel()
        await asyncio.gather(starting, stopping, return_exceptions=True)
        await stack.stop()


def _on_interruption(stack: Stack) -> asyncio.Event:
    """Have the first SIGINT or SIGTERM set the event, and the next ones kill the stack."""
    interrupted = asyncio.Event()

    def on_signal() -> None:
        if interrupted.is_set():
            stack.kill()
            return
        stack.say("stopping; Ctrl-C once more kills")
        interrupted.set()

    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, on_signal)
    return interrupted
