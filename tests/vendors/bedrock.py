"""Amazon Bedrock in its own protocol: chats (REST with JSON, or AWS's binary framing of events), and which models are.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetFoundationModel.html
"""

from __future__ import annotations

import json
import re
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from tests.vendors import eventstream
from tests.vendors.server import VendorServer, answer, request_id

if TYPE_CHECKING:
    from tests.faults.wire import Message

CONVERSE, STREAM = "Converse", "ConverseStream"
GET_MODEL, GET_PROFILE = "GetFoundationModel", "GetInferenceProfile"
MODEL = "amazon.nova-lite-v1:0"
_PATHS = {
    re.compile(r"^POST /model/([^/]+)/converse$"): CONVERSE,
    re.compile(r"^POST /model/([^/]+)/converse-stream$"): STREAM,
    re.compile(r"^GET /foundation-models/([^/]+)$"): GET_MODEL,
    re.compile(r"^GET /inference-profiles/([^/]+)$"): GET_PROFILE,
}
SCOPE = re.compile(r"^AWS4-HMAC-SHA256 Credential=[^/]+/\d{8}/[^/]+/bedrock/aws4_request, SignedHeaders=")
#: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors
_STATUS = {
    "AccessDeniedException": 403,
    "InternalServerException": 500,
    "ModelErrorException": 424,
    "ModelNotReadyException": 429,
    "ModelTimeoutException": 408,
    "ResourceNotFoundException": 404,
    "ServiceUnavailableException": 503,
    "ThrottlingException": 429,
    "ValidationException": 400,
}


class RefusedError(Exception):
    """The service answers with an error: code and message."""


@dataclass
class Written:
    """What the model writes."""

    deltas: tuple[str, ...] = ('{"reply": "Nice', ' to meet you."}')
    thoughts: str | None = None
    stop: str = "end_turn"
    usage: dict[str, int] = field(default_factory=lambda: {"inputTokens": 211, "outputTokens": 9, "totalTokens": 220})


class BedrockServer(VendorServer):
    """Serves one region: both where models answer and where Bedrock tells about them."""

    def __init__(self) -> None:
        super().__init__()
        self.written = Written()
        """What is written to every request for which there is nothing in `next`."""
        self.next: deque[Written] = deque()
        self.models: dict[str, dict[str, Any]] = {MODEL: details(MODEL)}
        self.profiles: dict[str, list[str]] = {}
        """ARNs of the models behind each."""
        self.guardrails: set[str] = set()
        self.paid: list[dict[str, Any]] = []
        """Requests that a model was given."""

    def operation(self, request: Message) -> str:
        return self._parsed(request)[0]

    def reply(self, operation: str, request: Message) -> bytes:
        try:
            return self._carried(operation, self._parsed(request)[1], request)
        except RefusedError as refused:
            return refusal(*refused.args)

    def _carried(self, operation: str, name: str, request: Message) -> bytes:
        if not SCOPE.match(request.headers.get("authorization", "")):
            raise RefusedError("AccessDeniedException", "The security token is invalid.")
        match operation:
            case "Converse":
                self._require_fit(name, json.loads(request.body))
                return _json(200, _whole(self._written()))
            case "ConverseStream":
                self._require_fit(name, json.loads(request.body))
                return streamed(*_events(self._written()))
            case "GetFoundationModel":
                return _json(200, {"modelDetails": self._known(self.models, name)})
            case "GetInferenceProfile":
                arns = self._known(self.profiles, name)
                return _json(200, {"inferenceProfileId": name, "models": [{"modelArn": arn} for arn in arns]})
        raise RefusedError("UnknownOperationException", operation)

    @staticmethod
    def _parsed(request: Message) -> tuple[str, str]:
        asked = f"{request.method} {urlsplit(request.target).path}"
        for path, operation in _PATHS.items():
            if found := path.match(asked):
                return operation, unquote(found[1])
        return "", ""

    @staticmethod
    def _known(things: dict[str, Any], name: str) -> Any:
        if name not in things:
            raise RefusedError("ResourceNotFoundException", f"Could not resolve {name}.")
        return things[name]

    def _require_fit(self, name: str, asked: dict[str, Any]) -> None:
        if name not in self.models and name not in self.profiles:
            raise RefusedError("ResourceNotFoundException", "This model version has reached the end of its life.")
        roles = [message["role"] for message in asked["messages"]]
        if roles != ["user", "assistant"] * (len(roles) // 2) + ["user"]:
            raise RefusedError("ValidationException", "Roles must alternate, and begin and end with the user's.")
        guardrail = asked.get("guardrailConfig", {}).get("guardrailIdentifier")
        if guardrail is not None and guardrail not in self.guardrails:
            raise RefusedError("ResourceNotFoundException", "The guardrail identifier or version is invalid.")
        self.paid.append({"model": name, **asked})

    def _written(self) -> Written:
        return self.next.popleft() if self.next else self.written


def _whole(written: Written) -> dict[str, Any]:
    content = [{"text": "".join(written.deltas)}]
    if written.thoughts:
        content.insert(0, {"reasoningContent": {"reasoningText": {"text": written.thoughts}}})  # type: ignore[dict-item]
    return {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": written.stop,
        "usage": written.usage,
        "metrics": {"latencyMs": 551},
    }


def _events(written: Written) -> list[bytes]:
    event = eventstream.event
    thoughts = (
        [event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"reasoningContent": {"text": "Hm."}}})]
        if written.thoughts
        else []
    )
    return [
        event("messageStart", {"role": "assistant"}),
        *thoughts,
        *(
            event("contentBlockDelta", {"contentBlockIndex": 1, "delta": {"text": text}, "p": "abcd"})
            for text in written.deltas
        ),
        event("contentBlockStop", {"contentBlockIndex": 1}),
        event("messageStop", {"stopReason": written.stop}),
        event("metadata", {"usage": written.usage, "metrics": {"latencyMs": 551}}),
    ]


def details(model: str, **fields: Any) -> dict[str, Any]:
    """Return what Bedrock tells about a model."""
    return {
        "modelArn": f"arn:aws:bedrock:us-east-1::foundation-model/{model}",
        "modelId": model,
        "inputModalities": ["TEXT"],
        "outputModalities": ["TEXT"],
        "responseStreamingSupported": True,
        "inferenceTypesSupported": ["ON_DEMAND"],
        "modelLifecycle": {"status": "ACTIVE"},
        **fields,
    }


def streamed(*events: bytes) -> bytes:
    """Return the answer of a stream: a chunk for each event."""
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.amazon.eventstream\r\nTransfer-Encoding: chunked\r\n"
        f"x-amzn-RequestId: {request_id()}\r\n\r\n"
    )
    chunks = b"".join(f"{len(event):x}\r\n".encode() + event + b"\r\n" for event in events)
    return head.encode() + chunks + b"0\r\n\r\n"


def refusal(code: str, message: str = "No.", *, status: int | None = None, **headers: str) -> bytes:
    """Return an error in the service's own form."""
    return _json(
        status or _STATUS.get(code, 400), {"message": message}, x_amzn_errortype=f"{code}:http://x/", **headers
    )


def _json(status: int, document: dict[str, Any], **headers: str) -> bytes:
    body = json.dumps(document, ensure_ascii=False).encode()
    return answer(status, "application/json", body, x_amzn_requestid=request_id(), **headers)
