"""Files that nobody should be able to hurt a document reader with, and ordinary PDFs."""

from __future__ import annotations

import io
import random
import zipfile
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_MB = 1_000_000


def pdf(pages: Sequence[str | bytes], *, filters: bytes = b"", extra: bytes = b"") -> bytes:
    """A PDF of pages: lines of text in Helvetica, or a content stream as it is."""
    streams = [page if isinstance(page, bytes) else _lines(page) for page in pages]
    first = 4
    kids = b" ".join(b"%d 0 R" % (first + 2 * number) for number in range(len(streams)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R " + extra + b">>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(streams)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, stream in enumerate(streams):
        contents = first + 2 * number + 1
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % contents
        )
        objects.append(b"<< /Length %d %s>>\nstream\n%s\nendstream" % (len(stream), filters, stream))
    return assembled(objects)


def assembled(objects: Sequence[bytes], *, trailer: bytes = b"/Root 1 0 R") -> bytes:
    """Objects as a file, with its table of places."""
    file = bytearray(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    file += b"".join(b"%010d 00000 n \n" % place for place in places)
    file += b"trailer\n<< /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, table)
    return bytes(file)


def _lines(text: str) -> bytes:
    shown = (line.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(") for line in text.split("\n"))
    return (
        b"BT /F1 12 Tf 14 TL 72 720 Td "
        + b"".join(b"(%s) Tj T* " % line.replace(b")", b"\\)") for line in shown)
        + b"ET"
    )


def _flate_bomb() -> bytes:
    packer = zlib.compressobj(9)
    zeros = b"0 " * 500_000
    packed = b"".join(packer.compress(zeros) for _ in range(1_000)) + packer.flush()
    return pdf([packed], filters=b"/Filter /FlateDecode ")


def _twice_packed() -> bytes:
    packed = zlib.compress(zlib.compress(b"(a) Tj " * 30 * _MB, 9), 9)
    return pdf([packed], filters=b"/Filter [/FlateDecode /FlateDecode] ")


def _page_tree(kids: bytes, count: int) -> bytes:
    return assembled([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count)])


def _nested_trees(depth: int) -> bytes:
    nodes = [b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (number + 3) for number in range(depth)]
    return assembled([b"<< /Type /Catalog /Pages 2 0 R >>", *nodes, b"<< /Type /Page >>"])


def _form_calls_itself() -> bytes:
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>"
    )
    stream = b"<< /Length 5 >>\nstream\n/X Do\nendstream"
    form = (
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >> /Length 11 >>"
        b"\nstream\n/X Do /X Do\nendstream"
    )
    tree = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    return assembled([b"<< /Type /Catalog /Pages 2 0 R >>", tree, page, stream, form])


def _encrypted() -> bytes:
    made = pdf(["A secret."])
    key = (
        b"/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O (" + b"o" * 32 + b") /U (" + b"u" * 32 + b") >>"
    )
    return made.replace(b"/Root 1 0 R", b"/Root 1 0 R /ID [(a) (a)] " + key)


def archive(name: str, size: int) -> bytes:
    """A zip with one file of zeros."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, bytes(size))
    return packed.getvalue()


#: By name: the document's name, what makes it, and the codes of errors that it may end with; none where it is read.
HOSTILE: Mapping[str, tuple[str, Callable[[], bytes], frozenset[str]]] = {
    name: (document, make, frozenset(codes.split()))
    for name, document, make, codes in (
        ("PDF: a stream of 1 GB", "a.pdf", _flate_bomb, "unreadable_document"),
        ("PDF: packed twice", "a.pdf", _twice_packed, "unreadable_document"),
        (
            "PDF: its pages are their own parents",
            "a.pdf",
            lambda: _page_tree(b"2 0 R", 1),
            "unreadable_document empty_document",
        ),
        ("PDF: claims a billion pages", "a.pdf", lambda: _page_tree(b"", 10**9), "unreadable_document empty_document"),
        (
            "PDF: a tree of pages 5,000 deep",
            "a.pdf",
            lambda: _nested_trees(5_000),
            "unreadable_document empty_document",
        ),
        (
            "PDF: arrays in arrays",
            "a.pdf",
            lambda: pdf(["a"], extra=b"/X " + b"[" * 200_000 + b"]" * 200_000),
            "unreadable_document",
        ),
        ("PDF: 2,000 pages", "a.pdf", lambda: pdf(["a"] * 2_000), "document_too_large"),
        ("PDF: a form that calls itself", "a.pdf", _form_calls_itself, "unreadable_document empty_document"),
        (
            "PDF: a page of 18 MB",
            "a.pdf",
            lambda: pdf([b"BT /F1 9 Tf " + b"(ab) Tj " * (2 * _MB) + b"ET"]),
            "unreadable_document document_too_large",
        ),
        (
            "PDF: brackets without end",
            "a.pdf",
            lambda: pdf([b"BT " + b"[" * (5 * _MB)]),
            "unreadable_document empty_document",
        ),
        ("PDF: with a password", "a.pdf", _encrypted, "protected_document"),
        ("PDF: cut", "a.pdf", lambda: pdf(["A sentence."] * 3)[:400], "unreadable_document empty_document"),
        ("PDF: only a header", "a.pdf", lambda: b"%PDF-1.7\n" + bytes(1000), "unreadable_document"),
        ("PDF: by name alone", "a.pdf", lambda: b"This is no PDF.", "unreadable_document"),
        ("PDF: a picture of text", "a.pdf", lambda: pdf([b"0 0 1 rg 0 0 100 100 re f"]), "empty_document"),
        ("HTML: 300,000 nested elements", "a.html", lambda: b"<html>" + b"<div>" * 300_000 + b"deep", ""),
        (
            "HTML: 20 MB of brackets",
            "a.html",
            lambda: b"<html>" + b"<" * (19 * _MB),
            "unreadable_document document_too_large empty_document",
        ),
        (
            "HTML: a comment without end",
            "a.html",
            lambda: b"<html><p>text</p><!--" + b"a<!--" * (3 * _MB),
            "unreadable_document document_too_large empty_document read",
        ),
        (
            "HTML: 3 million references",
            "a.html",
            lambda: b"<html>" + b"&amp;" * (3 * _MB),
            "document_too_large unreadable_document",
        ),
        ("HTML: an attribute of 19 MB", "a.html", lambda: b'<html><p title="' + b"a" * (19 * _MB) + b'">text</p>', ""),
        (
            "HTML: attributes without end",
            "a.html",
            lambda: b"<html><p " + b"a=1 " * (4 * _MB),
            "unreadable_document empty_document document_too_large",
        ),
        (
            "HTML: a table of 200,000 cells",
            "a.html",
            lambda: b"<html><table><tr>" + b"<td>a" * 200_000,
            "document_too_large unreadable_document read",
        ),
        ("HTML: nothing but a script", "a.html", lambda: b"<html><script>" + b"a();" * _MB, "empty_document"),
        (
            "HTML: ends within a declaration",
            "a.html",
            lambda: b"<html><![CDATA[" + b"]" * (9 * _MB),
            "unreadable_document document_too_large empty_document read",
        ),
        (
            "Markdown: 500,000 quotations deep",
            "a.md",
            lambda: b">" * 500_000 + b" deep",
            "unreadable_document empty_document read",
        ),
        (
            "Markdown: lists in lists",
            "a.md",
            lambda: b"\n".join(b"  " * depth + b"- a" for depth in range(2_000)),
            "unreadable_document read",
        ),
        ("Markdown: 100,000 brackets", "a.md", lambda: b"[" * 100_000, "unreadable_document read"),
        ("Markdown: links that do not close", "a.md", lambda: b"[a](" * 40_000, "unreadable_document read"),
        ("Markdown: stars", "a.md", lambda: b"*a **a " * 40_000, "unreadable_document read"),
        (
            "Markdown: backticks",
            "a.md",
            lambda: b"".join(b"e" + b"`" * length for length in range(1_300)),
            "unreadable_document read",
        ),
        (
            "Markdown: 200,000 headings",
            "a.md",
            lambda: b"# a\n\nb\n\n" * 100_000,
            "document_too_large unreadable_document",
        ),
        (
            "Markdown: a table of 30,000 columns",
            "a.md",
            lambda: b"|a" * 30_000 + b"|\n" + b"|-" * 30_000 + b"|\n|b|\n",
            "unreadable_document read",
        ),
        ("text: one word of 19 MB", "a.txt", lambda: b"a" * (19 * _MB), "document_too_large"),
        ("text: a word of 900,000 letters", "a.txt", lambda: b"a" * 900_000, ""),
        (
            "text: marks upon marks",
            "a.txt",
            ("a" + "\u0300\u0316" * 450_000).encode,
            "",
        ),
        ("text: 19 MB of line breaks", "a.txt", lambda: b"\n" * (19 * _MB), "empty_document document_too_large"),
        ("text: spaces before each break", "a.txt", lambda: (b" " * 1_000 + b"\n") * 900, "empty_document"),
        ("text: what nobody sees", "a.txt", lambda: "\u200b\u200e\ufeff\u2060".encode() * 1_000, "empty_document"),
        ("text: nothing", "a.txt", lambda: b"", "empty_document"),
        ("text: zeros", "a.txt", lambda: bytes(100_000), "unsupported_document"),
        (
            "text: noise",
            "a.txt",
            lambda: random.Random(1).randbytes(200_000),
            "unsupported_document unreadable_document",
        ),
        (
            "text: UTF-16 without a mark",
            "a.txt",
            lambda: "Hello, world. ".encode("utf-16-le") * 9,
            "unsupported_document",
        ),
        ("text: EUC-KR", "a.txt", lambda: ("안녕하세요. " * 99).encode("cp949"), "unreadable_document"),
        ("text: Latin-1", "a.txt", lambda: "Das Café schließt um fünf.".encode("latin-1"), "unreadable_document"),
        ("text: cut within a character", "a.txt", lambda: "안녕".encode()[:-1], "unreadable_document"),
        ("text: a mark of UTF-16, and an odd byte", "a.txt", lambda: b"\xff\xfea\0b", "unreadable_document"),
        ("zip: 1 GB of zeros", "a.txt", lambda: archive("a.txt", 1_000 * _MB), "unsupported_document"),
        ("Word", "a.docx", lambda: archive("word/document.xml", 1_000), "unsupported_document"),
        (
            "PNG",
            "a.md",
            lambda: b"\x89PNG\r\n\x1a\n" + random.Random(2).randbytes(9_000),
            "unsupported_document unreadable_document",
        ),
        ("gzip of a bomb", "a.txt", lambda: b"\x1f\x8b" + zlib.compress(bytes(_MB)), "unsupported_document"),
    )
}
