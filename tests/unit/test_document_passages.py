"""Documents are cut into passages: by structure, of a fitting length, and nothing is lost."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.engines.documents import passages as cutting
from workers.engines.documents.blocks import Reading
from workers.engines.documents.passages import LEAST_WORDS, MOST_WORDS, cut, length
from workers.engines.documents.refusals import RefusedDocumentError

WORDS = st.lists(st.sampled_from(["apple", "가나다", "x", "1,000.", "nine!", "\n", "漢字"]), max_size=400).map(" ".join)
BLOCKS = st.lists(st.tuples(WORDS, st.sampled_from([None, None, None, 1, 2, 6])), max_size=12)


def reading_of(blocks: list[tuple[str, int | None]]) -> Reading:
    reading = Reading("text")
    for text, level in blocks:
        reading.add(text, level=level)
    return reading


@given(BLOCKS)
def test_passages_hold_all_text_but_headings_once_and_in_order(blocks: list[tuple[str, int | None]]):
    reading = reading_of(blocks)
    cuts = cut(reading)
    told = [block for block in reading.blocks if block.level is None] or reading.blocks
    whole = "".join(reading.text[block.start : block.end] for block in told)
    assert "".join("".join(reading.text[one.start : one.end].split()) for one in cuts) == "".join(whole.split())
    assert all(first.end <= second.start for first, second in pairwise(cuts))


@given(BLOCKS)
def test_no_passage_is_too_long_or_begins_or_ends_with_a_space(blocks: list[tuple[str, int | None]]):
    reading = reading_of(blocks)
    for one in cut(reading):
        text = reading.text[one.start : one.end]
        assert text == text.strip()
        assert 0 < length(text) <= MOST_WORDS + 40


def test_paragraphs_of_a_section_are_put_together_until_they_are_long_enough():
    reading = reading_of([("Title", 1), *[("word " * 30 + f"end{number}.", None) for number in range(7)]])
    sizes = [length(reading.text[one.start : one.end]) for one in cut(reading)]
    assert sizes == [93, 124]
    assert min(sizes) >= LEAST_WORDS


def test_a_short_rest_joins_the_passage_before_it():
    reading = reading_of([("word " * 90, None), ("rest " * 10, None)])
    assert len(cut(reading)) == 1


def test_sections_are_not_mixed_and_know_their_headings():
    reading = reading_of(
        [
            ("Book", 1),
            ("Intro.", None),
            ("One", 2),
            ("First.", None),
            ("Deep", 3),
            ("Third.", None),
            ("Two", 2),
            ("Last.", None),
        ]
    )
    assert [(one.section, reading.text[one.start : one.end]) for one in cut(reading)] == [
        ("Book", "Intro."),
        ("Book > One", "First."),
        ("Book > One > Deep", "Third."),
        ("Book > Two", "Last."),
    ]


def test_headings_alone_are_a_passage():
    assert len(cut(reading_of([("Title", 1), ("Part", 2)]))) == 1


def test_pages_are_not_mixed():
    reading = Reading("pdf")
    for page in (1, 1, 2):
        reading.add("A sentence.", page=page)
    assert [one.section for one in cut(reading)] == ["page 1", "page 2"]


def test_too_many_passages_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cutting, "MAX_PASSAGES", 2)
    with pytest.raises(RefusedDocumentError, match="too_large"):
        cut(reading_of([("Title", 1), ("a", None)] * 3))
