"""What readers make of ordinary documents: their text, their headings, their encoding."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile_documents import pdf
from workers.engines.documents.blocks import seemly
from workers.engines.documents.plain import unwrapped
from workers.engines.documents.read import read
from workers.engines.documents.refusals import REFUSALS, RefusedDocumentError
from workers.engines.documents.sentences import sentences


def text_of(data: str | bytes, name: str) -> str:
    return read(data.encode() if isinstance(data, str) else data, name)[0].text


def passages_of(data: str | bytes, name: str) -> list[tuple[str, str]]:
    reading, cuts = read(data.encode() if isinstance(data, str) else data, name)
    return [(one.section, reading.text[one.start : one.end]) for one in cuts]


VERBATIM = "A bold block.\n\ncode stays\non its lines"
MARKDOWN = """---
title: not said
---
# Guide

Wrapped
lines with *stress*, `code` and a [link](https://example.org "title").

## Prices

| Cup | Price |
| --- | --- |
| small | 3 won |
| large | |

- one
- two
  and a half

<div>A <b>bold</b> block.<script>evil()</script></div>

    code stays
    on its lines
"""


def test_markdown_is_read_as_one_sees_it():
    assert passages_of(MARKDOWN, "a.md") == [
        ("Guide", "Wrapped lines with stress, code and a link."),
        (
            "Guide > Prices",
            "Cup: small; Price: 3 won\nCup: large\n\n- one\n- two and a half\n\n" + VERBATIM,
        ),
    ]


HTML = """<!-- made by hand --><!DOCTYPE html><html><head><title>Not text</title><style>p {}</style></head><body>
<nav><a href="/">Home</a><ul><li>Menu</li></ul></nav>
<h1>House&nbsp;rules</h1><p>Be   quiet<br>after ten.</p>
<h2>Costs</h2><table><tr><th>What</th><th>Price</th></tr><tr><td>Towel</td><td>2&nbsp;&euro;</td></tr></table>
<ul><li>one</li><li>two</li></ul><pre>a
  b</pre><img alt="A map." src="x"><script>if (a < b) alert("<p>no</p>")</script>
<footer>All rights reserved.</footer></body></html>"""


def test_html_is_read_without_what_is_not_the_pages_own():
    assert passages_of(HTML, "a.html") == [
        ("House rules", "Be quiet\nafter ten."),
        ("House rules > Costs", "What: Towel; Price: 2 €\n\n- one\n- two\n\na\nb\n\nA map."),
    ]


def test_a_navigation_that_is_left_open_does_not_swallow_the_page():
    assert passages_of("<html><nav><a>Home</a><main><h1>Title</h1><p>Text.</p></main>", "a") == [("Title", "Text.")]


PLAIN = """CITY LIBRARY

Opening hours

The library is open from Tuesday to Friday between ten and eight, and on
Saturdays from ten.
- No dogs.

대출

책을 일곱 권까지 빌릴 수 있습니다.
"""


def test_plain_text_has_headings_where_short_lines_stand_alone():
    assert passages_of(PLAIN, "a.txt") == [
        (
            "CITY LIBRARY > Opening hours",
            "The library is open from Tuesday to Friday between ten and eight, and on Saturdays from ten.\n- No dogs.",
        ),
        ("CITY LIBRARY > 대출", "책을 일곱 권까지 빌릴 수 있습니다."),
    ]


def test_short_lines_are_not_joined():
    assert unwrapped("Monday: open\nTuesday: closed") == "Monday: open\nTuesday: closed"


def test_a_pdfs_words_divided_at_a_lines_end_are_joined():
    page = "This line is as long as lines in a PDF are, and ends in a syl-\nlable of a word that goes on."
    assert text_of(pdf([page]), "a.pdf").endswith("ends in a syllable of a word that goes on.")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_text_may_have_a_byte_order_mark(encoding: str):
    assert text_of("안녕하세요, Café.".encode(encoding), "a.txt") == "안녕하세요, Café."


def test_a_page_may_declare_its_encoding():
    page = '<html><head><meta charset="euc-kr"></head><body>방각하 뷁</body></html>'
    assert text_of(page.encode("cp949"), "a.html") == "방각하 뷁"


def test_a_page_may_not_declare_what_is_no_encoding_of_pages():
    with pytest.raises(RefusedDocumentError, match="encoding"):
        read(b'<html><meta charset="unicode_escape">\xff', "a.html")


@pytest.mark.parametrize(
    ("data", "name", "format_"),
    [
        (b"# Title\n\nText.", "guide", "markdown"),
        (b"Title\n\nText.", "guide", "text"),
        (b"# Title\n\nText.", "guide.txt", "text"),
        (b"  <!doctype html><p>Text.", "guide.txt", "html"),
        (pdf(["Text."]), "guide.txt", "pdf"),
    ],
)
def test_a_format_is_told_by_content_first(data: bytes, name: str, format_: str):
    assert read(data, name)[0].format == format_


def test_decomposed_korean_is_composed():
    assert text_of(unicodedata.normalize("NFD", "한국"), "a.txt") == "한국"


def test_each_reason_for_a_refusal_is_a_sentence_and_has_a_code():
    assert all(code.endswith("_document") or code == "document_too_large" for code, _ in REFUSALS.values())
    assert all(message.endswith(".") for _, message in REFUSALS.values())


@given(st.text(alphabet="ab가 .\n\r\u200b\u0301\x00\ufeff"))
def test_a_seemly_text_is_seemly_already(text: str):
    assert seemly(seemly(text)) == seemly(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Ask Dr. Kim at 9 a.m. tomorrow. He knows.", ["Ask Dr. Kim at 9 a.m. tomorrow.", "He knows."]),
        ("It opens at 9 a.m. Lunch is at one.", ["It opens at 9 a.m.", "Lunch is at one."]),
        ("It costs 3.5 euros (or less). Yes.", ["It costs 3.5 euros (or less).", "Yes."]),
        ("1. First\n2. Second", ["1. First", "2. Second"]),
        ("문을 엽니다. 쉽니다! 왜요?", ["문을 엽니다.", "쉽니다!", "왜요?"]),
        ("これは本。あれは猫。", ["これは本。", "あれは猫。"]),
        ("J. R. R. Tolkien wrote it.", ["J. R. R. Tolkien wrote it."]),
    ],
)
def test_sentences_end_where_one_would_say(text: str, expected: list[str]):
    assert [text[start:end] for start, end in sentences(text)] == expected


@given(st.text(alphabet="aB가1 .!?\n)”。", max_size=200))
def test_sentences_are_in_order_and_leave_out_nothing_but_spaces(text: str):
    spans = sentences(text)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
    assert all(end <= next_start for (_, end), (next_start, _) in pairwise(spans))
