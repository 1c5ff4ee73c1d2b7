"""Stability's request and answer, the same for Stable Image Core, Stable Image Ultra and Stable Diffusion 3.5 Large.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-diffusion-stable-image-core-text-image-request-response.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-diffusion-stable-ultra-text-image-request-response.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-diffusion-3-5-large.html
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from workers.engines.bedrock_images.options import NAME
from workers.engines.drawing.answers import picture_of, refused_by_policy, unreadable
from workers.engines.llm.model import OnceMoreError

if TYPE_CHECKING:
    from schemas.job import JsonObject
    from schemas.kinds.image import ImageRequest
    from workers.engines.drawing.prompt import ImagePrompt

#: There is no 4:3.
_RATIOS = {"square": "1:1", "landscape": "3:2", "portrait": "2:3"}
#: 0 is "any" to Stability: a request's 0 is sent as the greatest seed that all models take, which no request can name.
_FOR_ZERO = 4_294_967_294
_FILTERED = "Filter reason"


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    images: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()
    finish_reasons: tuple[str | None, ...] = ()


def body_of(request: ImageRequest, prompt: ImagePrompt) -> JsonObject:
    """Write the request. One without a seed is given one, by which the same picture can be asked for again."""
    seed = request.seed if request.seed is not None else 1 + secrets.randbelow(2**31 - 1)
    return {
        "prompt": prompt.text,
        "negative_prompt": prompt.negative,
        "mode": "text-to-image",
        "aspect_ratio": _RATIOS[request.shape],
        "output_format": "png",
        "seed": seed or _FOR_ZERO,
    }


def read(raw: bytes, asked: JsonObject) -> tuple[bytes, int]:
    """Return the picture, and the seed of a request by which it would come again.

    Raises:
        PermanentError: `refused_by_policy`: the prompt, or the picture, was filtered, which comes with HTTP 200.
        OnceMoreError: the model failed, which comes with HTTP 200 as well.
        TransientError: `unreadable_answer`.
    """
    try:
        answer = _Answer.model_validate_json(raw)
    except ValidationError:
        raise unreadable(NAME) from None
    reason = next(filter(None, answer.finish_reasons), None)
    if reason is not None:
        if reason.startswith(_FILTERED):
            raise refused_by_policy(NAME)
        raise OnceMoreError("model_failed", "The model failed at this picture.", engine=NAME)
    if not answer.images:
        raise unreadable(NAME)
    used = answer.seeds[0] if answer.seeds else asked["seed"]
    return picture_of(answer.images[0], engine=NAME), 0 if used == _FOR_ZERO else int(used)
