"""A client's connection through the proxy, and the one behind it: request by request."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from typing import TYPE_CHECKING

from tests.faults import wire
from tests.faults.duplicates import show_again
from tests.faults.fault import Fault, Injection

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter

    from tests.faults.proxy import FaultProxy
    from tests.faults.wire import Message

#: Seconds of silence with which a connection's end is a reset: none.
_LINGER = struct.pack("ii", 1, 0)
_REFUSED = frozenset({Fault.INTERNAL_ERROR, Fault.UNAVAILABLE, Fault.EXPIRED_TOKEN, Fault.THROTTLED})
_SWALLOWED = frozenset({Fault.RESET, Fault.BLACK_HOLE})


class WatchedReader(asyncio.StreamReader):
    """A stream whose end is noticed while nobody reads."""

    def __init__(self) -> None:
        super().__init__(limit=wire.LIMIT)
        self.ended = asyncio.Event()

    def feed_eof(self) -> None:
        """Note the end."""
        super().feed_eof()
        self.ended.set()

    def set_exception(self, exc: Exception) -> None:
        """Note the connection's loss."""
        super().set_exception(exc)
        self.ended.set()


class Connection:
    """A client's connection, and the one behind it."""

    def __init__(self, proxy: FaultProxy, reader: WatchedReader, writer: StreamWriter) -> None:
        self._proxy = proxy
        self._reader, self._writer = reader, writer
        self._behind: tuple[StreamReader, StreamWriter] | None = None

    async def exchange(self) -> bool:
        """Serve one request; return whether another may come."""
        request = await wire.read_request(self._reader, self._writer)
        if request is None:
            return False
        name = self._proxy.dialect.operation(request)
        decided = self._proxy.fault(name)
        injection = decided if isinstance(decided, Injection) else Injection(decided)
        if injection.fault in _REFUSED:
            injection.act()
            return await self._send(self._proxy.dialect.refusal(injection.fault, name, request), request)
        if injection.seconds and not await self._stays(injection.seconds):
            return False
        if injection.fault in _SWALLOWED:
            injection.act()
            return self._reset()
        return await self._carry_out(request, injection)

    async def _carry_out(self, request: Message, injection: Injection) -> bool:
        answer = await self._forward(request)
        if answer is None:
            return False
        self._proxy.on_answer(request, answer)
        injection.act()
        if injection.fault is Fault.ANSWER_LOST:
            self._proxy.on_lost(request)
            return self._reset()
        if injection.fault is Fault.DUPLICATE:
            self._proxy.duplicated += await show_again(request, answer, self._proxy.target_port)
        return await self._send(answer.raw, request) and not answer.closes

    def close(self) -> None:
        """Hang up on both sides."""
        self._hang_up_behind()
        self._writer.close()

    async def _send(self, raw: bytes, request: Message) -> bool:
        self._writer.write(raw)
        await self._writer.drain()
        return not request.closes

    async def _stays(self, seconds: float) -> bool:
        """Wait; return whether the client is still there."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._reader.ended.wait(), seconds)
        return not self._reader.ended.is_set()

    async def _forward(self, request: Message) -> Message | None:
        """Have the request carried out; None where one of both sides hung up."""
        answering = asyncio.ensure_future(self._ask(request))
        gone = asyncio.ensure_future(self._reader.ended.wait())
        try:
            await asyncio.wait({answering, gone}, return_when=asyncio.FIRST_COMPLETED)
            return answering.result() if answering.done() else None
        finally:
            answering.cancel()
            gone.cancel()

    async def _ask(self, request: Message) -> Message | None:
        if self._behind and self._behind[0].at_eof():
            self._hang_up_behind()
        if self._behind is None:
            self._behind = await asyncio.open_connection("127.0.0.1", self._proxy.target_port, limit=wire.LIMIT)
        reader, writer = self._behind
        writer.write(request.raw)
        answer = await wire.read_answer(reader, request.method)
        if answer is None or answer.closes:
            self._hang_up_behind()
        return answer

    def _hang_up_behind(self) -> None:
        if self._behind:
            self._behind[1].close()
            self._behind = None

    def _reset(self) -> bool:
        """Send a RST, as a crashed peer or a middlebox does; what the client makes of it is an error at once."""
        connection: socket.socket = self._writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
        self._writer.transport.abort()
        return False
