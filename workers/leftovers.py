"""What attempts have left in the bucket, beside the result."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemas.job import Job
    from schemas.ports import ObjectStore


def delete_leftovers(objects: ObjectStore, job: Job) -> None:
    """Delete what attempts of a finished job have written and its record does not name; a result's files stay."""
    named = {*job.files.values(), *((job.result.key,) if job.result else ())}
    objects.delete([key for key in objects.keys(f"{job.kind}/{job.id}/") if key not in named])
