"""The fault proxy: in front of the emulator or of a vendor, a thread with an event loop of its own.

    worker, API, clock --keep-alive--> proxy --keep-alive--> emulator
                                         |
                                       fault(operation) -> what becomes of the request

A client's connection has one connection behind it, and a client that hangs up takes that with it, as without proxy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tests.faults.connection import Connection
from tests.faults.fault import NOTHING, Fault, Injection
from tests.faults.refusals import Aws
from tests.faults.serving import LoopServer

if TYPE_CHECKING:
    from asyncio import StreamWriter
    from collections.abc import Callable

    from tests.faults.connection import WatchedReader
    from tests.faults.wire import Message


class Dialect(Protocol):
    """How a service names what is asked of it, and how it refuses."""

    def operation(self, request: Message) -> str:
        """Return the operation's name."""

    def refusal(self, fault: Fault, name: str, request: Message) -> bytes:
        """Return a refusal's bytes."""


class FaultProxy(LoopServer):
    """Listens on a port of its own; `fault` decides on each operation, for example `SQS.SendMessage`."""

    def __init__(self, target_port: int, dialect: Dialect | None = None) -> None:
        super().__init__()
        self.fault: Callable[[str], Fault | Injection] = lambda _: NOTHING
        self.on_lost: Callable[[Message], None] = lambda _: None
        """Called with each request that was carried out and whose answer was lost."""
        self.on_answer: Callable[[Message, Message], None] = lambda *_: None
        """Called with each request that was carried out and its answer, which the client may never see."""
        self.duplicated = 0
        """Messages that were made visible again."""
        self.target_port = target_port
        self.dialect = dialect or Aws()

    async def serve(self, reader: WatchedReader, writer: StreamWriter) -> None:
        """Serve one client's connection."""
        connection = Connection(self, reader, writer)
        try:
            while await connection.exchange():
                pass
        finally:
            connection.close()
