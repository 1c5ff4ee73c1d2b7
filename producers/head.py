"""HEAD on whatever GET is answered on: the same status and headers, no body.

https://www.rfc-editor.org/rfc/rfc9110#section-9.3.2
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ASKED = "sayline.asked_method"


class Head:
    """Middleware that has HEAD served as GET; outside of all that may answer, for none of them minds the difference."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        # A copy: the server looks at its own scope to know that Content-Length is of a body that doesn't come.
        await self._app({**scope, "method": "GET", _ASKED: "HEAD"}, receive, send_without_body)


def asked_method(scope: Scope) -> str:
    """Return the method that the caller sent, which the routes may know as another."""
    return str(scope.get(_ASKED, scope["method"]))


def with_head(allow: str) -> str:
    """Return the value of an Allow header with HEAD where there is GET, sorted."""
    methods = set(allow.split(", "))
    return ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods))
