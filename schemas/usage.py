"""What a job took: what its owner is billed for."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from schemas.model import Model

Count = Annotated[int, Field(ge=0)]


class Usage(Model):
    """What the work took; what is billed."""

    characters: Count = 0
    audio_ms: Count = 0
    tokens: Count = 0
    images: Count = 0
    cost_microusd: Count = 0
    reused: bool = False
    """Nothing was done: the result is a copy of one that the owner had. The counts are those of the first; no cost."""

    def __add__(self, other: Usage) -> Usage:
        """Return what both took together."""
        counts = {name: getattr(self, name) + getattr(other, name) for name in Usage.model_fields.keys() - {"reused"}}
        return Usage(**counts, reused=self.reused or other.reused)
