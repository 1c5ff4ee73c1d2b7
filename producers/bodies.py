"""JSON bodies: of the right type, no longer than is taken, and JSON in the strict sense."""

from collections.abc import AsyncGenerator, Callable, Coroutine
from email.message import Message
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic_core import from_json

from producers.problems import ProblemError


def json_route(max_bytes: int) -> type[APIRoute]:
    """Return the class of routes that take JSON of at most this many bytes.

    The framework's own limit answers in plain text: https://github.com/encode/starlette, `RequestBodyLimitMiddleware`.
    """

    class JsonRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def handle_json(request: Request) -> Response:
                _require_json(request)
                return await handle(_JsonRequest(request, max_bytes))

            return handle_json

    return JsonRoute


class _JsonRequest(Request):
    def __init__(self, request: Request, max_bytes: int) -> None:
        super().__init__(request.scope, request.receive)
        self._max_bytes = max_bytes

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """Yield the body as it comes, no further than its limit."""
        announced = self.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > self._max_bytes:
            raise self._too_large()
        received = 0
        async for chunk in super().stream():
            received += len(chunk)
            if received > self._max_bytes:
                raise self._too_large()
            yield chunk

    async def json(self) -> Any:  # noqa: ANN401 - any JSON
        """Return the body's value; no NaN, lone surrogates, bad UTF-8 or bottomless nesting."""
        try:
            return from_json(await self.body(), allow_inf_nan=False)
        except ValueError as error:
            raise ProblemError("malformed_json", "The body could not be read as JSON.") from error

    def _too_large(self) -> ProblemError:
        detail = f"At most {self._max_bytes} bytes are taken here."
        # The rest of the body is still to come: the connection can't be used again.
        return ProblemError("request_too_large", detail, headers={"Connection": "close"})


def _require_json(request: Request) -> None:
    header = Message()
    header["Content-Type"] = request.headers.get("content-type", "")
    if header.get_content_type() != "application/json" or header.get_content_charset("utf-8") != "utf-8":
        raise ProblemError(
            "unsupported_media_type",
            "Send the body as application/json in UTF-8.",
            headers={"Accept-Post": "application/json", "Connection": "close"},
        )
