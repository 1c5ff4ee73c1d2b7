"""The in-memory twin of pictures' text mappings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.after import entry_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemas.images import ImageEntry
    from schemas.job import ImageAfter, Job
    from schemas.paging import Place


class MemoryImages:
    """Entries in a dictionary."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, Place], ImageEntry] = {}

    def get(self, owner: str, place: Place) -> ImageEntry | None:
        """Read an entry."""
        return self._entries.get((owner, place))

    def list_by_owner(self, owner: str, *, before: Place | None = None) -> Iterator[ImageEntry]:
        """Iterate over the owner's entries, the latest first, those behind a place."""
        own = sorted((entry for entry in self.entries() if entry.owner == owner), key=lambda entry: entry.place)
        return (entry for entry in reversed(own) if before is None or entry.place < before)

    def delete(self, entry: ImageEntry) -> None:
        """Delete an entry; none is no error."""
        self._entries.pop((entry.owner, entry.place), None)

    def entries(self) -> tuple[ImageEntry, ...]:
        """Return all entries."""
        return tuple(self._entries.values())

    def write(self, job: Job, after: ImageAfter) -> None:
        """Write the entry of the picture that the job has made."""
        entry = entry_of(job, after)
        self._entries[entry.owner, entry.place] = entry
