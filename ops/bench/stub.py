"""A vendor on this machine that takes its time with each call, and counts how many it had at once."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import Self

_HOST = "127.0.0.1"
_ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nok"
_START_TIMEOUT_S = 10


class VendorStub:
    """An HTTP server in a thread, running within `with`."""

    def __init__(self, seconds: float, *, held_until: int = 0) -> None:
        """Take so many seconds for a call, from when so many have begun."""
        self._seconds, self._held_until = seconds, held_until
        self._may_answer = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="vendor", daemon=True)
        self._open: set[asyncio.Task[None]] = set()
        self._now = 0
        self.url = ""
        self.calls = 0
        """Calls that have begun."""
        self.most_at_once = 0

    def __enter__(self) -> Self:
        self._thread.start()
        server = asyncio.run_coroutine_threadsafe(asyncio.start_server(self._serve, _HOST, 0, backlog=1024), self._loop)
        self._server = server.result(_START_TIMEOUT_S)
        self.url = f"http://{_HOST}:{self._server.sockets[0].getsockname()[1]}/"
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(_START_TIMEOUT_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def forget(self) -> None:
        """Count anew."""
        self.calls = self.most_at_once = 0

    async def _close(self) -> None:
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task:
            self._open.add(task)
            task.add_done_callback(self._open.discard)
        # A client that hangs up, and the end of the stub.
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while True:
                await self._answer(reader, writer)
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")  # calls have no body
        self.calls += 1
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        if self.calls >= self._held_until:
            self._may_answer.set()
        try:
            await self._may_answer.wait()
            await asyncio.sleep(self._seconds)
        finally:
            self._now -= 1
        writer.write(_ANSWER)
        await writer.drain()
