"""The words by which passages are found, in English and Korean; rankings that are put together."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.collections import SegmentName, parse
from tests.retrieval import document
from workers.engines.retrieval import words
from workers.engines.retrieval.fulltext import FullText
from workers.engines.retrieval.fusion import fused
from workers.engines.retrieval.segments import Segment, decoded, encoded, name_for, parse_key
from workers.engines.retrieval.support import evidence_of
from workers.engines.retrieval.words import asked, indexed, pairs, stem, terms_of

WORDS = Path(words.__file__).parent / "words"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How much does the Evening group cost?", [("evening",), ("group",), ("cost",)]),
        ("수강료는 얼마인가요?", [("수강", "강료")]),
        ("도서관에서 책을 빌릴 수 있나요?", [("도서", "서관"), ("책을",), ("빌릴",)]),
        (unicodedata.normalize("NFD", "수강료는?"), [("수강", "강료")]),
        ("전기가 나갔어요", [("전기",), ("나가",)]),
        ("what is it?", [("what",), ("is",), ("it",)]),
        ("???", []),
    ],
)
def test_a_question_asks_about_its_telling_words(question: str, expected: list[tuple[str, ...]]):
    assert [word.terms for word in asked(question)] == expected


def test_a_noun_of_one_syllable_is_found_with_any_particle():
    (word,) = asked("책은?")
    assert word.noun == "책"
    assert "책" in indexed("책을").split()


def test_a_verb_in_the_past_is_found_in_the_present():
    assert set(pairs("나가")) <= set(indexed("나갔").split())


def test_words_that_are_common_or_verbs_say_little():
    says_little = {word.terms[0]: word.says_little for word in asked("냉장고 가격을 정하나요?")}
    assert says_little == {"냉장": False, "가격": True, "정": True}


@given(st.text(max_size=300))
def test_any_question_can_be_looked_for(question: str):
    index = FullText()
    index.add([("k", document("a", question or "x").passages[0])])
    terms = [term for word in asked(question) for term in word.all_terms]
    assert set(index.best(terms, limit=5)) <= {"k"}
    assert all(index.having(term) <= {"k"} for term in terms)
    assert isinstance(terms_of(question), frozenset)


@given(st.text(alphabet="가나다각 a漢", min_size=1, max_size=30))
def test_what_is_indexed_is_found_by_itself(text: str):
    index = FullText()
    index.add([("k", document("", text).passages[0])])
    assert all(index.best([term], limit=1) == ["k"] for term in indexed(text).split())


def test_rare_words_and_headings_count_more():
    index = FullText()
    index.add(
        [
            ("a", document("x", "The library is open. The library is large.").passages[0]),
            ("b", document("x", "The library has a sauna.").passages[0]),
            ("c", document("x", "It is hot in there.", section="Sauna").passages[0]),
        ]
    )
    assert index.best(["library", "sauna"], limit=3)[0] == "b"
    assert index.best(["sauna"], limit=3) == ["c", "b"]


def test_removed_passages_are_not_found():
    index = FullText()
    index.add([("s#0", document("x", "one").passages[0]), ("t#0", document("x", "one").passages[0])])
    index.remove("s#")
    assert index.best(["one"], limit=3) == ["t#0"]
    assert index.having("one") == {"t#0"}


def test_stems_bring_forms_of_a_word_together():
    assert stem("bills") == stem("billed") == stem("bill")
    assert stem("책") == "책"


def test_what_both_rankings_have_comes_first():
    assert fused((1, ["a", "b"]), (1, ["b", "c"]))[0] == "b"


def test_a_heavier_ranking_decides():
    assert fused((1, ["a", "b"]), (2, ["b", "a"])) == ["b", "a"]


def test_ties_go_by_the_first_ranking():
    assert fused((1, ["a", "b"]), (1, ["b", "a"])) == ["a", "b"]


@given(st.lists(st.permutations("abcd"), min_size=1, max_size=3))
def test_fusing_keeps_everything_and_equal_rankings_as_they_are(rankings: list[list[str]]):
    assert sorted(fused(*((1, ranking) for ranking in rankings))) == sorted("abcd")
    assert fused((1, rankings[0]), (3, rankings[0])) == rankings[0]


@given(name=st.text(), texts=st.lists(st.text(min_size=1), min_size=1, max_size=4), vectors=st.booleans())
def test_a_segment_is_read_as_it_was_written(*, name: str, texts: list[str], vectors: bool):
    passages = document(name, *texts, section="Part > One").passages
    rows = np.arange(len(texts) * 3, dtype=np.float32).reshape(-1, 3) if vectors else None
    segment = decoded(encoded(Segment(passages, "model" if vectors else None, rows)))
    assert segment.passages == passages
    assert (segment.vectors is None) == (not vectors)
    assert segment.vectors is None or (segment.vectors == rows).all()


def test_a_segments_name_says_what_is_in_it():
    first = name_for(document("a", "Text."), None, None)
    assert parse(str(first)) == first
    assert parse_key(first.key(7)) == (str(first), 7)
    assert name_for(document("a", "Text."), None, first) == first
    assert name_for(document("a", "Text."), "model", first).version == 2
    assert name_for(document("a", "Other."), None, first) > first
    assert name_for(document("b", "Text."), None, None).document != first.document


@pytest.mark.parametrize("name", ["", "a", "../x", "0" * 32 + ".1.1.x.passages", "x#1", "#"])
def test_other_files_are_no_segments(name: str):
    assert parse(name) is None
    assert parse_key(name) is None
    assert SegmentName("d", 1, 2, "c") != parse(name)


def test_a_synonym_is_looked_for_too_and_counts_less():
    (word,) = asked("엘리베이터는?")
    assert ("승강", "강기") in word.others
    index = FullText()
    index.add([("k", document("a", "승강기 점검").passages[0])])
    assert index.best(word.all_terms, limit=1) == ["k"]
    assert evidence_of([word], ["k"], index).coverage == pytest.approx(0.7)


@pytest.mark.parametrize("path", sorted(WORDS.glob("*.txt")), ids=lambda path: path.name)
def test_each_list_of_words_is_readable_and_says_what_it_is(path: Path):
    comment, *lines = path.read_text("utf-8").splitlines()
    assert comment.startswith("# ")
    found = [word for line in lines if not line.startswith("#") for word in line.split()]
    assert found
    assert all(word == word.lower() and unicodedata.is_normalized("NFC", word) for word in found)


def test_synonyms_are_groups_of_two_and_more():
    lines = (WORDS / "korean-synonyms.txt").read_text("utf-8").splitlines()
    groups = [line.split() for line in lines if not line.startswith("#")]
    assert all(len(group) > 1 and len(group[0]) > 1 for group in groups)
    assert len({group[0] for group in groups}) == len(groups)
