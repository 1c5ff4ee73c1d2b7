"""Deleting a picture: its job forgets what it has made, then the files go, then the entry by which it is found.

    forget (record) ---- delete files ---- delete entry ---- 204
          |                   |                 |
       killed: the entry is still there, and the same DELETE does the rest

From the first step on nobody is given the files any more: neither by the job nor by a request that names one of them.
The entry goes last, as it is what the picture is found by: also by who deletes it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas import moves
from schemas.errors import RefusedError, UnavailableError
from schemas.retention import reuse_folder

if TYPE_CHECKING:
    from producers.services import Ports
    from schemas.images import ImageEntry
    from schemas.job import Job


def remove(entry: ImageEntry, ports: Ports) -> None:
    """Delete a picture with all that its job has made, and what would have it be made again without being drawn.

    Raises:
        UnavailableError: it is not gone, or not all of it; the same again is safe.
    """
    job = _forgotten(entry, ports)
    kept = ports.objects.keys(f"{reuse_folder(job.kind, job.owner)}{job.request_digest}")
    ports.objects.delete([*kept, *ports.objects.keys(f"{job.kind}/{job.id}/"), *entry.files.values()])
    ports.images.delete(entry)


def _forgotten(entry: ImageEntry, ports: Ports) -> Job:
    try:
        return ports.jobs.apply(moves.forget(entry.id, now=ports.now()))
    except RefusedError as error:
        raise UnavailableError("API", "what follows the job is still being done") from error
