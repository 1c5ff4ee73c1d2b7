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
from workers.engines.retrieval.vendors.network import NetworkEmbeddings, asked, tokens_read
from workers.engines.retrieval.vendors.rows import unit_rows, unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from schemas.kinds.reply import Tokens
    from workers.engines.llm.meter import Meter
    from workers.engines.ports import Call, RetrievalCall
    from workers.engines.retrieval.vendors.options import CohereOptions, TitanOptions

#: Titan's longest text, in characters (and 8,192 tokens); Cohere 3's, in characters, and its texts per request.
_TITAN_CHARACTERS, _COHERE_CHARACTERS, _COHERE_TEXTS = 50_000, 2_048, 96
#: Where Bedrock says how many tokens it has read, of models whose bodies don't: those of Cohere.
_TOKENS_HEADER = "x-amzn-bedrock-input-token-count"


class _Titan(BaseModel):
    embedding: list[float]
    tokens: Annotated[int | None, Field(alias="inputTextTokenCount")] = None


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

    def _invoke(self, body: Mapping[str, Any], answer: type[A], call: Call) -> tuple[A, int | None]:
        """Ask the model, and once more where it fails at the request: it may do it then.

        Returns:
            The body, and how many tokens were read, where a header says it.
        """
        once = partial(self._once, json.dumps(body), call)
        try:
            raw, tokens = asked(once, call)
        except OnceMoreError:
            raw, tokens = asked(once, call)
        try:
            return answer.model_validate_json(raw), int(tokens) if tokens.isdecimal() else None
        except ValidationError:
            raise unreadable(SERVICE.engine, SERVICE.title) from None

    def _once(self, body: str, call: Call) -> tuple[bytes, str]:
        with translated(SERVICE), answering_within(seconds_for(call, self._timeout_s)):
            try:
                answer = self._client.invoke_model(
                    modelId=self._model, body=body, contentType="application/json", accept="application/json"
                )
            except ClientError as error:
                raise (once_more(error) or error) from error
            return answer["body"].read(), answer["ResponseMetadata"]["HTTPHeaders"].get(_TOKENS_HEADER, "")

    def _rows(self, vectors: Sequence[Sequence[float]], count: int) -> NDArray[np.float32]:
        return unit_rows(vectors, count=count, dimensions=self.dimensions, engine=SERVICE.engine, title=SERVICE.title)


class TitanEmbeddings(_Bedrock):
    """Implements Embeddings: one text per request, some at a time."""

    def __init__(self, options: TitanOptions) -> None:
        super().__init__(options)
        self._at_once = options.at_once

    def of_passages(self, texts: Sequence[str], call: RetrievalCall) -> NDArray[np.float32]:
        """Embed texts."""
        rows = []
        with self._metered(call) as meter, ThreadPoolExecutor(self._at_once) as threads:
            for at in range(0, len(texts), self._at_once):
                call.progress(at / len(texts), "embedding")
                for row, tokens in threads.map(partial(self._embedded, call), texts[at : at + self._at_once]):
                    rows.append(row)
                    meter.count(tokens)
        return np.stack(rows)

    def of_question(self, text: str, call: RetrievalCall) -> NDArray[np.float32]:
        """Embed a question as a passage is: the model knows no difference."""
        with self._metered(call) as meter:
            row, tokens = self._embedded(call, text)
            meter.count(tokens)
        return row

    def _embedded(self, call: Call, text: str) -> tuple[NDArray[np.float32], Tokens | None]:
        body = {"inputText": text[:_TITAN_CHARACTERS], "dimensions": self.dimensions, "normalize": True}
        answer, _ = self._invoke(body, _Titan, call)
        return self._rows([answer.embedding], 1)[0], tokens_read(answer.tokens)


class CohereEmbeddings(_Bedrock):
    """Implements Embeddings: many texts per request; questions are told from passages."""

    def __init__(self, options: CohereOptions) -> None:
        super().__init__(options)
        self._choice = {"output_dimension": options.dimensions} if options.version > 3 else {}  # noqa: PLR2004 - its name

    def of_passages(self, texts: Sequence[str], call: RetrievalCall) -> NDArray[np.float32]:
        """Embed texts; of one with more than 2,048 characters the beginning."""
        rows = []
        with self._metered(call) as meter:
            for at in range(0, len(texts), _COHERE_TEXTS):
                call.progress(at / len(texts), "embedding")
                rows.append(self._embedded(texts[at : at + _COHERE_TEXTS], "search_document", call, meter))
        return np.concatenate(rows)

    def of_question(self, text: str, call: RetrievalCall) -> NDArray[np.float32]:
        """Embed a question."""
        with self._metered(call) as meter:
            row: NDArray[np.float32] = self._embedded([text], "search_query", call, meter)[0]
        return row

    def _embedded(self, texts: Sequence[str], use: str, call: Call, meter: Meter) -> NDArray[np.float32]:
        body = {
            "texts": [text[:_COHERE_CHARACTERS] for text in texts],
            "input_type": use,
            "embedding_types": ["float"],
            "truncate": "END",
            **self._choice,
        }
        answer, tokens = self._invoke(body, _Cohere, call)
        meter.count(tokens_read(tokens))
        return self._rows(answer.embeddings.vectors, len(texts))
