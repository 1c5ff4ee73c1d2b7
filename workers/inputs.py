"""The files and jobs that a request names, as an attempt of its job reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.errors import MissingObjectError, PermanentError
from schemas.files import source_key
from schemas.status import Status

if TYPE_CHECKING:
    from schemas.job import JsonObject
    from schemas.ports import JobStore, ObjectStore, Payloads


@dataclass(frozen=True)
class InputFile:
    """Implements `workers.engines.ports.SourceFile` over the object store."""

    _key: str
    _objects: ObjectStore

    @property
    def uri(self) -> str:
        """Where it lies, as `s3://bucket/key`."""
        return self._objects.uri(self._key)

    def read(self) -> bytes:
        """Return its bytes, or raise `PermanentError` where there is none any more."""
        try:
            return self._objects.get(self._key)
        except MissingObjectError:
            raise unknown_file() from None


@dataclass(frozen=True)
class OutputFile(InputFile):
    """Implements `workers.engines.ports.OutputFile` over the object store."""

    def write(self, data: bytes, *, mime: str) -> None:
        """Write it as a whole."""
        self._objects.put(self._key, data, mime=mime)


def find(ref: str, *, owner: str, jobs: JobStore, objects: ObjectStore) -> InputFile:
    """Return an owner's file; whether there still is one shows when it is read.

    Raises:
        PermanentError: `unknown_file`: no job of the owner's has made it.
    """
    key = source_key(ref, owner=owner, jobs=jobs)
    if key is None:
        raise unknown_file()
    return InputFile(key, objects)


def find_result(job_id: str, kind: str, *, owner: str, jobs: JobStore, payloads: Payloads) -> JsonObject:
    """Return the result of an owner's job.

    Raises:
        PermanentError: `unknown_job`: the owner has none of this kind that has succeeded, or its result is gone.
    """
    job = jobs.get(job_id)
    if job is None or (job.owner, job.kind, job.status) != (owner, kind, Status.SUCCEEDED) or job.result is None:
        raise _unknown_job(kind)
    try:
        return payloads.load(job.result)
    except MissingObjectError:
        raise _unknown_job(kind) from None


def _unknown_job(kind: str) -> PermanentError:
    message = f"The job that the request names is no {kind} job of yours with a result. Name one that has succeeded."
    return PermanentError("unknown_job", message)


def unknown_file() -> PermanentError:
    """Return what is said of a missing file and of another's alike."""
    message = "A file that the request names is not there, or no longer. Upload it again and submit a new job."
    return PermanentError("unknown_file", message)
