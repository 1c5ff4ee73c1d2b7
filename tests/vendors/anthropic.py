"""A server of Anthropic's Messages API, whole and streamed.

https://platform.claude.com/docs/en/api/messages
https://platform.claude.com/docs/en/build-with-claude/streaming
https://platform.claude.com/docs/en/api/errors
"""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.faults import wire
from tests.vendors.server import VendorServer, answer, request_id

if TYPE_CHECKING:
    from tests.faults.wire import Message

PATH = "/v1/messages"
MODEL = "claude-haiku-4-5-20251001"
_STATUS = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "conflict_error": 409,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
_KNOWN = {"model", "max_tokens", "system", "messages", "stream", "temperature", "thinking", "output_config"}


@dataclass
class Written:
    """What the model writes."""

    deltas: tuple[str, ...] = ('{"reply": "Nice', ' to meet you."}')
    thoughts: str | None = None
    stop: str | None = "end_turn"
    usage: dict[str, int] = field(default_factory=lambda: {"input_tokens": 211, "output_tokens": 9})


class AnthropicServer(VendorServer):
    """Serves one key."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key
        self.written = Written()
        """What is written to every request for which there is nothing in `next`."""
        self.next: deque[Written] = deque()
        self.paid: list[dict[str, Any]] = []
        """Requests that a model was given."""

    def operation(self, request: Message) -> str:
        """Return the path."""
        return request.target

    def reply(self, operation: str, request: Message) -> bytes:
        """Carry it out."""
        if request.method != "POST" or operation != PATH:
            return refusal("not_found_error")
        offered = {request.headers.get("x-api-key"), request.headers.get("authorization", "").removeprefix("Bearer ")}
        if self.key not in offered:
            return refusal("authentication_error", "invalid x-api-key")
        asked: dict[str, Any] = json.loads(request.body)
        if fault := _fault(asked, request):
            return refusal("invalid_request_error", fault)
        self.paid.append(asked)
        written = self.next.popleft() if self.next else self.written
        return streamed(*_events(written)) if asked.get("stream") else _json(200, _message(written))


def _message(written: Written) -> dict[str, Any]:
    content = [{"type": "text", "text": "".join(written.deltas)}]
    if written.thoughts:
        content.insert(0, {"type": "thinking", "thinking": written.thoughts, "signature": "EqQB"})
    return _head() | {"content": content, "stop_reason": written.stop, "usage": written.usage}


def _head() -> dict[str, Any]:
    return {
        "id": f"msg_{request_id()}",
        "type": "message",
        "role": "assistant",
        "model": MODEL,
        "stop_sequence": None,
    }


def _events(written: Written) -> list[bytes]:
    usage = written.usage | {"output_tokens": 1}
    begun = _head() | {"content": [], "stop_reason": None, "usage": usage}
    ended = {"stop_reason": written.stop, "stop_sequence": None}
    thoughts = [{"type": "thinking_delta", "thinking": written.thoughts}] if written.thoughts else []
    texts = [{"type": "text_delta", "text": text} for text in written.deltas]
    return [
        event("message_start", message=begun),
        event("ping"),
        *_block(0, {"type": "thinking", "thinking": "", "signature": ""}, thoughts),
        *_block(1, {"type": "text", "text": ""}, texts),
        event("message_delta", delta=ended, usage={"output_tokens": written.usage["output_tokens"]}),
        event("message_stop"),
    ]


def event(kind: str, **fields: Any) -> bytes:
    """Return a server-sent event."""
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields}, ensure_ascii=False)}\n\n".encode()


def error(kind: str, message: str = "No.") -> bytes:
    """Return an error within a stream."""
    return event("error", error={"type": kind, "message": message})


def delta(text: str) -> bytes:
    """Return an event with text."""
    return event("content_block_delta", index=1, delta={"type": "text_delta", "text": text})


def _block(index: int, begun: dict[str, Any], deltas: list[dict[str, Any]]) -> list[bytes]:
    if not deltas:
        return []
    return [
        event("content_block_start", index=index, content_block=begun),
        *(event("content_block_delta", index=index, delta=each) for each in deltas),
        event("content_block_stop", index=index),
    ]


def streamed(*events: bytes) -> bytes:
    """Return the answer of a stream: a chunk for each event."""
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n"
        f"Request-Id: req_{request_id()}\r\n\r\n"
    )
    return head.encode() + b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in events) + b"0\r\n\r\n"


def refusal(kind: str, message: str = "No.", *, status: int | None = None, **headers: str) -> bytes:
    """Return an error in Anthropic's own form."""
    document = {"type": "error", "error": {"type": kind, "message": message}, "request_id": f"req_{request_id()}"}
    return _json(status or _STATUS[kind], document, **headers)


def _json(status: int, document: dict[str, Any], **headers: str) -> bytes:
    body = json.dumps(document, ensure_ascii=False).encode()
    phrase = {529: "Overloaded"}.get(status)
    if phrase is None:
        return answer(status, "application/json", body, request_id=f"req_{request_id()}", **headers)
    return wire.answer(status, phrase, "application/json", body, **headers)


def _fault(asked: dict[str, Any], request: Message) -> str | None:
    """Say what is wrong with a request, as the API does; None where nothing is."""
    roles = [message["role"] for message in asked.get("messages", [])]
    faults = {
        "anthropic-version: header is required": "anthropic-version" not in request.headers,
        "Extra inputs are not permitted": not asked.keys() <= _KNOWN,
        "Field required": not {"model", "max_tokens", "messages"} <= asked.keys(),
        "messages: roles must alternate": roles != ["user", "assistant"] * (len(roles) // 2) + ["user"],
        "messages: text content blocks must be non-empty": not all(one["content"] for one in asked["messages"]),
    }
    return next((fault for fault, found in faults.items() if found), None)
