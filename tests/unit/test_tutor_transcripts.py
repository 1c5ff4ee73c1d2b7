"""The page of conversations with the tutor says what the tutor says."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.transcripts import LEARNERS, PAGE, filled, transcript

ROOT = Path(__file__).parents[2]


def test_the_page_has_not_drifted():
    page = (ROOT / PAGE).read_text("utf-8")

    assert filled(page) == page, "run `python -m ops.transcripts`"


@pytest.mark.parametrize("name", LEARNERS)
def test_a_transcript_has_ten_turns_and_is_on_the_page(name: str):
    text = transcript(name)

    assert text.count("Learner:**") == text.count("**Tutor:**") == 10
    assert text in (ROOT / PAGE).read_text("utf-8")
