"""A document's bytes in, its text and passages out; runs in the reader's own process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engines.documents.formats import HTML, MARKDOWN, PDF, characters, format_of, is_markdown
from workers.engines.documents.markdown import read_markdown
from workers.engines.documents.markup import read_html
from workers.engines.documents.passages import cut
from workers.engines.documents.pdf import read_pdf
from workers.engines.documents.plain import read_plain
from workers.engines.documents.refusals import RefusedDocumentError

if TYPE_CHECKING:
    from workers.engines.documents.blocks import Reading
    from workers.engines.documents.passages import Cut


def read(data: bytes, name: str) -> tuple[Reading, list[Cut]]:
    """Read a document and cut it into passages.

    Args:
        data: the file.
        name: the document's; what stands behind its last dot may say which format it is.

    Raises:
        RefusedDocumentError: it is not taken.
        Exception: whatever a library raises over a damaged file.
    """
    reading = _reading(data, format_of(data, name))
    cuts = cut(reading)
    if not cuts:
        raise RefusedDocumentError("empty")
    return reading, cuts


def _reading(data: bytes, format_: str) -> Reading:
    if format_ == PDF:
        return read_pdf(data)
    text = characters(data, declared=format_ == HTML)
    if format_ == HTML:
        return read_html(text)
    if format_ == MARKDOWN or (not format_ and is_markdown(text)):
        return read_markdown(text)
    return read_plain(text)
