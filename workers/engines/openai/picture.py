"""The answer of `/images/generations`, and refusals of what was to be drawn, in our terms.

https://platform.openai.com/docs/api-reference/images/object
"""

from __future__ import annotations

from dataclasses import dataclass

import openai
from pydantic import BaseModel, ConfigDict, ValidationError

from schemas.errors import PermanentError
from workers.engines.drawing.answers import refused_by_policy, unreadable

#: OpenAI's filters before the model and behind it, and Azure's.
_FILTERED = frozenset({"content_policy_violation", "moderation_blocked", "content_filter", "contentFilter"})
_TOO_LARGE = 413


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Image(_Part):
    b64_json: str | None = None
    url: str | None = None


class _Error(_Part):
    code: str | int | None = None


class _Answer(_Part):
    data: tuple[_Image, ...] | None = None
    error: _Error | None = None
    """Gateways have it in an answer of status 200."""


@dataclass(frozen=True)
class Given:
    """A picture as a server gives it: itself, or where it lies."""

    encoded: str | None
    """Base64."""
    url: str | None


def read(raw: bytes, *, engine: str) -> Given:
    """Return the first picture.

    A server that answers as it should, with no picture in it, has held it back: so does xAI's filter
    (https://github.com/vercel/ai/issues/19168).

    Raises:
        PermanentError: `refused_by_policy`.
        TransientError: `unreadable_answer`.
    """
    try:
        answer = _Answer.model_validate_json(raw)
    except ValidationError:
        raise unreadable(engine) from None
    if answer.error is not None and answer.error.code in _FILTERED:
        raise refused_by_policy(engine)
    if answer.data is None:
        raise unreadable(engine)
    for image in answer.data[:1]:
        if image.b64_json or image.url:
            return Given(image.b64_json or None, image.url)
    raise refused_by_policy(engine)


def refusal_of(error: openai.APIError, *, engine: str) -> PermanentError | None:
    """Return what an error says about the picture or the model; None where it says something else."""
    if error.code in _FILTERED:
        return refused_by_policy(engine)
    if isinstance(error, openai.NotFoundError):
        sentence = "The server does not have the model that this worker is set to ask for, or answers elsewhere."
        return PermanentError("model_not_found", sentence, engine=engine)
    if isinstance(error, openai.APIStatusError) and error.status_code == _TOO_LARGE:
        return PermanentError("refused_by_engine", "The description is longer than the server takes.", engine=engine)
    return None
