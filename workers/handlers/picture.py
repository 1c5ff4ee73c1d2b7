"""Uploaded pictures: made safe in a process of their own, and stored in three sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.images import keywords_of
from schemas.kinds.picture import PictureResult
from workers.engines.pictures.processor import NAME
from workers.pictures import made_of, stored

if TYPE_CHECKING:
    from schemas.kinds.picture import PictureRequest
    from workers.work import Work


def handle(request: PictureRequest, work: Work[None]) -> PictureResult:
    """Process the picture."""
    made = made_of(work.input(request.picture).read(), work)
    return PictureResult(
        engine=NAME,
        model=made.model,
        description=request.description,
        category=request.category,
        level=request.level,
        keywords=keywords_of(request.keywords),
        format=made.format,
        frames=made.frames,
        **stored(made, work),
    )
