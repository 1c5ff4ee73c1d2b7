"""Documents: a file is read, cut into passages and indexed, so that questions can be answered from it."""

from typing import Annotated

from pydantic import Field

from schemas.collections import CollectionName
from schemas.files import DocumentRef, FileField
from schemas.kind import Kind, Request, Result
from schemas.media import StoredFile
from schemas.model import Line


class DocumentRequest(Request):
    """A file that belongs to a collection; one of the same name is replaced."""

    document: DocumentRef
    """Plain text, Markdown, HTML or PDF; UTF-8, or with a byte-order mark."""
    collection: CollectionName
    name: Annotated[Line, Field(max_length=200)]
    """How answers cite it, for example `course-guide.md`."""


class DocumentResult(Result):
    """What is in the collection now."""

    collection: str
    name: str
    format: str
    """`text`, `markdown`, `html` or `pdf`."""
    characters: Annotated[int, Field(ge=0)]
    text: StoredFile
    """The document's text as it was read, UTF-8: what the places of citations refer to, in code points."""
    passages: Annotated[int, Field(ge=1)]
    embeddings: str | None
    """Which model has made the passages' vectors; null where they are found by their words alone."""


KIND = Kind(
    name="document",
    summary="Index a document, to be asked about",
    request=DocumentRequest,
    result=DocumentResult,
    example=DocumentRequest(
        document="document:00000000000000000000000000000000", collection="course", name="course-guide.md"
    ),
    timeout_s=600,
    max_attempts=3,
    retention_days=7,
    files={"document": FileField(media="document", max_bytes=20_000_000, sample="course-guide.md")},
    roles=("retrieval",),
)
