"""A vendor of something that costs: a server in a process of its own, with a ledger of what it was asked to do.

`POST /v1/calls` {"call", "job", "pid", "thread"} takes its time and answers {"echo": job}. The ledger has a line per
call when it begins - from then on it is paid for - and one when its answer is written, or can't be.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ops.lifeline import die_with_parent
from tests.emulated import free_port
from tests.faults import wire
from tests.waiting import wait_until

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter
    from collections.abc import Iterator
    from typing import TextIO


class Vendor:
    """Answers calls after a latency, drawn anew for each."""

    def __init__(self, ledger: TextIO, latency_s: tuple[float, float]) -> None:
        self._ledger = ledger
        self._latency_s = latency_s
        self._random = random.SystemRandom()

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Serve one connection."""
        try:
            while request := await wire.read_request(reader, writer):
                await self._call(json.loads(request.body), reader, writer)
        except (ConnectionError, EOFError):
            pass  # the client has hung up
        finally:
            writer.close()

    async def _call(self, asked: dict[str, Any], reader: StreamReader, writer: StreamWriter) -> None:
        self._note("begun", asked)
        await asyncio.sleep(self._random.uniform(*self._latency_s))
        if reader.at_eof():
            self._note("unanswered", asked)
            raise EOFError
        self._note("answered", asked)
        writer.write(wire.answer(200, "OK", "application/json", json.dumps({"echo": asked["job"]}).encode()))
        await writer.drain()

    def _note(self, event: str, asked: dict[str, Any]) -> None:
        self._ledger.write(json.dumps({"event": event, "at": time.time(), **asked}) + "\n")
        self._ledger.flush()


@contextmanager
def vendor(ledger: Path, *, latency_s: tuple[float, float]) -> Iterator[int]:
    """Run a vendor; yields its port."""
    port = free_port()
    command = [sys.executable, "-m", "tests.vendor", str(port), str(ledger), *map(str, latency_s)]
    process = subprocess.Popen(command)
    try:
        wait_until(ledger.exists, timeout_s=20)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=10)


async def _run(port: int, ledger: Path, latency_s: tuple[float, float]) -> None:
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    served = Vendor(ledger.with_suffix(".part").open("w"), latency_s)
    server = await asyncio.start_server(served.serve, "127.0.0.1", port)
    ledger.with_suffix(".part").rename(ledger)  # it listens
    await stopped.wait()
    server.close()


def main() -> None:
    """Run a vendor until SIGTERM, or until its parent ends."""
    die_with_parent(os.getppid())
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("ledger", type=Path)
    parser.add_argument("latency_s", type=float, nargs=2)
    asked = parser.parse_args()
    asyncio.run(_run(asked.port, asked.ledger, tuple(asked.latency_s)))


if __name__ == "__main__":
    main()
