"""Why a document is not taken; raised in the reader's process, told to the job's owner by `reader.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Longest file, as the kind takes in.
MAX_BYTES = 20_000_000
#: Longest text: some 600 pages of a book.
MAX_CHARACTERS = 1_000_000
MAX_PAGES = 1_000
MAX_PASSAGES = 3_000

#: By reason: the error's code, and what the job's owner is told.
REFUSALS: Mapping[str, tuple[str, str]] = {
    "empty": (
        "empty_document",
        "The document has no text. Pages that are pictures, as scanners make them, can't be read.",
    ),
    "protected": (
        "protected_document",
        "The PDF is protected by a password. Send it without one.",
    ),
    "office": (
        "unsupported_document",
        "Word, Excel, HWP and other archives are not read. Save the document as PDF, HTML, Markdown or plain text.",
    ),
    "binary": (
        "unsupported_document",
        "The file is no text. Send plain text, Markdown, HTML or PDF.",
    ),
    "encoding": (
        "unreadable_document",
        "The text's encoding can't be told. Save it as UTF-8.",
    ),
    "damaged": (
        "unreadable_document",
        "The document can't be read: it is damaged, incomplete, or no plain text, Markdown, HTML or PDF.",
    ),
    "slow": (
        "unreadable_document",
        "The document takes too long to read. Send it in parts, or as plain text.",
    ),
    "too_large": (
        "document_too_large",
        (
            f"The document has more than {MAX_CHARACTERS:,} characters, {MAX_PAGES:,} pages or {MAX_PASSAGES:,} "
            "passages. Send it in parts."
        ),
    ),
    "too_many_bytes": (
        "document_too_large",
        f"The file is larger than {MAX_BYTES // 10**6} MB. Send it in parts.",
    ),
}


class RefusedDocumentError(Exception):
    """The document is not taken; its argument is the reason, a key of `REFUSALS`."""
