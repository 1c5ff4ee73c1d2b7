"""Where vectors lie and are compared: beside the documents, in this process's memory, or in a vendor's index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from workers.engines.ports import Call, Folder


@dataclass(frozen=True, kw_only=True)
class Near:
    """A vector that is close to the question's."""

    key: str
    similarity: float
    """Cosine, -1 to 1."""


class VectorStore(Protocol):
    """An index of vectors, one per passage, in collections that are kept apart by `folder.id`.

    A key is `{segment's file name}#{number of the passage}`: at most 100 ASCII characters. Keys are never reused for
    other vectors. What the index still has of segments that are gone is ignored by whoever asks; `drop` is tidiness.
    """

    @property
    def name(self) -> str:
        """Names the index: documents whose vectors lie in another one are indexed again when they are added again."""

    def put(self, folder: Folder, keys: Sequence[str], vectors: NDArray[np.float32], call: Call) -> None:
        """Store vectors; those of the same keys are replaced. They may be found a moment later.

        Args:
            folder: the collection.
            keys: of the vectors, in their order.
            vectors: a row for each key, none of them zero.
            call: told how far it is.

        Raises:
            PermanentError, TransientError: a vendor's, translated.
        """

    def drop(self, folder: Folder, keys: Sequence[str], call: Call) -> None:
        """Delete vectors; one that isn't there is no error."""

    def nearest(self, folder: Folder, question: NDArray[np.float32], *, limit: int, call: Call) -> Sequence[Near]:
        """Return the vectors that are closest to the question's, best first."""

    def close(self) -> None:
        """Let go of connections."""
