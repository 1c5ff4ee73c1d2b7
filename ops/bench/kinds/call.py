"""Calls a vendor over HTTP."""

from schemas.kind import Kind, Request, Result


class CallRequest(Request):
    """Whom to call."""

    url: str


class CallResult(Result):
    """What was answered."""

    text: str


KIND = Kind(
    name="call",
    summary="Call a vendor",
    request=CallRequest,
    result=CallResult,
    example=CallRequest(url="http://127.0.0.1/"),
    max_attempts=1,
)
