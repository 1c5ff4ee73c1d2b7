"""Pictures as they are stored and found again: their text mapping."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from schemas.kind import Result
from schemas.media import StoredFile
from schemas.model import Model
from schemas.paging import Place, place
from schemas.reply.levels import Band, Level

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Most keywords of a picture: the engine's, and those that a request may give.
MAX_KEYWORDS, MAX_GIVEN = 50, 20

Category = Literal["daily", "travel", "business"]
Keyword = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]
Size = Literal["original", "processed", "thumbnail"]

#: Types of the files, by the ends of their names.
MIMES = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


class Picture(StoredFile):
    """A picture without metadata."""

    width: Annotated[int, Field(ge=1)]
    """Pixels."""
    height: Annotated[int, Field(ge=1)]


class PicturedResult(Result):
    """A result that is a picture; its text mapping is written with the job's success, under the job's id."""

    description: str
    """Alternative text: what is to be seen."""
    original: Picture
    """Upright and without metadata, at most 4096 px at its longer side."""
    processed: Picture
    """1024 px at its longer side, WebP; never enlarged."""
    thumbnail: Picture
    """256 px at its longer side, WebP; never enlarged."""
    category: Category
    level: Level
    keywords: tuple[str, ...]
    """By which it is found, in lower case."""

    @property
    def keys(self) -> dict[str, str]:
        """Where its files lie, by their sizes."""
        return {"original": self.original.key, "processed": self.processed.key, "thumbnail": self.thumbnail.key}


class ImageEntry(Model):
    """A picture's text mapping: an item in the table under its owner, by which it is found and talked about."""

    id: str
    """That of the job that made it."""
    owner: str
    description: str
    category: Category
    difficulty: Band
    keywords: tuple[str, ...]
    """As `normalised` has them."""
    files: dict[str, str]
    """`original`, `processed` and `thumbnail`: keys in the bucket."""
    created_at: AwareDatetime
    expires_at: AwareDatetime
    """When its files are no longer promised to be there; whole seconds."""

    @property
    def place(self) -> Place:
        """Where it stands in its owner's list."""
        return place(self.created_at, self.id)


def normalised(text: str) -> str:
    """Return a text as it is compared: compatible characters (NFKC: Hangul in syllables), lower case, single spaces."""
    lower = unicodedata.normalize("NFKC", text).lower()
    # Some letters have no small one in a single character: what stands for it is normalised again.
    return " ".join(unicodedata.normalize("NFKC", lower).split())


def keywords_of(*groups: Iterable[str]) -> tuple[str, ...]:
    """Return keywords normalised, each once, in their order, at most `MAX_KEYWORDS`."""
    words = (normalised(word) for group in groups for word in group)
    return tuple(dict.fromkeys(filter(None, words)))[:MAX_KEYWORDS]
