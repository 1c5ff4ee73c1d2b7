"""A proxy between a process and the emulator that does what networks do: fails, hangs up, loses answers."""

from __future__ import annotations

import http.client
import threading
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar, Self
from urllib.parse import urlsplit

from ops.local import operation

if TYPE_CHECKING:
    from collections.abc import Callable


class Fault(Enum):
    """What becomes of a request."""

    NONE = auto()
    UNAVAILABLE = auto()
    """Answered with 503, and not carried out."""
    RESET = auto()
    """The connection is closed without an answer, and the request is not carried out."""
    ANSWER_LOST = auto()
    """Carried out; then the connection is closed without an answer."""


class FaultProxy:
    """Listens on a port of its own; `fault` decides on each operation, for example `SQS.SendMessage`."""

    def __init__(self, target_port: int) -> None:
        self.fault: Callable[[str], Fault] = lambda _: Fault.NONE
        self.seen: list[str] = []
        handler = type("Handler", (_Handler,), {"proxy": self, "target_port": target_port})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_port

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: ClassVar[FaultProxy]
    target_port: ClassVar[int]

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        parts = urlsplit(self.path)
        name = operation.name(self.command, parts.path, parts.query, headers, body) or "other"
        self.proxy.seen.append(name)
        fault = self.proxy.fault(name)
        if fault is Fault.UNAVAILABLE:
            self._answer(503, [("Content-Type", "application/json")], b'{"message": "unavailable"}')
            return
        if fault is not Fault.RESET:
            status, answer_headers, answer = self._forward(body)
            if fault is Fault.NONE:
                self._answer(status, answer_headers, answer)
                return
        self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _handle  # noqa: N815 - the names that it is asked for

    def _forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        upstream = http.client.HTTPConnection("127.0.0.1", self.target_port, timeout=60)
        try:
            upstream.request(self.command, self.path, body, dict(self.headers.items()))
            answer = upstream.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            upstream.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in {"content-length", "transfer-encoding", "connection"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: a test's own assertions speak."""
