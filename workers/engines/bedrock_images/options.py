"""How Bedrock's image models are set up."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from schemas.model import Model
from workers.engines.aws import AwsOptions
from workers.engines.drawing.options import DrawingOptions, ImagePrice

#: As results and errors name it.
NAME = "bedrock-images"


class ImageModel(Model):
    """A model of the list."""

    id: Annotated[str, Field(min_length=1, max_length=2_048, pattern=r"^[A-Za-z0-9_.:/-]+$")]
    """Its id, `stability.stable-image-core-v1:1`, or the id or ARN of an inference profile."""
    ends: date | None = None
    """The end of its life, where it is announced: a worker warns of it, and from that day on does not start. Bedrock is
    asked besides, where the worker may ask."""
    price: ImagePrice | None = None
    """Null counts no cost."""


class BedrockImagesOptions(AwsOptions, DrawingOptions):
    """Options of Amazon Bedrock's image models.

    The worker needs bedrock:InvokeModel; bedrock:GetFoundationModel and bedrock:GetInferenceProfile have it see at its
    start whether the models are there and how long.
    """

    models: Annotated[tuple[ImageModel, ...], Field(min_length=1, max_length=10)]
    """The first draws; the next one where Bedrock says that it is gone. All are looked at before a worker begins.
    They take Stability's request, and are in few regions: set `region` to theirs."""
    control_endpoint_url: str | None = None
    """Where Bedrock tells about models, which is not where they answer; AWS's own where none is given."""
