"""Amazon Bedrock's InvokeModel with Stability's image models, beside what `bedrock` serves.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-diffusion-3-5-large.html
"""

from __future__ import annotations

import base64
import json
import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from tests.vendors.bedrock import SCOPE, BedrockServer, details, refusal
from tests.vendors.pictures import png
from tests.vendors.server import answer, request_id

if TYPE_CHECKING:
    from tests.faults.wire import Message

INVOKE = "InvokeModel"
CORE, ULTRA, LARGE = (
    "stability.stable-image-core-v1:1",
    "stability.stable-image-ultra-v1:1",
    "stability.sd3-5-large-v1:0",
)
_INVOKE = re.compile(r"^POST /model/([^/]+)/invoke$")
_RATIOS = {"16:9", "1:1", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21"}
_FIELDS = {"prompt", "negative_prompt", "mode", "aspect_ratio", "output_format", "seed"}
_LONGEST, _GREATEST_SEED = 10_000, 4_294_967_294


@dataclass(frozen=True)
class Outcome:
    """How a request ends that Bedrock answers with 200."""

    finish_reason: str | None = None
    with_images: bool = False
    """Whether there is a picture beside a reason that is not null."""


class BedrockImagesServer(BedrockServer):
    """Serves one region."""

    def __init__(self) -> None:
        super().__init__()
        self.models |= {name: details(name, outputModalities=["IMAGE"]) for name in (CORE, ULTRA, LARGE)}
        self.outcomes: deque[Outcome] = deque()
        """How the next requests end; those after them with a picture."""

    def operation(self, request: Message) -> str:
        return INVOKE if self._invoked(request) else super().operation(request)

    def reply(self, operation: str, request: Message) -> bytes:
        model = self._invoked(request)
        if model is None:
            return super().reply(operation, request)
        if not SCOPE.match(request.headers.get("authorization", "")):
            return refusal("AccessDeniedException", "The security token is invalid.")
        if model not in self.models and model not in self.profiles:
            return refusal("ResourceNotFoundException", "This model version has reached the end of its life.")
        assert request.headers["content-type"] == request.headers["accept"] == "application/json"
        asked = json.loads(request.body)
        if fault := _fault(asked):
            return refusal("ValidationException", f"Malformed input request: {fault}, please reformat your input.")
        self.paid.append({"model": model, **asked})
        return drawn(asked, self.outcomes.popleft() if self.outcomes else Outcome())

    @staticmethod
    def _invoked(request: Message) -> str | None:
        found = _INVOKE.match(f"{request.method} {urlsplit(request.target).path}")
        return unquote(found[1]) if found else None


def drawn(asked: dict[str, Any], outcome: Outcome = Outcome()) -> bytes:
    """Return the answer to a request: the same prompt and seed, the same picture."""
    if outcome.finish_reason is not None and not outcome.with_images:
        return whole({"finish_reasons": [outcome.finish_reason]})
    seed = asked["seed"] or 2_130_420_379
    picture = base64.b64encode(png(f"{asked['prompt']} {seed}")).decode()
    return whole({"seeds": [seed], "finish_reasons": [outcome.finish_reason], "images": [picture]})


def whole(document: object) -> bytes:
    """Return an answer of status 200."""
    return answer(200, "application/json", json.dumps(document).encode(), x_amzn_requestid=request_id())


def _fault(asked: dict[str, Any]) -> str | None:
    for name in asked.keys() - _FIELDS:
        return f"#: extraneous key [{name}] is not permitted"
    for name in ("prompt", "negative_prompt"):
        if not isinstance(asked.get(name, ""), str) or len(asked.get(name, "")) > _LONGEST:
            return f"#/{name}: expected maxLength: {_LONGEST}"
    if asked.get("aspect_ratio", "1:1") not in _RATIOS or asked.get("output_format", "png") not in {"png", "jpeg"}:
        return "#: not a valid enum value"
    seed = asked.get("seed", 0)
    return None if isinstance(seed, int) and 0 <= seed <= _GREATEST_SEED else "#/seed: out of range"
