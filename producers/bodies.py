"""Bodies: of a type that is taken, no longer than is taken, and JSON in the strict sense."""

from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from email.message import Message
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic_core import from_json
from starlette.concurrency import run_in_threadpool

from producers.problems import ProblemError
from producers.services import owner, services

JSON = "application/json"
FORM = "multipart/form-data"

#: Reads a form, and gives it as the JSON request that it stands for.
ReadForm = Callable[[Request], AbstractAsyncContextManager[Request]]


def json_route(max_bytes: int, *, read_form: ReadForm | None = None) -> type[APIRoute]:
    """Return the class of routes that take JSON of at most this many bytes, and forms where something reads them.

    The framework's own limit answers in plain text: https://github.com/encode/starlette, `RequestBodyLimitMiddleware`.
    """
    taken = (JSON, FORM) if read_form else (JSON,)

    class JsonRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def handle_body(request: Request) -> Response:
                if read_form and _is_utf_8(request, FORM):
                    await _require_identity(request)
                    async with read_form(request) as translated:
                        return await handle(_JsonRequest(translated, max_bytes))
                _require_json(request, taken)
                return await handle(_JsonRequest(request, max_bytes))

            return handle_body

    return JsonRoute


class LimitedRequest(Request):
    """A request whose body is read no further than its limit."""

    def __init__(self, request: Request, max_bytes: int) -> None:
        super().__init__(request.scope, request.receive)
        self._max_bytes = max_bytes

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """Yield the body as it comes, no further than its limit."""
        announced = self.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > self._max_bytes:
            raise too_large(self._max_bytes)
        received = 0
        async for chunk in super().stream():
            received += len(chunk)
            if received > self._max_bytes:
                raise too_large(self._max_bytes)
            yield chunk


class _JsonRequest(LimitedRequest):
    async def json(self) -> Any:  # noqa: ANN401 - any JSON
        """Return the body's value; no NaN, lone surrogates, bad UTF-8 or bottomless nesting."""
        try:
            return from_json(await self.body(), allow_inf_nan=False)
        except ValueError as error:
            raise ProblemError("malformed_json", "The body could not be read as JSON.") from error


def too_large(max_bytes: int) -> ProblemError:
    """Return the problem of a body that is longer than it may be."""
    # The rest of the body is still to come: the connection can't be used again.
    detail = f"At most {max_bytes} bytes are taken here."
    return ProblemError("request_too_large", detail, headers={"Connection": "close"})


async def _require_identity(request: Request) -> None:
    """Refuse a stranger before a file of theirs is read; the route itself asks once more, who it is."""
    await run_in_threadpool(owner, request, await services(request))


def _is_utf_8(request: Request, media_type: str) -> bool:
    header = Message()
    header["Content-Type"] = request.headers.get("content-type", "")
    return header.get_content_type() == media_type and header.get_content_charset("utf-8") == "utf-8"


def _require_json(request: Request, taken: Sequence[str]) -> None:
    if not _is_utf_8(request, JSON):
        raise ProblemError(
            "unsupported_media_type",
            f"Send the body as {' or '.join(taken)} in UTF-8.",
            headers={"Accept-Post": ", ".join(taken), "Connection": "close"},
        )
