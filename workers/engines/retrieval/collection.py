"""A collection in this process's memory: its segments as they were read, and an index of their words."""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import contextmanager
from typing import TYPE_CHECKING

from schemas.collections import newest
from schemas.errors import MissingObjectError
from workers.engines.retrieval.fulltext import FullText
from workers.engines.retrieval.segments import decoded, parse_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from workers.engines.ports import Folder, Passage
    from workers.engines.retrieval.segments import Segment

#: Passages that are kept of all collections together: some 3 KB each, vectors included.
_KEPT_PASSAGES = 20_000
#: A segment may be replaced between listing and reading; more often than this in a row, and something else is wrong.
_LOOKS = 3


class Indexed:
    """A collection as it was when it was last looked at."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.words = FullText()
        self.segments: dict[str, Segment] = {}
        self.count = 0
        """How many passages it has."""

    def refresh(self, folder: Folder) -> None:
        """Take in what has changed in the folder."""
        for _ in range(_LOOKS):
            names = {str(name) for name in newest(folder.names()).values()}
            try:
                added = {name: decoded(folder.read(name)) for name in sorted(names - self.segments.keys())}
            except MissingObjectError as error:
                missing = error
                continue
            self._replace(names, added)
            return
        raise missing

    def passage(self, key: str) -> Passage | None:
        """Return a passage; None where the folder has none of this key any more."""
        found = parse_key(key)
        segment = self.segments.get(found[0]) if found else None
        if found is None or segment is None or found[1] >= len(segment.passages):
            return None
        return segment.passages[found[1]]

    def passages(self, keys: Iterable[str]) -> tuple[Passage, ...]:
        """Return the passages that are there, of those that are named."""
        return tuple(filter(None, map(self.passage, keys)))

    def _replace(self, names: set[str], added: Mapping[str, Segment]) -> None:
        for name in self.segments.keys() - names:
            self.words.remove(f"{name}#")
            del self.segments[name]
        for name, segment in added.items():
            self.words.add(_keyed(name, segment))
        self.segments.update(added)
        self.count = sum(len(segment.passages) for segment in self.segments.values())


class Collections:
    """The collections that were asked last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Indexed] = OrderedDict()

    @contextmanager
    def opened(self, folder: Folder) -> Iterator[Indexed]:
        """Give a collection as its folder is now, to one thread at a time."""
        with self._lock:
            collection = self._kept.setdefault(folder.id, Indexed())
            self._kept.move_to_end(folder.id)
        with collection.lock:
            self._refresh(collection, folder)
            yield collection
        self._forget_oldest()

    def _refresh(self, collection: Indexed, folder: Folder) -> None:
        try:
            collection.refresh(folder)
        except BaseException:
            # An attempt that is ended here, by its time limit for example, leaves an index that is half made.
            with self._lock:
                self._kept.pop(folder.id, None)
            raise

    def _forget_oldest(self) -> None:
        """Make room; the memory of what another thread still uses goes when that has ended."""
        with self._lock:
            while len(self._kept) > 1 and sum(one.count for one in self._kept.values()) > _KEPT_PASSAGES:
                self._kept.popitem(last=False)


def _keyed(name: str, segment: Segment) -> Iterable[tuple[str, Passage]]:
    return ((f"{name}#{number}", passage) for number, passage in enumerate(segment.passages))
