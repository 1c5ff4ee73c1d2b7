"""What stands in front of the emulator's application: it counts requests and notices changes."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from ops.local import operation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

REQUESTS_PATH = "/_sayline/requests"


class Gateway:
    """An ASGI application around the emulator's; `GET /_sayline/requests` gives the counts since the start."""

    def __init__(self, app: App, on_change: Callable[[], None]) -> None:
        self._app = app
        self._on_change = on_change
        self._counts: Counter[str] = Counter()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] == REQUESTS_PATH:
            await self._answer_counts(send)
        else:
            await self._forward(scope, receive, send)

    async def _forward(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        seen = bytearray()

        async def receive_and_look() -> Message:
            message = await receive()
            # A form's action may stand anywhere in its body; nobody else's body is looked at.
            if is_form:
                seen.extend(message.get("body", b""))
            return message

        headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
        is_form = headers.get("content-type", "").startswith(operation.FORM)
        try:
            await self._app(scope, receive_and_look, send)
        finally:
            query = scope["query_string"].decode("latin-1")
            self._note(operation.name(scope["method"], scope["path"], query, headers, bytes(seen)))

    def _note(self, name: str | None) -> None:
        if name is None:
            return
        self._counts[name] += 1
        # After the request and not before: a snapshot that was taken meanwhile may not hold the change.
        if operation.mutates(name):
            self._on_change()

    async def _answer_counts(self, send: Send) -> None:
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(dict(sorted(self._counts.items()))).encode()})
