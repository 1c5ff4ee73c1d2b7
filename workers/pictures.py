"""What the kinds that make pictures have in common: three sizes are made and stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemas.images import MIMES, Picture
from workers.engines.pictures.processor import PROCESSOR

if TYPE_CHECKING:
    from workers.engines.pictures.processor import MadePicture, MadePictures
    from workers.work import Work

#: What of the attempt's time is kept for writing the files and the result.
_KEPT_S = 10.0


def made_of(data: bytes, work: Work[Any]) -> MadePictures:
    """Make the three sizes of a picture's file; raises as `Processor.make` does."""
    return PROCESSOR.make(data, timeout_s=work.remaining_s - _KEPT_S)


def stored(made: MadePictures, work: Work[Any]) -> dict[str, Picture]:
    """Store the three sizes; returns the fields of a result that describe them."""
    sizes = {"original": made.original, "processed": made.processed, "thumbnail": made.thumbnail}
    return {name: _stored(name, picture, work) for name, picture in sizes.items()}


def _stored(name: str, made: MadePicture, work: Work[Any]) -> Picture:
    file = work.store(f"{name}.{made.format}", made.data, mime=MIMES[made.format])
    return Picture(**file.model_dump(), width=made.width, height=made.height)
