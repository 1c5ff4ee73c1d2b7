"""Whether what was found is about the question."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.retrieval import Topics, document
from workers.engines.retrieval.fulltext import FullText
from workers.engines.retrieval.support import AT_MOST, Evidence, evidence_of, is_supported, lead_of
from workers.engines.retrieval.words import asked


def evidence(question: str, *texts: str) -> Evidence:
    index = FullText()
    keys = [str(number) for number in range(len(texts))]
    index.add(zip(keys, document("a", *texts).passages, strict=True))
    return evidence_of(asked(question), keys, index)


def test_the_fullest_passage_counts():
    found = evidence("red kites over castles", "red kites", "castles with kites that are red", "nothing")
    assert (found.words, found.coverage, found.telling) == (3, 1.0, True)


def test_passages_far_behind_do_not_count():
    assert evidence("kites", "a", "b", "c", "kites").coverage == 0


def test_a_common_word_counts_half():
    assert evidence("kites price", "price").coverage == pytest.approx(1 / 3)


def test_korean_words_count_by_their_length():
    assert evidence("비트코인 가격", "가격").coverage == pytest.approx(0.5 / (0.5 + sqrt(3)))


@pytest.mark.parametrize(
    ("question", "text", "supported"),
    [
        ("태풍의 이름은 누가 정하나요?", "이름을 정합니다.", False),
        ("화성에 물이 있나요?", "물이 나옵니다.", False),
        ("주차장 이용료는 얼마인가요?", "주차장은 무료입니다.", True),
        ("Who paints the bridge?", "The bridge opens at ten.", True),
        ("Who painted the ceiling of the chapel in Rome?", "A chapel opens at ten.", False),
    ],
)
def test_words_alone_decide_where_there_is_no_model(question: str, text: str, *, supported: bool):
    assert is_supported(evidence(question, text), None) is supported


def test_a_cosine_decides_with_some_help_by_words():
    model = Topics("a")
    for similarity, coverage, supported in ((0.5, 0.0, True), (0.41, 0.5, True), (0.41, 0.4, False), (0.2, 1.0, False)):
        found = Evidence(words=3, paired=False, coverage=coverage, telling=True, similarity=similarity)
        assert is_supported(found, model) is supported


def test_what_many_passages_are_as_close_to_is_answered_by_none():
    model = Topics("a")
    model.lead = 0.1
    near = Evidence(words=3, paired=False, coverage=0.5, telling=True, similarity=0.7, lead=0.09)
    assert not is_supported(near, model)
    assert is_supported(replace(near, lead=0.1), model)
    assert is_supported(replace(near, lead=None), model)  # too few passages to tell
    assert is_supported(near, Topics("a"))  # nobody has measured it for this model


def test_what_many_passages_say_in_the_words_of_the_question_is_answered():
    model = Topics("a")
    model.lead = 0.1
    said = Evidence(words=3, paired=False, coverage=1.0, telling=True, similarity=0.66, lead=0.01)
    assert is_supported(said, model)
    assert not is_supported(replace(said, similarity=0.64), model)


def test_the_closest_passage_is_held_against_those_from_the_third_to_the_eighth():
    cosines = [0.9, 0.9, *(0.4 for _ in range(6)), 0.1]
    ranked = [("", cosine) for cosine in cosines]
    assert lead_of(ranked) == pytest.approx(0.5)
    assert lead_of(ranked[:8]) == pytest.approx(0.5)
    assert lead_of(ranked[:7]) is None
    assert lead_of([]) is None


def test_editions_of_a_passage_count_once():
    editions = [("Fees", 0.9), ("Fees", 0.89), ("Fees", 0.88), ("Fees", 0.87)]
    others = [(f"Section {number}", 0.4) for number in range(7)]
    assert lead_of([*editions, *others]) == pytest.approx(0.5)


@given(
    st.builds(Evidence, words=st.integers(1, 30), paired=st.booleans(), coverage=st.floats(0, 1), telling=st.booleans())
)
def test_having_nearly_half_of_the_words_is_always_enough_and_nothing_never(found: Evidence):
    assert is_supported(found, None) or found.coverage < AT_MOST
    assert not is_supported(found, None) or found.coverage > 0.2
