"""The kind `document`: a file becomes passages in its owner's collection, and the result says what they are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

from ops.bench.folder import MemoryFolder
from schemas.errors import PermanentError
from schemas.kinds.document import KIND, DocumentRequest
from schemas.media import StoredFile
from tests.retrieval import Call
from workers.engines.documents.reader import Reader
from workers.engines.retrieval.hybrid import HybridRetrieval
from workers.handlers import document as handling

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Work(Call):
    """An attempt whose file is `data`."""

    data: bytes
    engines: dict[str, HybridRetrieval] = field(default_factory=lambda: {"retrieval": HybridRetrieval(embeddings=None)})
    folders: dict[str, MemoryFolder] = field(default_factory=dict)
    stored: dict[str, bytes] = field(default_factory=dict)
    engine: None = None

    def input(self, ref: str) -> Work:
        return self

    def read(self) -> bytes:
        return self.data

    def engine_of(self, role: str) -> HybridRetrieval:
        return self.engines[role]

    def collection(self, name: str) -> MemoryFolder:
        return self.folders.setdefault(name, MemoryFolder(name))

    def store(self, name: str, data: bytes, *, mime: str) -> StoredFile:
        self.stored[name] = data
        return StoredFile(key=name, mime=mime, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


@pytest.fixture(autouse=True, scope="module")
def reader() -> Iterator[None]:
    reader = Reader()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(handling, "READER", reader)
        yield
    reader.close()


def test_the_example_is_indexed_and_found():
    work = Work(KIND.samples["document"].read_bytes())
    assert isinstance(KIND.example, DocumentRequest)
    result = handling.handle(KIND.example, cast("Any", work))
    assert (result.format, result.passages, result.engine, result.embeddings) == ("markdown", 5, "hybrid", None)
    text = work.stored["text.txt"].decode()
    assert result.characters == len(text)
    found = work.engines["retrieval"].search("주차는 무료인가요?", work.collection("course"), limit=1, call=work)
    (passage,) = found.passages
    assert passage.document == "course-guide.md"
    assert passage.section == "Course guide: English conversation > 문의"
    assert text[passage.start : passage.start + len(passage.text)] == passage.text


def test_a_file_that_is_no_document_fails_with_a_sentence_and_leaves_nothing():
    work = Work(b"PK\x03\x04" + bytes(100))
    request = DocumentRequest(document="document:" + "0" * 32, collection="c", name="a.docx")
    with pytest.raises(PermanentError, match="unsupported_document: Word, Excel, HWP"):
        handling.handle(request, cast("Any", work))
    assert not work.folders
    assert not work.stored
