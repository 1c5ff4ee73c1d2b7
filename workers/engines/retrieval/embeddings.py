"""What turns texts into vectors, whoever makes them: the embedded model, Bedrock, an OpenAI-compatible server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from workers.engines.ports import RetrievalCall


class Embeddings(Protocol):
    """A model of texts as vectors of length 1, so that a dot product is the cosine of their angle."""

    @property
    def name(self) -> str:
        """Names model, version and number of dimensions, in letters, digits, hyphens, dots and colons.

        Vectors that go by different names are never compared. A document that was indexed by another model is found by
        its words alone until it is indexed again.
        """

    @property
    def dimensions(self) -> int:
        """Numbers of a vector."""

    @property
    def is_local(self) -> bool:
        """Whether texts are embedded in this process, at no price: then sentences of found passages are, too."""

    @property
    def support(self) -> float | None:
        """From which value on a passage is probably about a question.

        It is the cosine, for this model, and a fifth of the share of the question's words that the passage has. None
        where nobody has measured it: then the words alone decide.
        """

    @property
    def lead(self) -> float | None:
        """How far the closest passage has to be ahead of others, in cosines (`support.lead_of`).

        None where nobody has measured it: then it may be as close as any.
        """

    def reads(self, text: str) -> bool:
        """Whether the model knows the text's language; vectors of other texts say nothing."""

    def of_passages(self, texts: Sequence[str], call: RetrievalCall) -> NDArray[np.float32]:
        """Embed what is to be found.

        Args:
            texts: any number, none of them empty; what a model can't take of a long one is left out.
            call: told how far it is, for it may take minutes, and what a vendor's model has read.

        Returns:
            One row per text, of length 1.

        Raises:
            PermanentError, TransientError: a vendor's, translated.
        """

    def of_question(self, text: str, call: RetrievalCall) -> NDArray[np.float32]:
        """Embed what is looked for, a vector of length 1; raises as `of_passages` does."""

    def close(self) -> None:
        """Let go of connections."""
