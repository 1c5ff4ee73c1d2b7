"""The part of the audit that looks at pictures: each job that has made one, and the text by which it is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.evidence import Evidence, Finding
from schemas.images import PicturedResult
from schemas.kinds import registry
from schemas.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemas.job import Job


def images(evidence: Evidence) -> Iterator[Finding]:
    """Yield what does not agree about pictures."""
    entries = {(entry.owner, entry.id): entry for entry in evidence.images}
    for job in filter(_has_picture, evidence.jobs.values()):
        entry = entries.pop((job.owner, job.id), None)
        if entry is None:
            yield Finding("image_missing", job.id)
        elif set(entry.files.values()) != set(job.files.values()):
            yield Finding("image_is_another", job.id)
    for entry in entries.values():
        yield Finding("image_of_no_job", entry.id)


def _has_picture(job: Job) -> bool:
    """Whether a job has made a picture that is not deleted, and all that follows it is done."""
    kind = registry().get(job.kind)
    made = job.status is Status.SUCCEEDED and not job.after and not job.forgotten_at
    return made and kind is not None and issubclass(kind.result, PicturedResult)
