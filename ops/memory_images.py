"""The in-memory twin of pictures' text mappings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.after import entry_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemas.images import ImageEntry
    from schemas.job import ImageAfter, Job


class MemoryImages:
    """Entries in a dictionary."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], ImageEntry] = {}

    def get(self, owner: str, image_id: str) -> ImageEntry | None:
        """Read an entry."""
        return self._entries.get((owner, image_id))

    def list_by_owner(self, owner: str) -> Iterator[ImageEntry]:
        """Iterate over the owner's entries."""
        return (entry for entry in self.entries() if entry.owner == owner)

    def entries(self) -> tuple[ImageEntry, ...]:
        """Return all entries."""
        return tuple(self._entries.values())

    def write(self, job: Job, after: ImageAfter) -> None:
        """Write the entry of the picture that the job has made."""
        self._entries[job.owner, job.id] = entry_of(job, after)
