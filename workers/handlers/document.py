"""Documents: a file is read in a process of its own, and its passages go into the owner's collection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.kinds.document import DocumentResult
from workers.engines.documents.reader import READER

if TYPE_CHECKING:
    from schemas.kinds.document import DocumentRequest
    from workers.engines.ports import RetrievalEngine
    from workers.work import OwnerWork

#: What of the attempt's time is kept for indexing and for writing the result.
_KEPT_S = 30.0


def handle(request: DocumentRequest, work: OwnerWork[None]) -> DocumentResult:
    """Index the document; one of the same name is replaced."""
    data = work.input(request.document).read()
    work.progress(0.0, "reading")
    read = READER.read(data, name=request.name, timeout_s=work.remaining_s - _KEPT_S)
    engine: RetrievalEngine = work.engine_of("retrieval")
    engine.add(read.document, work.collection(request.collection), work)
    return DocumentResult(
        engine=engine.name,
        model=engine.model,
        collection=request.collection,
        name=request.name,
        format=read.format,
        characters=len(read.document.text),
        text=work.store("text.txt", read.document.text.encode(), mime="text/plain; charset=utf-8"),
        passages=len(read.document.passages),
        embeddings=engine.embeddings,
    )
