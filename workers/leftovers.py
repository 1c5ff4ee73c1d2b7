"""What attempts have left in the bucket, beside the result."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemas.job import Job
    from schemas.ports import ObjectStore

#: An attempt's folder is `{epoch}.{attempt}-{token}/`, a vendor's file `vendor/{epoch}-{name}`.
_EPOCH = re.compile(r"(?:vendor/)?(\d+)[.-]")


def delete_leftovers(objects: ObjectStore, job: Job) -> None:
    """Delete what attempts of a finished job have written and its record does not name; a result's files stay.

    So do those of a later epoch: the job may have been run again since this record was read.
    """
    folder = f"{job.kind}/{job.id}/"
    named = {*job.files.values(), *((job.result.key,) if job.result else ())}
    written = (key for key in objects.keys(folder) if key not in named)
    objects.delete([key for key in written if _epoch_of(key.removeprefix(folder)) <= job.epoch])


def _epoch_of(name: str) -> int:
    found = _EPOCH.match(name)
    return int(found[1]) if found else 0
