"""What can be set of every image model."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from schemas.model import Model

Style: TypeAlias = Literal["illustration", "photo"]


class ImagePrice(Model):
    """What a picture costs, as its vendor lists it: there is no list in this code, as lists change."""

    microusd_per_image: Annotated[int, Field(ge=0, strict=True)]
    """Micro-dollars for one picture in the size and quality of the settings: 40000 are four cents."""
    as_of: date
    """The day on which that was looked up."""


class DrawingOptions(Model):
    """Options of every image model; a vendor's are a subclass."""

    style: Style = "illustration"
    """How pictures are drawn, as far as the prompt can say."""
    timeout_s: Annotated[float, Field(gt=0)] = 120.0
    """How long one picture may take."""
