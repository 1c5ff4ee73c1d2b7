"""What local vendors have in common: a port, a thread with an event loop, what was asked, and what is to go wrong.

A vendor is a subclass with `operation` (names a request) and `reply` (carries it out). A test says what goes wrong
instead: `server.plan("StartTranscriptionJob", Throttle)`, one effect per request, in order.
"""

from __future__ import annotations

import asyncio
import threading
import uuid
from abc import ABC, abstractmethod
from collections import defaultdict, deque
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self, TypeVar

from tests.faults import wire
from tests.faults.connection import WatchedReader

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

T = TypeVar("T")


@dataclass(frozen=True)
class Hang:
    """The request is read and never answered; `carried_out` says whether it takes effect all the same."""

    carried_out: bool = False


@dataclass(frozen=True)
class HangUp:
    """The connection ends without an answer; `carried_out` says whether the request takes effect all the same."""

    carried_out: bool = False


@dataclass(frozen=True)
class Cut:
    """The request is carried out, and the connection ends after so many bytes of the answer."""

    after_bytes: int


Effect = bytes | Hang | HangUp | Cut
"""What comes of a request instead of its reply; bytes are an answer, and then it is not carried out."""


class VendorServer(ABC):
    """Serves from `with` to the end of `with`, at `url`. Replies are made one at a time, in threads of their own."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, wire.Message]] = []
        """Every request as it came: operation and message."""
        self.errors: list[str] = []
        """What went wrong in the server itself."""
        self._plans: dict[str, deque[Effect]] = defaultdict(deque)
        self._one_at_a_time = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=type(self).__name__, daemon=True)

    @abstractmethod
    def operation(self, request: wire.Message) -> str:
        """Name what is asked."""

    @abstractmethod
    def reply(self, operation: str, request: wire.Message) -> bytes:
        """Carry it out, and return the answer's bytes: see `tests.faults.wire.answer`."""

    def plan(self, operation: str, *effects: Effect) -> None:
        """Say what comes of the operation's next requests; the ones after those are carried out as usual."""
        self._plans[operation].extend(effects)

    def recover(self) -> None:
        """Forget what was planned: from now on everything is carried out."""
        self._plans.clear()

    def times(self, operation: str) -> int:
        """Return how often an operation was asked for."""
        return sum(name == operation for name, _ in self.asked)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

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
        assert not self.errors, self.errors

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
            while request := await wire.read_request(reader, writer):
                if not await self._exchange(request, reader, writer) or request.closes:
                    break
        except (ConnectionError, EOFError, asyncio.CancelledError):
            pass  # the client has hung up, or the server stops
        except Exception as error:  # noqa: BLE001 - told to the test, which fails by it
            self.errors.append(repr(error))
        finally:
            writer.close()

    async def _exchange(self, request: wire.Message, reader: WatchedReader, writer: asyncio.StreamWriter) -> bool:
        """Serve one request; return whether the connection goes on."""
        operation = self.operation(request)
        self.asked.append((operation, request))
        planned = self._plans[operation]
        effect = planned.popleft() if planned else None
        if isinstance(effect, bytes):
            return await _send(writer, effect)
        if effect is None:
            return await _send(writer, await self._carried_out(operation, request))
        if isinstance(effect, Cut):
            answer = await self._carried_out(operation, request)
            await _send(writer, answer[: effect.after_bytes])
            return False
        if effect.carried_out:
            await self._carried_out(operation, request)
        if isinstance(effect, Hang):
            await reader.ended.wait()
        return False

    async def _carried_out(self, operation: str, request: wire.Message) -> bytes:
        return await asyncio.to_thread(self._alone, lambda: self.reply(operation, request))

    def _alone(self, reply: Callable[[], bytes]) -> bytes:
        with self._one_at_a_time:
            return reply()


async def _send(writer: asyncio.StreamWriter, answer: bytes) -> bool:
    writer.write(answer)
    await writer.drain()
    return True


def answer(status: int, content_type: str, body: bytes, **headers: str) -> bytes:
    """Return an answer's bytes with the status' own phrase; `retry_after="1"` is the header Retry-After."""
    return wire.answer(status, HTTPStatus(status).phrase, content_type, body, **headers)


def request_id() -> str:
    """Return an id as AWS gives one to each request."""
    return str(uuid.uuid4())
