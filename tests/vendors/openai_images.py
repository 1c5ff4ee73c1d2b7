"""A server of OpenAI's `/v1/images/generations`, as OpenAI answers or as others that speak it do.

https://platform.openai.com/docs/api-reference/images/create
https://platform.openai.com/docs/guides/image-generation#content-moderation
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from tests.vendors.openai import refusal
from tests.vendors.pictures import png
from tests.vendors.server import VendorServer, answer, request_id

if TYPE_CHECKING:
    from tests.faults.wire import Message

PATH, PICTURE = "/v1/images/generations", "/pictures/1.png"
_OPENAI = frozenset({"model", "prompt", "n", "size", "quality", "moderation", "background", "output_format"})
_SIZES = {"1024x1024", "1536x1024", "1024x1536", "1536x864"}


class OpenAIImagesServer(VendorServer):
    """Serves one key; knows OpenAI's fields, and those in `takes`."""

    def __init__(self, key: str | None = None, *, takes: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.key = key
        self.takes = takes
        self.drawn: list[dict[str, Any]] = []
        """Bodies of the requests that were carried out, each of which is paid for."""
        self.picture_url: str | None = None
        """Where a picture is said to lie; at this server where it is None."""

    def operation(self, request: Message) -> str:
        """Return the path."""
        return request.target

    def reply(self, operation: str, request: Message) -> bytes:
        """Carry it out."""
        if request.method == "GET" and operation == PICTURE:
            return answer(200, "image/png", png(PICTURE))
        if request.method != "POST" or operation != PATH:
            return refusal(404, "invalid_request_error", "unknown_url")
        if self.key is not None and request.headers.get("authorization") != f"Bearer {self.key}":
            return refusal(401, "invalid_request_error", "invalid_api_key")
        asked: dict[str, Any] = json.loads(request.body)
        if unknown := asked.keys() - _OPENAI - self.takes:
            return refusal(400, "invalid_request_error", "unknown_parameter", f"Unknown parameter: {min(unknown)}")
        if asked["size"] not in _SIZES or asked["n"] != 1:
            return refusal(400, "invalid_request_error", "invalid_value")
        self.drawn.append(asked)
        return whole(self._given(asked))

    def _given(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked.get("response_format") == "url":
            return {"url": self.picture_url or f"{self.url}{PICTURE}", "revised_prompt": "A cat."}
        return {"b64_json": encoded(png(f"{asked['prompt']} {asked.get('seed')}"))}


def encoded(data: bytes) -> str:
    """Return base64."""
    return base64.b64encode(data).decode()


def whole(*images: dict[str, Any]) -> bytes:
    """Return an answer of status 200 with these pictures."""
    usage = {"input_tokens": 50, "output_tokens": 4_160, "total_tokens": 4_210}
    document = {"created": 1_790_000_000, "data": list(images), "size": "1536x1024", "usage": usage}
    return answered(document)


def answered(document: object) -> bytes:
    """Return an answer of status 200."""
    body = json.dumps(document).encode()
    return answer(200, "application/json", body, x_request_id=f"req_{request_id()}")


def moderated(code: str = "moderation_blocked") -> bytes:
    """Return how OpenAI's filter refuses."""
    words = "Your request was rejected by the safety system. safety_violations=[violence]."
    return refusal(400, "image_generation_user_error", code, words)
