"""The worker's side of reading documents: what is asked of the reader's process, and what its answers mean to a job."""

from __future__ import annotations

import atexit
import time
from dataclasses import dataclass

from workers.engines.child.files import FileProcess
from workers.engines.documents.refusals import MAX_BYTES, REFUSALS
from workers.engines.ports import Document, Passage

NAME = "document-reader"
#: CPU time that a file may take; a PDF of a thousand pages of text takes some twenty seconds.
CPU_S = 30


@dataclass(frozen=True)
class ReadDocument:
    """A document as it was read."""

    format: str
    document: Document


class Reader:
    """Reads one document at a time; callers on other threads wait for their turn."""

    def __init__(self, module: str = "workers.engines.documents.server") -> None:
        self.process = FileProcess(module, name=NAME, label="reader", task="Reading the document", max_bytes=MAX_BYTES)

    def read(self, data: bytes, *, name: str, timeout_s: float) -> ReadDocument:
        """Read a document and cut it into passages.

        Args:
            data: the file: plain text, Markdown, HTML or PDF.
            name: the document's; its ending may say which of them it is.
            timeout_s: how long the caller can wait.

        Raises:
            PermanentError: `unreadable_document`, `unsupported_document`, `protected_document`, `empty_document`,
                `document_too_large`.
            TransientError: `engine_timeout`, `engine_crashed`.
        """
        deadline = time.monotonic() + timeout_s
        reply = self.process.read({"name": name}, data, refusals=REFUSALS, cpu_s=CPU_S, deadline=deadline)
        text = reply.body.decode()
        passages = (
            Passage(document=name, section=section, start=start, text=text[start:end])
            for section, start, end in reply.header["passages"]
        )
        return ReadDocument(reply.header["format"], Document(name=name, text=text, passages=tuple(passages)))

    def close(self) -> None:
        """End the process. The next call would start another."""
        self.process.close()


#: This process's reader, which starts its own process with the first document.
READER = Reader()
atexit.register(READER.close)
