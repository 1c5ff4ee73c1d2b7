"""Around every request: its id and trace, one line in the log, and an answer where a route has a defect."""

from __future__ import annotations

import re
import time
import traceback
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders

from producers.head import asked_method
from producers.problems import ProblemError, respond
from schemas.trace import traced

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID_HEADER = "X-Request-Id"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
#: Asked every few seconds by load balancers.
_QUIET_PATHS = frozenset({"/healthz", "/readyz"})

log = structlog.get_logger(__name__)


class AccessLog:
    """Middleware that logs `request_finished` once for each request: the path's template, never the path."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, send)
        trace = traced(Headers(scope=scope).get("traceparent"))
        with structlog.contextvars.bound_contextvars(request_id=exchange.request_id, **trace):
            try:
                await self._app(scope, receive, exchange.send)
            except Exception as error:  # noqa: BLE001 - the last one who can answer
                await exchange.fail(error, receive)
            finally:
                exchange.log()


class _Exchange:
    """One request and its response."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._began = time.perf_counter()
        self._status: int | None = None
        given = Headers(scope=scope).get(REQUEST_ID_HEADER, "")
        self.request_id = given if _REQUEST_ID.fullmatch(given) else str(uuid4())

    async def send(self, message: Message) -> None:
        """Send, with the headers that every response has."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            headers = MutableHeaders(scope=message)
            headers[REQUEST_ID_HEADER] = self.request_id
            headers["X-Content-Type-Options"] = "nosniff"
        await self._send(message)

    async def fail(self, error: Exception, receive: Receive) -> None:
        """Log a defect and tell its id, nothing more. An exception's text may quote a request, so it isn't logged."""
        error_id = str(uuid4())
        stack = "".join(traceback.format_tb(error.__traceback__))
        log.error("request_failed", error_id=error_id, error=" <- ".join(_types(error)), stack=stack)
        if self._status is None:
            detail = "The fault is on this side; the log has it under the id in `instance`."
            problem = ProblemError("internal_error", detail, instance=f"urn:uuid:{error_id}")
            await respond(problem)(self._scope, receive, self.send)

    def log(self) -> None:
        """Log the end of the request."""
        fields: dict[str, Any] = {
            "method": asked_method(self._scope),
            "path": getattr(self._scope.get("route"), "path", None),
            "status": self._status,
            "duration_ms": round((time.perf_counter() - self._began) * 1000, 1),
        }
        if job_id := self._scope.get("state", {}).get("job_id"):
            fields["job_id"] = job_id
        # Whoever polls an unchanged job is as frequent as a load balancer.
        is_quiet = fields["path"] in _QUIET_PATHS or self._status == HTTPStatus.NOT_MODIFIED
        (log.debug if is_quiet else log.info)("request_finished", **fields)


def _types(error: BaseException | None) -> list[str]:
    names: list[str] = []
    while error is not None:
        names.append(type(error).__qualname__)
        error = error.__cause__ or error.__context__
    return names
