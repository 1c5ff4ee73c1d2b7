"""PDF by pypdf: the text of its pages, line by line as it stands there."""

from __future__ import annotations

import io
import logging
import re
from typing import TYPE_CHECKING

from workers.engines.documents.blocks import Reading
from workers.engines.documents.formats import PDF
from workers.engines.documents.plain import unwrapped
from workers.engines.documents.refusals import MAX_PAGES, RefusedDocumentError

if TYPE_CHECKING:
    from pypdf import PdfReader

_HYPHEN = re.compile(r"(?<=[a-z])-\n(?=[a-z])")
_EMPTY_LINES = re.compile(r"\n\s*\n")


def read_pdf(data: bytes) -> Reading:
    """Read a PDF.

    Raises:
        RefusedDocumentError: it is protected by a password, or has too many pages.
        Exception: whatever pypdf raises over a damaged file.
    """
    pages = _opened(data).pages
    if len(pages) > MAX_PAGES:
        raise RefusedDocumentError("too_large")
    reading = Reading(PDF)
    for number, page in enumerate(pages, 1):
        text = page.extract_text()
        for paragraph in _EMPTY_LINES.split(_HYPHEN.sub("", text)):
            reading.add(unwrapped(paragraph), page=number)
    return reading


def _opened(data: bytes) -> PdfReader:
    import pypdf  # noqa: PLC0415 - takes 40 MB and 0.3 s: a text needs none of it

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its messages quote what is in the file
    reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
    # Most protected files can be read by everybody, and only not be changed or printed: their password is empty.
    if reader.is_encrypted and not _opens(reader):
        raise RefusedDocumentError("protected")
    return reader


def _opens(reader: PdfReader) -> bool:
    from pypdf.errors import DependencyError  # noqa: PLC0415 - as above

    try:
        return bool(reader.decrypt(""))
    except DependencyError:  # AES needs a package that is not asked for
        return False
