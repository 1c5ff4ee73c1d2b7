"""The files of a submission: those that came with it, and whether the others that it names are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from producers.problems import FieldError
from schemas.errors import MissingObjectError
from schemas.files import source_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from typing import BinaryIO

    from schemas.files import FileField
    from schemas.kind import Request
    from schemas.kinds import AnyKind
    from schemas.ports import JobStore, ObjectStore


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file that came with a request, under the reference by which the request names it."""

    ref: str
    mime: str
    file: BinaryIO


class UnusableFilesError(Exception):
    """A request names files that are not there, or not to be used; `errors` says which, and why."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__(tuple(error.code for error in errors))
        self.errors = tuple(errors)


@dataclass(frozen=True, kw_only=True)
class Files:
    """The files that an owner's requests may name."""

    owner: str
    jobs: JobStore
    objects: ObjectStore

    def unusable(self, kind: AnyKind, request: Request, *, brought: Collection[str]) -> Iterator[FieldError]:
        """Yield what is wrong with the files that a request names; a look at each but for those that it has brought."""
        for path, field in kind.files.items():
            ref = _named(request, path)
            if ref is None or ref in brought:
                continue
            error = self._wrong_with(ref, path, field)
            if error:
                yield error

    def _wrong_with(self, ref: str, name: str, field: FileField) -> FieldError | None:
        key = source_key(ref, owner=self.owner, jobs=self.jobs)
        try:
            size = self.objects.size(key) if key else None
        except MissingObjectError:
            size = None
        if size is None:
            return FieldError(field=name, message="Should name a file of yours that is there", code="unknown_file")
        if size > field.max_bytes:
            return FieldError(
                field=name, message=f"Should be of at most {field.max_bytes} bytes", code="file_too_large"
            )
        return None


def _named(request: Request, path: str) -> str | None:
    """Return the reference at a field's path; None where none is given, or the task in this place has no such field."""
    place: Any = request
    for name in path.split("."):
        place = getattr(place, name, None)
    ref: str | None = place
    return ref
