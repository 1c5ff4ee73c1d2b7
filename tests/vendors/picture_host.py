"""A host of pictures by https, `pictures.test`; its key and certificate, `pictures.test.pem`, are for tests alone."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults.connection import WatchedReader
from tests.vendors.pictures import png
from tests.vendors.server import VendorServer, answer

if TYPE_CHECKING:
    from tests.faults.wire import Message

NAME, PICTURE = "pictures.test", "/1.png"
_IDENTITY = Path(__file__).with_name("pictures.test.pem")


def believing() -> ssl.SSLContext:
    """Return what a client has to have to believe the host."""
    return ssl.create_default_context(cafile=str(_IDENTITY))


class PictureHost(VendorServer):
    """Serves one picture."""

    def __init__(self) -> None:
        super().__init__()
        self.named: list[str | None] = []
        """The names that clients have asked for within TLS (SNI)."""

    def operation(self, request: Message) -> str:
        """Return the path."""
        return request.target

    def reply(self, operation: str, request: Message) -> bytes:
        """Give the picture."""
        return answer(200, "image/png", png(PICTURE)) if operation == PICTURE else answer(404, "text/plain", b"")

    def place(self, name: str = NAME) -> str:
        """Where the picture lies, by this name."""
        return f"https://{name}:{self.port}{PICTURE}"

    async def _listen(self) -> asyncio.Server:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(_IDENTITY)
        context.sni_callback = lambda _socket, name, _context: self.named.append(name)

        def connection() -> asyncio.StreamReaderProtocol:
            return asyncio.StreamReaderProtocol(WatchedReader(), self._serve)

        return await self._loop.create_server(connection, "127.0.0.1", 0, ssl=context)
