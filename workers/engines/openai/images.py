"""The engine: a described scene to `/images/generations` of a server that speaks OpenAI's protocol.

https://platform.openai.com/docs/api-reference/images/create
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import openai
import structlog
from pydantic import Field

from schemas.errors import EngineUnavailableError, TransientError
from workers.engines.calling import patiently
from workers.engines.drawing.answers import ENDING_S, MAX_ANSWER_BYTES, NOTICE, clock_for, cost_of, gathered, picture_of
from workers.engines.drawing.options import DrawingOptions, ImagePrice
from workers.engines.drawing.prompt import PROMPT, description_of, prompt_of
from workers.engines.openai.fetching import Fetcher, PictureGoneError
from workers.engines.openai.options import ServerOptions
from workers.engines.openai.picture import read, refusal_of
from workers.engines.openai.service import connect, time_out, translated
from workers.engines.openai.unfetched import Unfetched
from workers.engines.ports.image import Drawing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemas.job import JsonObject
    from schemas.kinds.image import ImageRequest
    from workers.engines.ports import Call
    from workers.engines.ports.image import DrawingCall

log = structlog.get_logger(__name__)

ENGINE = "openai-images"
_Size = Annotated[str, Field(pattern=r"^\d{2,4}x\d{2,4}$")]
_SIZES: Mapping[str, str] = {"square": "1024x1024", "landscape": "1536x1024", "portrait": "1024x1536"}


class ImagesOptions(ServerOptions, DrawingOptions):
    """Options of an OpenAI-compatible server of image models."""

    model: Annotated[str, Field(min_length=1)]
    """The model to ask for, as the server names it."""
    quality: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    """`low`, `medium`, `high` and so on, as the model has them; its own where none is given."""
    sizes: dict[Literal["square", "landscape", "portrait"], _Size] = Field(default_factory=dict)
    """Width and height for a shape, `{"landscape": "1536x864"}`, where the model does not have 1024 and 1536."""
    response_format: Literal["b64_json", "url"] | None = None
    """How the picture is to come. OpenAI's models refuse to be told, and send it; other servers may want to be."""
    takes: frozenset[Literal["seed", "negative_prompt"]] = frozenset()
    """What the server takes beyond OpenAI's protocol. Without `seed` a request's is not used; without `negative_prompt`
    what is to be left out is a sentence of the prompt."""
    fetch_from_server: bool = False
    """Whether a picture that comes as a URL may lie on the server itself, at the scheme, host and port of `base_url`.
    Elsewhere it is fetched by https, and from public addresses alone."""
    price: ImagePrice | None = None
    """Null counts no cost."""


class OpenAIImagesEngine:
    """Implements ImageEngine; safe to use from several threads."""

    name: ClassVar[str] = ENGINE
    metered: ClassVar[bool] = True
    Options = ImagesOptions

    def __init__(self, options: ImagesOptions, fetcher: Fetcher | None = None) -> None:
        self._options = options
        self._client = connect(options)
        self._fetcher = fetcher or Fetcher(own=options.base_url if options.fetch_from_server else None, engine=ENGINE)

    @property
    def identity(self) -> str:
        """All that results depend on beside the request."""
        options = self._options
        depended = options.model_dump_json(include={"base_url", "model", "quality", "style"})
        return f"{ENGINE} {PROMPT} {depended} {sorted(options.sizes.items())} {sorted(options.takes)}"

    def draw(self, request: ImageRequest, call: DrawingCall) -> Drawing:
        """Have the model draw; a picture that can't be fetched is fetched again, by the next attempt too.

        It is drawn again, and paid, once its address is an hour old, or nothing is there.

        Raises:
            PermanentError: `refused_by_policy`, `model_not_found`, `insufficient_quota`, `picture_too_large`,
                `unsafe_url`, `refused_by_engine`.
            TransientError: `unreadable_answer`; throttled; out of reach.
        """
        call.progress(None, "drawing")
        unfetched = Unfetched(call, self.identity)
        return Drawing(
            image=self._fetched_late(unfetched, call) or self._drawn(request, unfetched, call),
            description=description_of(request),
            model=self._options.model,
            seed=request.seed if "seed" in self._options.takes else None,
            notice=NOTICE,
            cost_microusd=cost_of(self._options.price),
        )

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()
        self._fetcher.close()

    def _asked(self, request: ImageRequest) -> JsonObject:
        options = self._options
        prompt = prompt_of(request, options.style, negative="negative_prompt" in options.takes)
        size = options.sizes.get(request.shape, _SIZES[request.shape])
        asked: dict[str, Any] = {"model": options.model, "prompt": prompt.text, "n": 1, "size": size}
        if options.quality is not None:
            asked["quality"] = options.quality
        if options.response_format is not None:
            asked["response_format"] = options.response_format
        beyond: dict[str, Any] = {} if prompt.negative is None else {"negative_prompt": prompt.negative}
        if "seed" in options.takes and request.seed is not None:
            beyond["seed"] = request.seed
        return asked | ({"extra_body": beyond} if beyond else {})

    def _ask(self, asked: JsonObject, call: Call) -> bytes:
        clock = clock_for(call, self._options.timeout_s, engine=ENGINE)
        with translated(ENGINE):
            try:
                generate = self._client.images.with_streaming_response.generate
                with generate(**asked, timeout=time_out(clock.remaining_s())) as response:
                    return gathered(response.iter_bytes(), clock, call, at_most=MAX_ANSWER_BYTES, engine=ENGINE)
            except openai.APIError as error:
                if refusal := refusal_of(error, engine=ENGINE):
                    raise refusal from error
                raise

    def _drawn(self, request: ImageRequest, unfetched: Unfetched, call: Call) -> bytes:
        asked = self._asked(request)
        raw = patiently(lambda: self._ask(asked, call), deadline_s=call.remaining_s - ENDING_S)
        given = read(raw, engine=ENGINE)
        if given.encoded is not None:
            return picture_of(given.encoded, engine=ENGINE)
        url = given.url or ""
        try:
            return self._fetched(url, call)
        except EngineUnavailableError:
            unfetched.keep(url)
            raise

    def _fetched_late(self, unfetched: Unfetched, call: Call) -> bytes | None:
        """Fetch the picture that an attempt before has paid for; None where there is none any more, or no picture."""
        url = unfetched.address()
        if url is None:
            return None
        try:
            return self._fetched(url, call)
        except PictureGoneError:
            return None
        except EngineUnavailableError:
            raise
        except TransientError as error:
            log.info("late_picture_unusable", code=error.code)
            return None

    def _fetched(self, url: str, call: Call) -> bytes:
        return self._fetcher.fetch(url, call, timeout_s=self._options.timeout_s)
