"""What can be set of every server that speaks OpenAI's protocol; needs none of its SDK."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from schemas.model import Model
from workers.engines.secrets import SecretRef


class ServerOptions(Model):
    """How a server is reached."""

    base_url: Annotated[str, Field(pattern=r"^https?://\S+$")] = "https://api.openai.com/v1"
    """Where it answers, up to and with the version."""
    api_key: SecretRef | None = None
    """Where its key is, `"env:OPENAI_API_KEY"`; none for a server that asks for none."""
