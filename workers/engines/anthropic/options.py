"""How Anthropic's models are set up."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from workers.engines.llm.options import LanguageModelOptions
from workers.engines.secrets import SecretRef

#: As results and errors name it.
NAME = "anthropic"


class AnthropicOptions(LanguageModelOptions):
    """Options of Anthropic's Messages API."""

    model: Annotated[str, Field(min_length=1)]
    """Which model, for example `claude-haiku-4-5`."""
    api_key: SecretRef = SecretRef("env:ANTHROPIC_API_KEY")
    """Where the key is."""
    base_url: Annotated[str, Field(pattern=r"^https?://\S+$")] = "https://api.anthropic.com"
    """Where it answers, without the version."""
    json_schema: bool = True
    """Whether Anthropic is to hold the model to the answer's form (structured outputs); off for models that can't."""
    thinking: Literal["adaptive", "disabled"] | None = None
    """Whether the model may think first, which counts as tokens that it writes; its own habit where none is given."""
    effort: Literal["low", "medium", "high", "xhigh", "max"] | None = None
    """How much it is to put into an answer; its own measure where none is given."""
