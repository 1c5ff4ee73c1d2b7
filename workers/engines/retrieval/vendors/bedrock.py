"""Embeddings by Amazon Bedrock's InvokeModel, whose bodies are each model's own.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import numpy as np
from pydantic import BaseModel, Field, ValidationError

from workers.engines.aws import ClientError, answering_within, client, translated
from workers.engines.bedrock.service import SERVICE, once_more
from workers.engines.llm.model import OnceMoreError, seconds_for
from workers.engines.retrieval.vendors.network import NetworkEmbeddings, asked
from workers.engines.retrieval.vendors.rows import unit_rows, unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from workers.engines.ports import Call
    from workers.engines.retrieval.vendors.options import CohereOptions, TitanOptions

#: Titan's longest text, in characters (and 8,192 tokens); Cohere 3's, in characters, and its texts per request.
_TITAN_CHARACTERS, _COHERE_CHARACTERS, _COHERE_TEXTS = 50_000, 2_048, 96


class _Titan(BaseModel):
    embedding: list[float]


class _ByType(BaseModel):
    vectors: Annotated[list[list[float]], Field(alias="float")]


class _Cohere(BaseModel):
    embeddings: _ByType


A = TypeVar("A", bound=BaseModel)


class _Bedrock(NetworkEmbeddings):
    def __init__(self, options: TitanOptions | CohereOptions) -> None:
        # An ARN has the account's number, which is nobody's business.
        super().__init__(options, model=options.model.rpartition("/")[2], dimensions=options.dimensions)
        self._model = options.model
        self._timeout_s = options.timeout_s
        self._client = client("bedrock-runtime", options, read_timeout_s=options.timeout_s)

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def _invoke(self, body: Mapping[str, Any], answer: type[A], call: Call) -> A:
        """Ask the model, and once more where it fails at the request: it may do it then."""
        once = partial(self._once, json.dumps(body), call)
        try:
            raw = asked(once, call)
        except OnceMoreError:
            raw = asked(once, call)
        try:
            return answer.model_validate_json(raw)
        except ValidationError:
            raise unreadable(SERVICE.engine, SERVICE.title) from None

    def _once(self, body: str, call: Call) -> bytes:
        with translated(SERVICE), answering_within(seconds_for(call, self._timeout_s)):
            try:
                answer = self._client.invoke_model(
                    modelId=self._model, body=body, contentType="application/json", accept="application/json"
                )
            except ClientError as error:
                raise (once_more(error) or error) from error
            raw: bytes = answer["body"].read()
            return raw

    def _rows(self, vectors: Sequence[Sequence[float]], count: int) -> NDArray[np.float32]:
        return unit_rows(vectors, count=count, dimensions=self.dimensions, engine=SERVICE.engine, title=SERVICE.title)


class TitanEmbeddings(_Bedrock):
    """Implements Embeddings: one text per request, some at a time."""

    def __init__(self, options: TitanOptions) -> None:
        super().__init__(options)
        self._at_once = options.at_once

    def of_passages(self, texts: Sequence[str], call: Call) -> NDArray[np.float32]:
        """Embed texts."""
        rows = []
        with ThreadPoolExecutor(self._at_once) as threads:
            for at in range(0, len(texts), self._at_once):
                call.progress(at / len(texts), "embedding")
                rows += list(threads.map(lambda text: self.of_question(text, call), texts[at : at + self._at_once]))
        return np.stack(rows)

    def of_question(self, text: str, call: Call) -> NDArray[np.float32]:
        """Embed a question as a passage is: the model knows no difference."""
        body = {"inputText": text[:_TITAN_CHARACTERS], "dimensions": self.dimensions, "normalize": True}
        row: NDArray[np.float32] = self._rows([self._invoke(body, _Titan, call).embedding], 1)[0]
        return row


class CohereEmbeddings(_Bedrock):
    """Implements Embeddings: many texts per request; questions are told from passages."""

    def __init__(self, options: CohereOptions) -> None:
        super().__init__(options)
        self._choice = {"output_dimension": options.dimensions} if options.version > 3 else {}  # noqa: PLR2004 - its name

    def of_passages(self, texts: Sequence[str], call: Call) -> NDArray[np.float32]:
        """Embed texts; of one with more than 2,048 characters the beginning."""
        rows = []
        for at in range(0, len(texts), _COHERE_TEXTS):
            call.progress(at / len(texts), "embedding")
            rows.append(self._embedded(texts[at : at + _COHERE_TEXTS], "search_document", call))
        return np.concatenate(rows)

    def of_question(self, text: str, call: Call) -> NDArray[np.float32]:
        """Embed a question."""
        row: NDArray[np.float32] = self._embedded([text], "search_query", call)[0]
        return row

    def _embedded(self, texts: Sequence[str], use: str, call: Call) -> NDArray[np.float32]:
        body = {
            "texts": [text[:_COHERE_CHARACTERS] for text in texts],
            "input_type": use,
            "embedding_types": ["float"],
            "truncate": "END",
            **self._choice,
        }
        return self._rows(self._invoke(body, _Cohere, call).embeddings.vectors, len(texts))
