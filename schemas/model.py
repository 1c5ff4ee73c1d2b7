"""The base of every contract: frozen, strict about unknown fields, with attribute docstrings as descriptions."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """An immutable value; an unknown field is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
