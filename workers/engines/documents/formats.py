"""What a file is, and the characters of a text; both told by its bytes first, by its name where they don't say."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final

from workers.engines.documents.refusals import RefusedDocumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXT: Final = "text"
MARKDOWN: Final = "markdown"
HTML: Final = "html"
PDF: Final = "pdf"

_BY_SUFFIX: Mapping[str, str] = {
    **dict.fromkeys(("md", "markdown", "mdown", "mkd"), MARKDOWN),
    **dict.fromkeys(("html", "htm", "xhtml"), HTML),
    **dict.fromkeys(("txt", "text"), TEXT),
    "pdf": PDF,
}
#: Zip (also .docx, .hwpx), OLE2 (.doc, .hwp), gzip, RTF, bzip2, xz, 7z, rar.
_ARCHIVES = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\xd0\xcf\x11\xe0",
    b"\x1f\x8b",
    b"{\\rtf",
    b"BZh",
    b"\xfd7zXZ",
    b"7z\xbc\xaf",
    b"Rar!",
)
#: A PDF may have something before its header: ISO 32000-1, annex H.3.4.1 asks for 1024 bytes of patience.
_HEADER_WITHIN = 1024
_HTML_BEGINS = re.compile(
    rb"\s*(<\?xml[^>]*>\s*|<!--.{0,2000}?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_ATX = re.compile(r"^#{1,6} \S", re.MULTILINE)
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
#: HTML looks for its own charset in its first 1024 bytes: https://html.spec.whatwg.org/#prescan-a-byte-stream
_DECLARED_WITHIN = 1024
#: Longer ones first: UTF-32's mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: Encodings that a page may declare, and what browsers take their names for:
#: https://encoding.spec.whatwg.org/#names-and-labels. Python has others, some of which are no encodings of pages.
_DECLARED: Mapping[str, str] = {
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "ksc5601", "cp949", "ms949", "windows-949"), "cp949"),
    **dict.fromkeys(("iso-8859-1", "latin1", "us-ascii", "ascii", "windows-1252", "cp1252"), "cp1252"),
    **dict.fromkeys(("shift_jis", "sjis", "x-sjis", "windows-31j"), "cp932"),
    **dict.fromkeys(("gb2312", "gbk", "gb18030"), "gb18030"),
    **{name: name for name in ("utf-8", "euc-jp", "big5", "koi8-r", "iso-8859-2", "iso-8859-15", "windows-1251")},
}
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
#: More controls than one in so many characters, and it is no text.
_CONTROLS_ONE_IN = 200


def format_of(data: bytes, name: str) -> str:
    """Tell a file's format.

    Raises:
        RefusedDocumentError: an archive, or no PDF where the name says so.
    """
    if data.startswith(_ARCHIVES):
        raise RefusedDocumentError("office")
    if b"%PDF-" in data[:_HEADER_WITHIN]:
        return PDF
    by_name = _BY_SUFFIX.get(name.rpartition(".")[2].lower())
    if by_name == PDF:
        raise RefusedDocumentError("damaged")
    if _HTML_BEGINS.match(data.removeprefix(codecs.BOM_UTF8)[: 4 * _HEADER_WITHIN]):
        return HTML
    return by_name or ""


def is_markdown(text: str) -> bool:
    """Whether a text whose name does not say has Markdown's headings."""
    return bool(_ATX.search(text))


def characters(data: bytes, *, declared: bool) -> str:
    """Decode a text: by its byte-order mark, as UTF-8, or by what it declares.

    Args:
        data: the file.
        declared: whether it may say so itself, as HTML does.

    Raises:
        RefusedDocumentError: it is none of these, or no text.
    """
    text = _decoded(data, declared=declared)
    if len(_CONTROLS.findall(text[:100_000])) * _CONTROLS_ONE_IN > min(len(text), 100_000):
        raise RefusedDocumentError("binary")
    return text


def _decoded(data: bytes, *, declared: bool) -> str:
    marked = next(((mark, encoding) for mark, encoding in _MARKS if data.startswith(mark)), None)
    mark, encoding = marked or (b"", "utf-8")
    try:
        return data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        if declared and marked is None:
            return _as_declared(data)
        raise RefusedDocumentError("binary" if marked is None and _looks_binary(data) else "encoding") from error


def _as_declared(data: bytes) -> str:
    found = _CHARSET.search(data[:_DECLARED_WITHIN])
    codec = _DECLARED.get(found[1].decode("ascii").lower()) if found else None
    if codec is None:
        raise RefusedDocumentError("encoding")
    # Browsers show a sign for each wrong byte, and so does this: pages with a few are common.
    return data.decode(codec, "replace")


def _looks_binary(data: bytes) -> bool:
    return b"\0" in data[:4096]
