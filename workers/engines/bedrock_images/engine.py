"""The engine: a described scene to an image model of Bedrock's."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, ClassVar

import structlog

from schemas.errors import EngineUnavailableError, PermanentError
from workers.engines.aws import ClientError, answering_within, client, translated
from workers.engines.bedrock_images.lifecycle import require_fit
from workers.engines.bedrock_images.options import NAME, BedrockImagesOptions
from workers.engines.bedrock_images.service import MODEL_NOT_FOUND, SERVICE, refusal_of
from workers.engines.bedrock_images.stability import body_of, read
from workers.engines.calling import patiently
from workers.engines.drawing.answers import ENDING_S, MAX_ANSWER_BYTES, NOTICE, clock_for, cost_of, gathered
from workers.engines.drawing.prompt import PROMPT, description_of, prompt_of
from workers.engines.llm.model import OnceMoreError
from workers.engines.ports.image import Drawing

if TYPE_CHECKING:
    from schemas.job import JsonObject
    from schemas.kinds.image import ImageRequest
    from workers.engines.bedrock_images.options import ImageModel
    from workers.engines.ports import Call

log = structlog.get_logger(__name__)

_CHUNK = 1 << 16


class BedrockImagesEngine:
    """Implements ImageEngine; safe to use from several threads."""

    name: ClassVar[str] = NAME
    metered: ClassVar[bool] = True
    Options = BedrockImagesOptions

    def __init__(self, options: BedrockImagesOptions) -> None:
        self._options = options
        self._client = client("bedrock-runtime", options, read_timeout_s=options.timeout_s)

    @classmethod
    def check(cls, options: BedrockImagesOptions) -> None:
        """See that the models are there, live, and draw: asked once, before a worker begins.

        Raises:
            EngineOptionsError: one is not, does not, or takes another request.
        """
        for model in options.models:
            require_fit(model, options)

    @property
    def identity(self) -> str:
        """All that results depend on beside the request."""
        models = ",".join(model.id for model in self._options.models)
        return f"{NAME} {PROMPT} {self._options.style} {models}"

    def draw(self, request: ImageRequest, call: Call) -> Drawing:
        """Have the first model draw that is not gone; one that fails at the picture is asked once more.

        Raises:
            PermanentError: `refused_by_policy`, `model_failed`, `model_not_found`, `picture_too_large`,
                `refused_by_engine`.
            TransientError: `unreadable_answer`; throttled; out of reach.
        """
        call.progress(None, "drawing")
        body = body_of(request, prompt_of(request, self._options.style, negative=True))
        *others, last = self._options.models
        for model in others:
            try:
                return self._drawn(request, model, body, call)
            except PermanentError as error:
                if error.code != MODEL_NOT_FOUND:
                    raise
                log.warning("image_model_is_gone", model=model.id)
        return self._drawn(request, last, body, call)

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def _drawn(self, request: ImageRequest, model: ImageModel, body: JsonObject, call: Call) -> Drawing:
        try:
            picture, seed = self._patiently(model, body, call)
        except OnceMoreError:
            picture, seed = self._patiently(model, body, call)
        return Drawing(
            image=picture,
            description=description_of(request),
            model=model.id,
            seed=seed,
            notice=NOTICE,
            cost_microusd=cost_of(model.price),
        )

    def _patiently(self, model: ImageModel, body: JsonObject, call: Call) -> tuple[bytes, int]:
        raw = patiently(lambda: self._ask(model, body, call), deadline_s=call.remaining_s - ENDING_S)
        return read(raw, body)

    def _ask(self, model: ImageModel, body: JsonObject, call: Call) -> bytes:
        clock = clock_for(call, self._options.timeout_s, engine=NAME)
        with translated(SERVICE), answering_within(clock.remaining_s()):
            try:
                answer = self._client.invoke_model(
                    modelId=model.id, body=json.dumps(body), contentType="application/json", accept="application/json"
                )
            except ClientError as error:
                if refusal := refusal_of(error):
                    raise refusal from error
                raise
            with closing(answer["body"]) as picture:  # left half-way, it would keep its connection
                raw = gathered(picture.iter_chunks(_CHUNK), clock, call, at_most=MAX_ANSWER_BYTES, engine=NAME)
        if not raw:  # an answer that ends within its head is an empty one to boto3
            raise EngineUnavailableError("Amazon Bedrock's answer broke off.", engine=NAME)
        return raw
