"""The base of every contract: frozen, strict about unknown fields, with attribute docstrings as descriptions."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, StringConstraints


class Model(BaseModel):
    """An immutable value; an unknown field is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    @classmethod
    def of_stored(cls, document: object) -> Self:
        """Read what was stored; what only a newer version knows is left out, however deep.

        Two versions run beside each other while one is deployed or rolled back.

        Raises:
            ValidationError: it is something else.
        """
        return cls.model_validate(document, extra="ignore")

    @classmethod
    def of_stored_json(cls, document: str | bytes) -> Self:
        """Read such a document from its JSON."""
        return cls.model_validate_json(document, extra="ignore")


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""A line of text: not empty, no control characters; white space around it is not part of it."""
