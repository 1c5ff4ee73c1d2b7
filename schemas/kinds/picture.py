"""Uploaded pictures: made safe, turned upright, without metadata, with a thumbnail and a text mapping."""

from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.files import FileField, PictureRef
from schemas.images import MAX_GIVEN, Category, Keyword, PicturedResult
from schemas.kind import Kind, Request
from schemas.reply.levels import Level


class PictureRequest(Request):
    """A picture of the caller's own."""

    picture: PictureRef
    """JPEG, PNG, WebP, GIF (its first frame) or BMP."""
    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000)] = ""
    """What is to be seen; alternative text, and what conversations about it go by."""
    level: Level = "low"
    category: Category = "daily"
    keywords: Annotated[tuple[Keyword, ...], Field(max_length=MAX_GIVEN)] = ()


class PictureResult(PicturedResult):
    """The picture as it may be shown."""

    format: str
    """What the upload was: `jpeg`, `png`, `webp`, `gif` or `bmp`."""
    frames: Annotated[int, Field(ge=1)]
    """How many it had; the first is kept."""


KIND = Kind(
    name="picture",
    summary="Process an uploaded picture",
    request=PictureRequest,
    result=PictureResult,
    example=PictureRequest(
        picture="picture:00000000000000000000000000000000", description="A cat on a window sill.", keywords=("cat",)
    ),
    timeout_s=60,
    max_attempts=3,
    retention_days=365,
    files={"picture": FileField(media="picture", max_bytes=20_000_000, sample="cat.jpg")},
)
