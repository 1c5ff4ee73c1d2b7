"""The embedded retrieval engine: everything lies in the collection's folder, nothing else is needed."""

from __future__ import annotations

from typing import ClassVar

from schemas.model import Model
from workers.engines.retrieval.hybrid import HybridRetrieval


class EmbeddedRetrieval(HybridRetrieval):
    """Implements RetrievalEngine: BM25 by SQLite, and MiniLM where it is installed."""

    name: ClassVar[str] = "embedded"

    class Options(Model):
        """What the settings may say about it."""

        embeddings: bool = True
        """Whether passages are found by meaning, too, where the model is installed. English alone; about 45 ms of CPU
        time a passage when a document is indexed."""

    def __init__(self, options: Options) -> None:
        from workers.engines.retrieval.minilm.embeddings import load_minilm  # noqa: PLC0415 - numpy, where it is wanted

        super().__init__(embeddings=load_minilm() if options.embeddings else None)

    @classmethod
    def preload(cls) -> None:
        """Map the model's weights, which all processes share, before they are forked."""
        from workers.engines.retrieval.minilm.embeddings import load_minilm  # noqa: PLC0415 - as above

        load_minilm()
