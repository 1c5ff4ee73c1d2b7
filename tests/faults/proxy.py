"""The fault proxy: in front of the emulator or of a vendor, a thread with an event loop of its own.

    worker, API, clock --keep-alive--> proxy --keep-alive--> emulator
                                         |
                                       fault(operation) -> what becomes of the request

A client's connection has one connection behind it, and a client that hangs up takes that with it, as without proxy.
"""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

from tests.faults.connection import Connection, WatchedReader
from tests.faults.fault import NOTHING, Fault, Injection
from tests.faults.refusals import Aws

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter
    from collections.abc import Callable, Coroutine

    from tests.faults.wire import Message

T = TypeVar("T")


class Dialect(Protocol):
    """How a service names what is asked of it, and how it refuses."""

    def operation(self, request: Message) -> str:
        """Return the operation's name."""

    def refusal(self, fault: Fault, name: str, request: Message) -> bytes:
        """Return a refusal's bytes."""


class FaultProxy:
    """Listens on a port of its own; `fault` decides on each operation, for example `SQS.SendMessage`."""

    def __init__(self, target_port: int, dialect: Dialect | None = None) -> None:
        self.fault: Callable[[str], Fault | Injection] = lambda _: NOTHING
        self.on_lost: Callable[[Message], None] = lambda _: None
        """Called with each request that was carried out and whose answer was lost."""
        self.duplicated = 0
        """Messages that were made visible again."""
        self.errors: list[str] = []
        """What went wrong in the proxy itself."""
        self.target_port = target_port
        self.dialect = dialect or Aws()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="faults", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._call(self._listen())
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._call(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)

    async def _listen(self) -> asyncio.Server:
        def connection() -> asyncio.StreamReaderProtocol:
            return asyncio.StreamReaderProtocol(WatchedReader(), self._serve)

        return await self._loop.create_server(connection, "127.0.0.1", 0)

    async def _stop(self) -> None:
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        assert isinstance(reader, WatchedReader)
        connection = Connection(self, reader, writer)
        try:
            while await connection.exchange():
                pass
        except (ConnectionError, EOFError):
            pass  # one side has hung up
        except Exception as error:  # noqa: BLE001 - told to the test, which fails by it
            self.errors.append(repr(error))
        finally:
            connection.close()
