"""What can be set of the models that make vectors, for stores that leave the choice."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, TypeAdapter, ValidationInfo, model_validator

from schemas.model import Model
from workers.engines.aws import AwsOptions
from workers.engines.llm.options import ReadingPrice
from workers.engines.openai.options import ServerOptions


class MiniLMOptions(Model):
    """The embedded model, in this process: English alone, at no price. It comes with the extra `retrieval`."""

    name: Literal["minilm"] = "minilm"


class VendorOptions(Model):
    """Options of every model that is asked over a network; a vendor's are a subclass."""

    support: Annotated[float, Field(gt=0, le=1.2)] | None = None
    """From which value on a passage is probably about a question: the cosine, and a fifth of the share of the
    question's words that the passage has. It differs from model to model: measure it on documents of yours. Null has
    the words alone decide."""
    latin_only: bool = False
    """For a model that has learnt English alone: texts in other letters are found by their words."""
    timeout_s: Annotated[float, Field(gt=0)] = 20.0
    """How long one request may take."""
    price: ReadingPrice | None = None
    """US dollars per million tokens read, and when that was looked up: `{"input": 0.02, "as_of": "2026-11-01"}`. Null
    counts no cost."""


class _BedrockOptions(VendorOptions, AwsOptions):
    """What is asked of Amazon Bedrock by InvokeModel; the worker needs bedrock:InvokeModel."""

    @model_validator(mode="before")
    @classmethod
    def _in_the_region_of_the_settings(cls, given: Any, info: ValidationInfo) -> Any:  # noqa: ANN401 - as pydantic has it
        """Take the settings' region, which only an engine's own options are given."""
        return {"region": (info.context or {}).get("region"), **given} if isinstance(given, dict) else given


class TitanOptions(_BedrockOptions):
    """Amazon Titan Text Embeddings V2, of Amazon Bedrock: one text per request."""

    name: Literal["titan"] = "titan"
    model: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:/-]+$")] = "amazon.titan-embed-text-v2:0"
    """Model id, or the id or ARN of an inference profile of it."""
    dimensions: Literal[256, 512, 1024] = 1024
    """Numbers of a vector."""
    at_once: Annotated[int, Field(ge=1, le=32)] = 8
    """How many requests are under way at the same time, for one document."""


class CohereOptions(_BedrockOptions):
    """Cohere Embed 3 or 4, of Amazon Bedrock: 96 texts per request."""

    name: Literal["cohere"] = "cohere"
    model: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:/-]+$")] = "cohere.embed-multilingual-v3"
    """Model id, or the id or ARN of an inference profile, such as `global.cohere.embed-v4:0`."""
    version: Literal[3, 4] = 3
    """Which version of the model it is: 4 is told how many dimensions are wanted."""
    dimensions: Literal[256, 512, 1024, 1536] = 1024
    """Numbers of a vector; version 3 has 1,024."""

    @model_validator(mode="after")
    def _has_such_vectors(self) -> Self:
        if self.version == 3 and self.dimensions != 1024:  # noqa: PLR2004 - as the option says
            raise ValueError("version 3 has 1024 dimensions")
        return self


class OpenAIOptions(VendorOptions, ServerOptions):
    """A server of OpenAI's `/embeddings`: OpenAI, CLOVA Studio, vLLM, Ollama and others."""

    name: Literal["openai"] = "openai"
    model: Annotated[str, Field(min_length=1)]
    """The model to ask for, as the server names it."""
    dimensions: Annotated[int, Field(ge=1, le=4096, strict=True)]
    """Numbers of a vector."""
    asks_for_dimensions: bool = False
    """Whether the server is told how many are wanted, which few models can choose: OpenAI's text-embedding-3."""
    batch: Annotated[int, Field(ge=1, le=2048, strict=True)] = 64
    """Texts of a request."""
    max_characters: Annotated[int, Field(ge=100, strict=True)] = 4_000
    """What is longer is cut: servers refuse texts of more tokens than the model reads."""
    passage_prefix: str = ""
    """What the model wants before each passage, such as `passage: ` (E5)."""
    question_prefix: str = ""
    """What it wants before a question, such as `query: `."""


#: All models, in the order of the docs.
EMBEDDINGS: tuple[type[Model], ...] = (MiniLMOptions, TitanOptions, CohereOptions, OpenAIOptions)
EmbeddingsOptions = Annotated[
    MiniLMOptions | TitanOptions | CohereOptions | OpenAIOptions,
    Field(discriminator="name"),
]
EMBEDDINGS_OPTIONS: TypeAdapter[EmbeddingsOptions] = TypeAdapter(EmbeddingsOptions)
