"""What can be set of a language model, whatever its vendor."""

from __future__ import annotations

from datetime import date
from math import ceil
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from schemas.model import Model

if TYPE_CHECKING:
    from schemas.kinds.reply import Tokens

#: Tokens of a prompt's rules, and room for what an owner wrote.
_LEAST_PROMPT = 3_000
_Price = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class ReadingPrice(Model):
    """What a model's tokens cost, as its vendor lists it: there is no list in this code, as lists change."""

    input: _Price
    """US dollars per million tokens read; as good as micro-dollars per token."""
    as_of: date
    """The day on which that was looked up."""

    def microusd(self, tokens: Tokens) -> int:
        """Return what calls have cost, rounded up."""
        return ceil(round(self._exact(tokens), 6))

    def _exact(self, tokens: Tokens) -> float:
        return tokens.input * self.input


class Price(ReadingPrice):
    """What the tokens of a model cost that writes, too; one of embeddings only reads."""

    output: _Price
    """US dollars per million tokens written."""

    def _exact(self, tokens: Tokens) -> float:
        return super()._exact(tokens) + tokens.output * self.output


class LanguageModelOptions(Model):
    """Options of every language model; a vendor's are a subclass."""

    max_tokens: Annotated[int, Field(ge=64, strict=True)] = 2_000
    """How many tokens it may write; twice as many where that was not enough."""
    temperature: Annotated[float, Field(ge=0, le=1)] | None = None
    """The model's own where none is given: some models refuse to be told."""
    context_tokens: Annotated[int, Field(strict=True)] = 32_000
    """How much it can read and write in one call. What does not fit is left out, oldest turns first."""
    summarise: bool = True
    """Whether turns that do not fit are summarised, in a call of its own now and then, and not just left out."""
    timeout_s: Annotated[float, Field(gt=0)] = 60.0
    """How long one call may take."""
    stream: bool = True
    """Whether the reply is shown as it is written."""
    price: Price | None = None
    """Null counts no cost."""

    @model_validator(mode="after")
    def _leaves_room_to_read(self) -> Self:
        if self.context_tokens < self.max_tokens + _LEAST_PROMPT:
            raise ValueError(f"context_tokens has to be max_tokens and {_LEAST_PROMPT} more, at least")
        return self
