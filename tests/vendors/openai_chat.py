"""A server of OpenAI's `/v1/chat/completions`, whole and streamed, as OpenAI answers or as others that speak it do.

https://platform.openai.com/docs/api-reference/chat/create
https://platform.openai.com/docs/api-reference/chat/streaming
https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html
https://docs.ollama.com/api/openai-compatibility
https://api.ncloud-docs.com/docs/en/clovastudio-openaicompatibility
"""

from __future__ import annotations

import json
import re
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.vendors.openai import refusal
from tests.vendors.server import VendorServer, answer, request_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.faults.wire import Message

PATH = "/v1/chat/completions"


@dataclass(frozen=True, kw_only=True)
class Says:
    """What the model says to one request."""

    text: str = ""
    finish_reason: str | None = "stop"
    refusal: str | None = None
    usage: dict[str, Any] | None = field(
        default_factory=lambda: {"prompt_tokens": 1_000, "completion_tokens": 100, "total_tokens": 1_100}
    )
    model: str = "gpt-test-2026-01-01"


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """In what a server differs from OpenAI's."""

    refuses: frozenset[str] = frozenset()
    """Fields of the request that it knows not; answered by 400, as OpenAI's and CLOVA Studio's do."""
    formats: frozenset[str] = frozenset({"text", "json_object", "json_schema"})
    """Response formats that it knows."""
    error_body: Callable[[int, str], bytes] | None = None
    """Its own form of refusals; OpenAI's where there is none."""
    roles_first: bool = True
    """Whether a stream's first chunk has the role alone; Ollama's chunks all have it."""
    empty_usage: bool = False
    """Whether it never says how many tokens there were."""
    formats_want_no_reasoning: bool = False
    """Whether a response format goes with `reasoning_effort: none` alone (HCX-007)."""


OPENAI = Dialect()
#: Newer models of OpenAI's know `max_completion_tokens` alone.
OPENAI_NEW = Dialect(refuses=frozenset({"max_tokens", "temperature"}))
VLLM = Dialect()
OLLAMA = Dialect(roles_first=False, refuses=frozenset({"max_completion_tokens"}))
HCX_005 = Dialect(formats=frozenset({"text"}), empty_usage=True, refuses=frozenset({"stream_options"}))
HCX_007 = Dialect(refuses=frozenset({"max_tokens"}), formats_want_no_reasoning=True)


class OpenAIChatServer(VendorServer):
    """Serves one key; none is asked for where `key` is None. It says what is in `says`, the last one for ever."""

    def __init__(self, key: str | None = None, *, dialect: Dialect = OPENAI) -> None:
        super().__init__()
        self.key = key
        self.dialect = dialect
        self.says: deque[Says | Callable[[dict[str, Any]], Says]] = deque([Says(text="{}")])
        self.completed: list[dict[str, Any]] = []
        """Bodies of the requests that were carried out, each of which is paid for."""

    def will_say(self, *says: Says | Callable[[dict[str, Any]], Says]) -> None:
        """Say what the model says to the next requests; the last one to all after."""
        self.says = deque(says)

    def operation(self, request: Message) -> str:
        """Return the path."""
        return request.target

    def reply(self, operation: str, request: Message) -> bytes:
        """Carry it out."""
        if request.method != "POST" or operation != PATH:
            return refusal(404, "invalid_request_error", "unknown_url")
        if self.key is not None and request.headers.get("authorization") != f"Bearer {self.key}":
            return refusal(401, "invalid_request_error", "invalid_api_key")
        body: dict[str, Any] = json.loads(request.body)
        refused = self._refused(body)
        if refused:
            return refused
        self.completed.append(body)
        says = self.says.popleft() if len(self.says) > 1 else self.says[0]
        said = says if isinstance(says, Says) else says(body)
        return self._streamed(body, said) if body.get("stream") else self._whole(said)

    def _refused(self, body: dict[str, Any]) -> bytes | None:
        unknown = self.dialect.refuses & body.keys()
        if unknown:
            return refusal(400, "invalid_request_error", "unsupported_parameter", f"Unsupported: {sorted(unknown)}")
        wanted = body.get("response_format", {"type": "text"})["type"]
        reasons = body.get("reasoning_effort") != "none" and self.dialect.formats_want_no_reasoning
        if wanted not in self.dialect.formats or (wanted != "text" and reasons):
            return refusal(400, "invalid_request_error", "invalid_value", "response_format")
        if wanted == "json_schema":
            _require_strict(body["response_format"]["json_schema"])
        return None

    def _whole(self, said: Says) -> bytes:
        message: dict[str, Any] = {
            "role": "assistant",
            "content": said.text or None,
            "refusal": said.refusal,
            "annotations": [],
        }
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": said.finish_reason}
        document = _head("chat.completion", said) | {"choices": [choice], "service_tier": "default"}
        if not self.dialect.empty_usage:
            document["usage"] = said.usage
        body = json.dumps(document, ensure_ascii=False).encode()
        return answer(200, "application/json", body, x_request_id=f"req_{request_id()}")

    def _streamed(self, body: dict[str, Any], said: Says) -> bytes:
        with_usage = bool(body.get("stream_options", {}).get("include_usage")) and not self.dialect.empty_usage
        events = b"".join(sse(chunk) for chunk in self._chunks(said, with_usage=with_usage))
        return stream(events + b"data: [DONE]\n\n")

    def _chunks(self, said: Says, *, with_usage: bool) -> Iterator[dict[str, Any]]:
        head = _head("chat.completion.chunk", said) | ({"usage": None} if with_usage else {})
        role = {"role": "assistant"}
        if self.dialect.roles_first:
            yield head | {"choices": [_choice(role | {"content": "", "refusal": None})]}
        for piece in _pieces(said.text):
            yield head | {"choices": [_choice({"content": piece} | ({} if self.dialect.roles_first else role))]}
        if said.refusal:
            yield head | {"choices": [_choice({"refusal": said.refusal})]}
        if said.finish_reason:
            yield head | {"choices": [_choice({}, said.finish_reason)]}
        if with_usage:
            yield head | {"choices": [], "usage": said.usage}


def sse(event: object) -> bytes:
    """Return a server-sent event."""
    return b"data: " + json.dumps(event, ensure_ascii=False).encode() + b"\n\n"


def stream(events: bytes) -> bytes:
    """Return an answer of server-sent events; its length is not told before its end (RFC 9112, chunked)."""
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n"
        f"X-Request-Id: req_{request_id()}\r\n\r\n"
    ).encode()
    parts = [event + b"\n\n" for event in events.split(b"\n\n")[:-1]]
    return head + b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def _head(kind: str, said: Says) -> dict[str, Any]:
    made = {"id": f"chatcmpl-{request_id()}", "object": kind, "created": 1_790_000_000, "model": said.model}
    return made | {"system_fingerprint": "fp_0"}


def _choice(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}


def _pieces(text: str) -> Iterator[str]:
    """Return a text word by word, as models write."""
    yield from re.findall(r"\s*\S{1,20}|\s+", text)


def _require_strict(wanted: dict[str, Any]) -> None:
    """See that a schema is in the subset of strict structured outputs, as OpenAI does (by 400)."""
    assert wanted["strict"] is True
    assert set(wanted["name"]) <= set("abcdefghijklmnopqrstuvwxyz_")
    _require_plain(wanted["schema"])


def _require_plain(node: dict[str, Any]) -> None:
    assert node.keys() <= {
        "type",
        "enum",
        "description",
        "anyOf",
        "items",
        "properties",
        "required",
        "additionalProperties",
    }
    if node.get("type") == "object":
        assert node["additionalProperties"] is False
        assert node["required"] == list(node["properties"])
    for child in (
        *node.get("properties", {}).values(),
        *node.get("anyOf", ()),
        *([node["items"]] if "items" in node else ()),
    ):
        _require_plain(child)
