"""Embeddings by `/embeddings` of a server that speaks OpenAI's protocol.

https://platform.openai.com/docs/api-reference/embeddings/create
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import openai
from pydantic import BaseModel, ValidationError

from schemas.errors import EngineUnavailableError, PermanentError
from workers.engines.calling import Clock
from workers.engines.llm.model import seconds_for
from workers.engines.openai.service import connect, time_out, translated
from workers.engines.retrieval.vendors.network import NetworkEmbeddings, asked, tokens_read
from workers.engines.retrieval.vendors.rows import unit_rows, unreadable
from workers.engines.watching import watched

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from workers.engines.llm.meter import Meter
    from workers.engines.ports import Call, RetrievalCall
    from workers.engines.retrieval.vendors.options import OpenAIOptions

ENGINE, _TITLE = "openai-embeddings", "The server of embeddings"
_TOO_LARGE = 413


class _Item(BaseModel):
    index: int
    embedding: list[float]


class _Usage(BaseModel):
    prompt_tokens: int | None = None


class _Answer(BaseModel):
    data: list[_Item]
    usage: _Usage | None = None


class OpenAIEmbeddings(NetworkEmbeddings):
    """Implements Embeddings."""

    def __init__(self, options: OpenAIOptions) -> None:
        super().__init__(options, model=_name_of(options), dimensions=options.dimensions)
        self._options = options
        self._client = connect(options)

    def of_passages(self, texts: Sequence[str], call: RetrievalCall) -> NDArray[np.float32]:
        """Embed texts; of long ones the beginning."""
        rows, batch = [], self._options.batch
        with self._metered(call) as meter:
            for at in range(0, len(texts), batch):
                call.progress(at / len(texts), "embedding")
                rows.append(self._embedded(self._options.passage_prefix, texts[at : at + batch], call, meter))
        return np.concatenate(rows)

    def of_question(self, text: str, call: RetrievalCall) -> NDArray[np.float32]:
        """Embed a question."""
        with self._metered(call) as meter:
            row: NDArray[np.float32] = self._embedded(self._options.question_prefix, [text], call, meter)[0]
        return row

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def _embedded(self, prefix: str, texts: Sequence[str], call: Call, meter: Meter) -> NDArray[np.float32]:
        given = [f"{prefix}{text[: self._options.max_characters]}" for text in texts]
        raw = asked(lambda: self._once(given, seconds_for(call, self._options.timeout_s)), call)
        try:
            answer = _Answer.model_validate_json(raw)
        except ValidationError:
            raise unreadable(ENGINE, _TITLE) from None
        meter.count(tokens_read(answer.usage.prompt_tokens if answer.usage else None))
        data = sorted(answer.data, key=lambda item: item.index)
        if [item.index for item in data] != list(range(len(texts))):
            raise unreadable(ENGINE, _TITLE)
        vectors = [item.embedding for item in data]
        return unit_rows(vectors, count=len(texts), dimensions=self.dimensions, engine=ENGINE, title=_TITLE)

    def _once(self, texts: list[str], seconds: float) -> bytes:
        asks: dict[str, Any] = {"dimensions": self.dimensions} if self._options.asks_for_dimensions else {}
        clock = Clock(seconds, _late)
        with translated(ENGINE):
            try:
                with self._client.embeddings.with_streaming_response.create(
                    model=self._options.model, input=texts, encoding_format="float", timeout=time_out(seconds), **asks
                ) as response:
                    return b"".join(watched(response.iter_bytes(), clock.check))
            except openai.APIStatusError as error:
                raise (_refusal(error.status_code) or error) from error


def _name_of(options: OpenAIOptions) -> str:
    """Return the model's name, and what tells its vectors from those of other prefixes."""
    if not (options.passage_prefix or options.question_prefix):
        return options.model
    prefixes = f"{options.passage_prefix}\n{options.question_prefix}"
    return f"{options.model}:{hashlib.sha256(prefixes.encode()).hexdigest()[:8]}"


def _refusal(status: int) -> PermanentError | None:
    """Return what a refusal says about the request; None where it says what it says of any."""
    if status == openai.NotFoundError.status_code:
        sentence = "The server of embeddings does not have the model of the settings, or answers elsewhere."
        return PermanentError("model_not_found", sentence, engine=ENGINE)
    if status == _TOO_LARGE:
        return PermanentError("refused_by_engine", f"{_TITLE} takes no request of this size.", engine=ENGINE)
    return None


def _late() -> EngineUnavailableError:
    return EngineUnavailableError(f"{_TITLE} took too long.", engine=ENGINE)
