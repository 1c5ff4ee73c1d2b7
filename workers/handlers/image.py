"""Pictures of described scenes: the engine draws, three sizes are stored, the result says what is to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.errors import PermanentError, TransientError
from schemas.images import MAX_GIVEN, MAX_KEYWORDS, keywords_of
from schemas.kinds.image import ImageResult
from schemas.usage import Usage
from workers.pictures import made_of, stored

if TYPE_CHECKING:
    from schemas.kinds.image import ImageRequest
    from workers.engines.pictures.processor import MadePictures
    from workers.engines.ports.image import Drawing, ImageEngine
    from workers.work import Work

#: Most keywords of the engine's; with a request's own they are as many as a picture has.
_DRAWN = MAX_KEYWORDS - MAX_GIVEN


def handle(request: ImageRequest, work: Work[ImageEngine]) -> ImageResult:
    """Draw the scene and store the picture."""
    drawing = work.engine.draw(request, work)
    work.record_usage(Usage(images=1, cost_microusd=drawing.cost_microusd))
    return ImageResult(
        engine=work.engine.name,
        model=drawing.model,
        description=drawing.description,
        category=request.category,
        level=request.level,
        # What is to be seen comes first: conversations begin with it.
        keywords=keywords_of(drawing.keywords[:_DRAWN], request.keywords),
        seed=drawing.seed,
        missing=drawing.missing,
        notice=drawing.notice,
        **stored(_made(drawing, work), work),
    )


def _made(drawing: Drawing, work: Work[ImageEngine]) -> MadePictures:
    try:
        return made_of(drawing.image, work)
    except PermanentError as error:
        if error.code == "picture_too_large":
            raise  # the same request has a picture of the same size
        # The file is the engine's, and not the owner's: another one may be whole.
        engine = work.engine.name
        raise TransientError("unreadable_answer", "The engine's picture can't be read.", engine=engine) from error
