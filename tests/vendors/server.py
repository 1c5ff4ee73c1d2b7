"""What local vendors have in common: a port, a thread with an event loop, what was asked, and what is to go wrong.

A vendor is a subclass with `operation` (names a request) and `reply` (carries it out). A test says what goes wrong
instead: `server.plan("StartTranscriptionJob", Throttle)`, one effect per request, in order.
"""

from __future__ import annotations

import asyncio
import threading
import uuid
from abc import abstractmethod
from collections import defaultdict, deque
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from tests.faults import wire
from tests.faults.serving import LoopServer

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from tests.faults.connection import WatchedReader


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


@dataclass(frozen=True)
class Held:
    """The request is carried out; the answer stops before the first of these bytes, until it is released.

    For streams: what stands before has arrived, and the rest has not.
    """

    before: bytes
    released: threading.Event


Effect = bytes | Hang | HangUp | Cut | Held
"""What comes of a request instead of its reply; bytes are an answer, and then it is not carried out."""


class VendorServer(LoopServer):
    """Serves from `with` to the end of `with`, at `url`. Replies are made one at a time, in threads of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, wire.Message]] = []
        """Every request as it came: operation and message."""
        self.abandoned = 0
        """How many answers were held back and not waited for."""
        self._plans: dict[str, deque[Effect]] = defaultdict(deque)
        self._one_at_a_time = threading.Lock()

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

    def __exit__(self, *ended: object) -> None:
        super().__exit__(*ended)
        assert not self.errors, self.errors

    async def serve(self, reader: WatchedReader, writer: asyncio.StreamWriter) -> None:
        """Serve the requests of one connection."""
        while request := await wire.read_request(reader, writer):
            if not await self._exchange(request, reader, writer) or request.closes:
                break

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
        if isinstance(effect, Held):
            answer = await self._carried_out(operation, request)
            await _send(writer, answer[: answer.index(effect.before)])
            await _first(asyncio.to_thread(effect.released.wait, 30), reader.ended.wait())
            self.abandoned += reader.ended.is_set()
            return await _send(writer, answer[answer.index(effect.before) :])
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


async def _first(*events: Coroutine[Any, Any, object]) -> None:
    """Wait until one of them is over."""
    tasks = [asyncio.ensure_future(event) for event in events]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()


def answer(status: int, content_type: str, body: bytes, **headers: str) -> bytes:
    """Return an answer's bytes with the status' own phrase; `retry_after="1"` is the header Retry-After."""
    return wire.answer(status, HTTPStatus(status).phrase, content_type, body, **headers)


def request_id() -> str:
    """Return an id as AWS gives one to each request."""
    return str(uuid.uuid4())
