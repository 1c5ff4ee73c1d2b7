"""The words of a collection's passages, in SQLite's FTS5, in memory: ranked by BM25, English words by their stems.

https://www.sqlite.org/fts5.html#the_bm25_function; the stemmer is Porter's of 1980.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from workers.engines.retrieval.words import indexed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workers.engines.ports import Passage

#: A word in the headings counts as so many in the text.
_HEADING_WEIGHT = 2.0


class FullText:
    """An index of passages by their keys; used by one thread at a time, whichever it is."""

    def __init__(self) -> None:
        self._db = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._db.execute(
            "CREATE VIRTUAL TABLE passages USING fts5"
            "(heading, body, key UNINDEXED, tokenize = 'porter unicode61 remove_diacritics 2')"
        )

    def add(self, passages: Iterable[tuple[str, Passage]]) -> None:
        """Index passages under their keys."""
        rows = (
            (indexed(f"{passage.document} {passage.section}"), indexed(passage.text), key) for key, passage in passages
        )
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO passages (heading, body, key) VALUES (?, ?, ?)", rows)
        self._db.execute("COMMIT")

    def remove(self, prefix: str) -> None:
        """Forget the passages whose keys begin so."""
        self._db.execute("DELETE FROM passages WHERE substr(key, 1, ?) = ?", (len(prefix), prefix))

    def best(self, terms: Iterable[str], *, limit: int) -> list[str]:
        """Return the passages that have any of these terms, best first; equally good ones by their keys."""
        query = " OR ".join(map(_quoted, terms))
        if not query:
            return []
        rows = self._db.execute(
            "SELECT key FROM passages WHERE passages MATCH ? ORDER BY bm25(passages, ?, 1.0), key LIMIT ?",
            (query, _HEADING_WEIGHT, limit),
        )
        return [key for (key,) in rows]

    def having(self, term: str) -> set[str]:
        """Return all passages that have a term."""
        rows = self._db.execute("SELECT key FROM passages WHERE passages MATCH ?", (_quoted(term),))
        return {key for (key,) in rows}

    def close(self) -> None:
        """Free the memory."""
        self._db.close()


def _quoted(term: str) -> str:
    """A term, of letters and digits, so that it is no word of FTS5's language."""
    return f'"{term}"'
