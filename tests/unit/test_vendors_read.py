"""What vendors answer, read without them: places, shares, and texts that come in any pieces."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from schemas.errors import TransientError
from workers.engines.anthropic.answer import read_stream
from workers.engines.comprehend.answers import entities_of, languages_of, readable
from workers.engines.comprehend.options import units_of
from workers.engines.llm.model import Stop

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)


@given(TEXTS, st.data())
def test_a_span_of_comprehends_is_where_it_says_in_code_points(text: str, data: st.DataObject):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))

    (found,) = entities_of({"Entities": [_entity(text[start:end], start, end)]}, text)

    assert (found.start, found.end, found.text) == (start, end, text[start:end])


@given(TEXTS, st.integers(-5, 80), st.integers(-5, 80), TEXTS)
def test_a_span_that_is_not_where_it_says_is_never_passed_on(text: str, start: int, end: int, said: str):
    assume(not (0 <= start < end and text[start:end] == said))

    with pytest.raises(TransientError) as raised, readable():
        entities_of({"Entities": [_entity(said, start, end)]}, text)

    assert raised.value.code == "unreadable_answer"


def test_offsets_in_utf_16_would_be_noticed():
    with pytest.raises(TransientError), readable():
        entities_of({"Entities": [_entity("부산", 3, 5)]}, "🙂 부산")


def _entity(text: str, start: int, end: int) -> dict[str, Any]:
    return {"Text": text, "Type": "OTHER", "BeginOffset": start, "EndOffset": end, "Score": 0.5}


@given(st.dictionaries(st.sampled_from(["ko", "en", "zh", "zh-TW", "nl", "ja"]), st.floats(0, 1, width=32)))
def test_shares_are_those_of_languages_the_greatest_first(scores: dict[str, float]):
    answer = {"Languages": [{"LanguageCode": code, "Score": score} for code, score in scores.items()]}

    code, shares = languages_of(answer)

    assert (code is None) == (not scores)
    assert code is None or scores[code] == max(scores.values())
    assert {share.language for share in shares} == {code.partition("-")[0] for code in scores}
    assert [share.score for share in shares] == sorted((share.score for share in shares), reverse=True)


@given(st.integers(1, 20_000))
def test_units_are_hundreds_of_characters_and_three_at_least(characters: int):
    units = units_of("가" * characters)

    assert units == 3 or (units - 1) * 100 < characters <= units * 100


@given(st.lists(st.text(max_size=5), max_size=20))
def test_a_text_is_what_its_pieces_are_together_and_only_ever_grows(pieces: list[str]):
    seen: list[str] = []
    events = [
        *({"type": "content_block_delta", "delta": {"type": "text_delta", "text": piece}} for piece in pieces),
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}},
        {"type": "message_stop"},
    ]

    completion = read_stream(events, seen.append, model="claude")

    assert (completion.text, completion.stop) == ("".join(pieces), Stop.END)
    assert all(later.startswith(earlier) for earlier, later in pairwise(seen))
    assert seen[-1] == completion.text
