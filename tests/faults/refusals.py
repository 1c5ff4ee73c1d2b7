"""Refusals in each service's own words, as its client reads them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ops.local import operation
from tests.faults.fault import Fault
from tests.faults.wire import answer

if TYPE_CHECKING:
    from tests.faults.wire import Message

_EXPIRED = "The security token included in the request is expired"
_THROTTLED = "Rate exceeded"
#: (status, code, message) by service and fault; `*` is what they have in common.
#: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
#: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
#: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html - an expired token is a 400 there
_AWS: dict[tuple[str, Fault], tuple[int, str, str]] = {
    ("*", Fault.INTERNAL_ERROR): (500, "InternalFailure", "We encountered an internal error"),
    ("*", Fault.UNAVAILABLE): (503, "ServiceUnavailable", "Service is temporarily unavailable"),
    ("SQS", Fault.EXPIRED_TOKEN): (403, "com.amazon.coral.service#ExpiredTokenException", _EXPIRED),
    ("DynamoDB", Fault.EXPIRED_TOKEN): (403, "com.amazon.coral.service#ExpiredTokenException", _EXPIRED),
    ("S3", Fault.EXPIRED_TOKEN): (400, "ExpiredToken", "The provided token has expired."),
    ("*", Fault.EXPIRED_TOKEN): (403, "ExpiredToken", _EXPIRED),
    ("SQS", Fault.THROTTLED): (403, "com.amazonaws.sqs#RequestThrottled", _THROTTLED),
    ("DynamoDB", Fault.THROTTLED): (
        400,
        "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
        "The level of configured provisioned throughput for the table was exceeded",
    ),
    ("S3", Fault.THROTTLED): (503, "SlowDown", "Please reduce your request rate."),
    ("*", Fault.THROTTLED): (400, "Throttling", _THROTTLED),
}
_VENDOR = {
    Fault.INTERNAL_ERROR: (500, "internal_error"),
    Fault.UNAVAILABLE: (503, "unavailable"),
    Fault.EXPIRED_TOKEN: (403, "expired_token"),
    Fault.THROTTLED: (429, "too_many_requests"),
}


class Aws:
    """The emulator's side: operations are named as `ops.local.operation` does."""

    @staticmethod
    def operation(request: Message) -> str:
        """Return the operation's name, for example `SQS.SendMessage`."""
        path, _, query = request.target.partition("?")
        return operation.name(request.method, path, query, request.headers, request.body) or "other"

    @staticmethod
    def refusal(fault: Fault, name: str, request: Message) -> bytes:
        """Return the service's answer."""
        service = name.partition(".")[0]
        status, code, message = _AWS.get((service, fault)) or _AWS["*", fault]
        if "x-amz-target" in request.headers:
            body = json.dumps({"__type": code, "message": message}).encode()
            return answer(status, "Refused", "application/x-amz-json-1.0", body)
        body = _xml(service, code.rpartition("#")[2], message).encode()
        return answer(status, "Refused", "text/xml", b"" if request.method == "HEAD" else body)


class Vendor:
    """A vendor of speech, language or models: JSON, and 429 with Retry-After."""

    @staticmethod
    def operation(request: Message) -> str:
        """Return method and path, for example `Vendor.POST /v1/calls`."""
        return f"Vendor.{request.method} {request.target.partition('?')[0]}"

    @staticmethod
    def refusal(fault: Fault, _name: str, _request: Message) -> bytes:
        """Return the vendor's answer."""
        status, code = _VENDOR[fault]
        after = {"retry_after": "1"} if fault is Fault.THROTTLED else {}
        return answer(status, "Refused", "application/json", json.dumps({"error": code}).encode(), **after)


def _xml(service: str, code: str, message: str) -> str:
    error = f"<Code>{code}</Code><Message>{message}</Message>"
    declaration = '<?xml version="1.0" encoding="UTF-8"?>'
    if service == "S3":
        return f"{declaration}<Error>{error}<RequestId>0</RequestId></Error>"
    return f"{declaration}<ErrorResponse><Error>{error}</Error><RequestId>0</RequestId></ErrorResponse>"
