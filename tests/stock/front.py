"""A front like SQS's own: a client that hangs up is not noticed, and what it has asked for is carried out."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def patient_front(target_port: int) -> Iterator[int]:
    """Listen before the emulator; yields the port."""
    opened: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_accept, args=(server, target_port, opened), daemon=True).start()
        yield server.getsockname()[1]
    for connection in opened:
        connection.close()


def _accept(server: socket.socket, target_port: int, opened: list[socket.socket]) -> None:
    with suppress(OSError):  # the server is closed
        while True:
            client, _ = server.accept()
            connection = socket.create_connection(("127.0.0.1", target_port))
            opened += (client, connection)
            for ends in ((client, connection), (connection, client)):
                threading.Thread(target=_pump, args=ends, daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):  # one side is gone: the other is left alone
        while data := source.recv(65_536):
            sink.sendall(data)
