"""What AWS's services have in common that speak AWS JSON 1.1: one path, the operation in a header, `__type` in errors.

https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

from __future__ import annotations

import json
import re
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from tests.vendors.server import VendorServer, answer, request_id

if TYPE_CHECKING:
    from tests.faults.wire import Message

_SCOPE = re.compile(
    r"^AWS4-HMAC-SHA256 Credential=[^/]+/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request, SignedHeaders="
)
#: Codes that are the service's fault; the others are 400.
_STATUS = {
    "InternalFailureException": 500,
    "InternalServerError": 500,
    "InternalServerException": 500,
    "InternalServiceError": 500,
    "ServiceUnavailableException": 503,
    "UnrecognizedClientException": 403,
}


class RefusedError(Exception):
    """The service answers with an error: code and message."""


class AwsJsonServer(VendorServer):
    """Serves one service; a subclass has its names and `carried_out`."""

    service: ClassVar[str]
    """As requests are signed for it."""
    target: ClassVar[str]
    """What stands before the operation in `X-Amz-Target`."""

    def __init__(self) -> None:
        super().__init__()
        self.regions: list[str] = []
        """For which region each request was signed."""

    @abstractmethod
    def carried_out(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Return the answer's document, or raise RefusedError."""

    def operation(self, request: Message) -> str:
        return request.headers.get("x-amz-target", "").removeprefix(f"{self.target}.")

    def reply(self, operation: str, request: Message) -> bytes:
        try:
            self._require_signed(request)
            return ok(self.carried_out(operation, json.loads(request.body)))
        except RefusedError as refused:
            return refusal(*refused.args)

    def _require_signed(self, request: Message) -> None:
        if request.headers.get("content-type") != "application/x-amz-json-1.1":
            raise RefusedError("UnknownOperationException", "content type")
        signed = _SCOPE.match(request.headers.get("authorization", ""))
        if signed is None or signed["service"] != self.service:
            raise RefusedError("UnrecognizedClientException", "The security token included in the request is invalid.")
        self.regions.append(signed["region"])


def refusal(code: str, message: str = "No.", *, status: int | None = None, **headers: str) -> bytes:
    """Return an error in the services' own form."""
    body = json.dumps({"__type": code, "Message": message}).encode()
    return _answer(status or _STATUS.get(code, 400), body, **headers)


def ok(document: Any) -> bytes:
    """Return an answer that carries a document."""
    return _answer(200, json.dumps(document).encode())


def _answer(status: int, body: bytes, **headers: str) -> bytes:
    return answer(status, "application/x-amz-json-1.1", body, x_amzn_requestid=request_id(), **headers)
