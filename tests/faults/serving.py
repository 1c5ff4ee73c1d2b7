"""A server on a thread with an event loop of its own, from `with` to the end of `with`."""

from __future__ import annotations

import asyncio
import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Self, TypeVar

from tests.faults.connection import WatchedReader

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")


class LoopServer(ABC):
    """Listens on a free port of 127.0.0.1; `port` is known once it does."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        """What went wrong in the server itself."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=type(self).__name__, daemon=True)

    @abstractmethod
    async def serve(self, reader: WatchedReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until its end."""

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

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert isinstance(reader, WatchedReader)
        try:
            await self.serve(reader, writer)
        except (ConnectionError, EOFError, asyncio.CancelledError):
            pass  # one side has hung up, or the server stops
        except Exception as error:  # noqa: BLE001 - told to the test, which fails by it
            self.errors.append(repr(error))
        finally:
            writer.close()
