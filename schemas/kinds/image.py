"""Learning pictures: a scene that is described in words is drawn, with a thumbnail and a text mapping."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from schemas.images import MAX_GIVEN, Category, Keyword, PicturedResult
from schemas.kind import Kind, Request
from schemas.reply.levels import Level

MAX_SCENE = 1_000


class ImageRequest(Request):
    """What is to be seen."""

    scene: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_SCENE)]
    """In English, for example `A black cat is sleeping under the table.`"""
    level: Level = "low"
    """The learner's: an engine that writes labels puts one on everything for beginners, and none for the advanced."""
    category: Category = "daily"
    keywords: Annotated[tuple[Keyword, ...], Field(max_length=MAX_GIVEN)] = ()
    """By which the picture is to be found, beside the words of the scene."""
    avoid: Annotated[str, Field(max_length=500)] | None = None
    """What is not to be seen, for engines that take it (negative prompt)."""
    shape: Literal["square", "landscape", "portrait"] = "landscape"
    """As near as the engine has it."""
    seed: Annotated[int, Field(ge=0, le=2**31 - 1, strict=True)] | None = None
    """The same seed, the same picture, from an engine that takes one."""

    @property
    def is_deterministic(self) -> bool:
        """Whether the same picture may be given again: only where it was asked for by its seed."""
        return self.seed is not None


class ImageResult(PicturedResult):
    """The picture, and what is known about it."""

    seed: int | None
    """As it was used; null where the engine does not say."""
    missing: tuple[str, ...] = ()
    """Words of the scene that the engine has nothing for: they are not in the picture."""
    notice: str | None = None
    """What to know about the engine, for example that it composes cards of drawn symbols."""


KIND = Kind(
    name="image",
    summary="Draw a described scene",
    request=ImageRequest,
    result=ImageResult,
    example=ImageRequest(scene="A black cat is sleeping under the table.", keywords=("cat", "table"), seed=7),
    timeout_s=180,
    max_attempts=3,
    retention_days=365,
    reusable=True,
)
