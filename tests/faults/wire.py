"""HTTP/1.1 as bytes: one message read from a stream, whole; no more of it than AWS's clients and servers use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter
    from collections.abc import Mapping

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_BODILESS = frozenset({204, 304})
#: Bytes of a line or head that a stream holds at most.
LIMIT = 1 << 20


@dataclass(frozen=True)
class Message:
    """A request or an answer: its first line, headers by lower-case name, the bytes as they came, and the body."""

    first_line: str
    headers: Mapping[str, str]
    raw: bytes
    body: bytes = field(default=b"")

    @property
    def method(self) -> str:
        """Method of a request."""
        return self.first_line.split(" ", 1)[0]

    @property
    def target(self) -> str:
        """Path and query of a request."""
        return self.first_line.split(" ")[1]

    @property
    def status(self) -> int:
        """Status of an answer."""
        return int(self.first_line.split(" ")[1])

    @property
    def closes(self) -> bool:
        """Whether the connection ends with this message."""
        return self.headers.get("connection", "").lower() == "close" or self.first_line.endswith("HTTP/1.0")


async def read_request(reader: StreamReader, writer: StreamWriter) -> Message | None:
    """Read a request; None where the client has closed the connection instead. Says 100 Continue where asked."""
    head = await _head(reader)
    if head is None:
        return None
    first, headers = _parse(head)
    if headers.get("expect", "").lower() == "100-continue":
        writer.write(_CONTINUE)
        await writer.drain()
        head = b"\r\n".join(line for line in head.split(b"\r\n") if not line.lower().startswith(b"expect:"))
    raw, body = await _body(reader, headers, default=b"")
    return Message(first, headers, head + raw, body)


async def read_answer(reader: StreamReader, method: str) -> Message | None:
    """Read the answer to a request of the method; None where the server hung up."""
    head = await _head(reader)
    if head is None:
        return None
    first, headers = _parse(head)
    status = int(first.split(" ")[1])
    if status == 100:
        return await read_answer(reader, method)
    if method == "HEAD" or status in _BODILESS:
        return Message(first, headers, head)
    raw, body = await _body(reader, headers, default=None)
    return Message(first, headers, head + raw, body)


def answer(status: int, reason: str, content_type: str, body: bytes, **headers: str) -> bytes:
    """Return an answer's bytes; `retry_after="1"` is the header Retry-After."""
    fields = {"Content-Type": content_type, "Content-Length": str(len(body))}
    fields |= {name.replace("_", "-").title(): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} {reason}\r\n{lines}\r\n".encode() + body


async def _head(reader: StreamReader) -> bytes | None:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (EOFError, ConnectionError):  # IncompleteReadError is an EOFError
        return None


def _parse(head: bytes) -> tuple[str, dict[str, str]]:
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return first, {name.strip().lower(): value.strip() for name, _, value in pairs}


async def _body(reader: StreamReader, headers: Mapping[str, str], *, default: bytes | None) -> tuple[bytes, bytes]:
    """Return the body's bytes as they came, and without their framing; `default` where no framing is announced."""
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return await _chunks(reader)
    if "content-length" in headers:
        body = await reader.readexactly(int(headers["content-length"]))
    else:
        body = await reader.read() if default is None else default
    return body, body


async def _chunks(reader: StreamReader) -> tuple[bytes, bytes]:
    raw, body = bytearray(), bytearray()
    while True:
        line = await reader.readuntil(b"\r\n")
        size = int(line.split(b";")[0], 16)
        raw += line
        if not size:
            while True:  # trailers
                line = await reader.readuntil(b"\r\n")
                raw += line
                if line == b"\r\n":
                    return bytes(raw), bytes(body)
        chunk = await reader.readexactly(size + 2)
        raw += chunk
        body += chunk[:-2]
