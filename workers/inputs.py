"""The files that a request names, as an attempt of its job reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.errors import MissingObjectError, PermanentError
from schemas.files import source_key

if TYPE_CHECKING:
    from schemas.ports import JobStore, ObjectStore


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


def find(ref: str, *, owner: str, jobs: JobStore, objects: ObjectStore) -> InputFile:
    """Return an owner's file; whether there still is one shows when it is read.

    Raises:
        PermanentError: `unknown_file`: no job of the owner's has made it.
    """
    key = source_key(ref, owner=owner, jobs=jobs)
    if key is None:
        raise unknown_file()
    return InputFile(key, objects)


def unknown_file() -> PermanentError:
    """Return what is said of a missing file and of another's alike."""
    message = "A file that the request names is not there, or no longer. Upload it again and submit a new job."
    return PermanentError("unknown_file", message)
