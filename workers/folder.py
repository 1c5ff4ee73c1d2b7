"""An owner's collections of documents, as places in the bucket."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.collections import collection_prefix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.ports import ObjectStore

_ID_DIGITS = 24


@dataclass(frozen=True)
class BucketFolder:
    """Implements `workers.engines.ports.Folder` over the object store."""

    id: str
    """Names owner and collection, in letters, digits and hyphens: what a vendor's store keeps them apart by."""
    _prefix: str
    _objects: ObjectStore

    def names(self) -> Sequence[str]:
        """Return the names of all files in it, sorted."""
        return sorted(key.removeprefix(self._prefix) for key in self._objects.keys(self._prefix))

    def read(self, name: str) -> bytes:
        """Read a file, or raise `MissingObjectError`."""
        return self._objects.get(self._prefix + name)

    def write(self, name: str, data: bytes, *, mime: str) -> None:
        """Write a file as a whole; one of the same name is replaced."""
        self._objects.put(self._prefix + name, data, mime=mime)

    def delete(self, names: Sequence[str]) -> None:
        """Delete files; one that isn't there is no error."""
        self._objects.delete([self._prefix + name for name in names])


def collection_folder(owner: str, name: str, objects: ObjectStore) -> BucketFolder:
    """Return the place of one of an owner's collections."""
    prefix = collection_prefix(owner, name)
    owner_id = prefix.split("/")[1]
    name_id = hashlib.sha256(name.encode()).hexdigest()[:_ID_DIGITS]
    return BucketFolder(f"{owner_id}-{name_id}", prefix, objects)
