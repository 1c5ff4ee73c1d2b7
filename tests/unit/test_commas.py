import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from ops.training.commas import app, fitted, without_commas
from workers.engines.grammar.checker import Checker, tagged
from workers.engines.grammar.commas import COMMA, WEIGHTS, Commas, shipped_commas
from workers.engines.grammar.gaps import SIZE, gaps_of
from workers.engines.grammar.words import sentences_of

_ALWAYS = Commas(np.full(SIZE, 127, np.int8))


def _found(text: str, commas: Commas) -> list[tuple[str, str | None]]:
    sentences = [tagged(words) for words in sentences_of(text)]
    return [(one.original, one.suggestion) for sentence in sentences for one in commas.findings(text, sentence)]


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("If you don't study hard you will fail the exam.", "hard"),
        ("When you are tired of studying you should take a rest.", "studying"),
        ("Because of the heavy rain we could not go camping.", "rain"),
        ("However the weather was bad.", "However"),
    ],
)
def test_a_comma_after_an_opening_clause_is_missed(text: str, before: str):
    assert _found(text, shipped_commas()) == [(before, f"{before},")]


@pytest.mark.parametrize(
    "text",
    [
        "If you don't study hard, you will fail the exam.",
        "You will fail the exam if you don't study hard.",
        "I know that they do not help each other.",
        "What time does your class start on Monday?",
    ],
)
def test_where_no_comma_belongs_none_is_missed(text: str):
    assert not _found(text, shipped_commas())


def test_the_checker_says_it_in_both_languages():
    (finding,) = Checker().check("Because of the heavy rain we could not go camping.")
    assert (finding.rule, finding.suggestion) == (COMMA, "rain,")
    assert "“rain,”" in finding.note_en
    assert "쉼표" in finding.note_ko


def test_a_sentence_with_another_finding_gets_no_comma():
    assert ("Why", "Why,") in _found("Why you don't like it?", shipped_commas())
    assert [finding.rule for finding in Checker().check("Why you don't like it?")] == ["question"]


def test_there_is_no_gap_beside_a_sign_or_inside_a_word():
    text = "He didn't go, but she's here (now)."
    (sentence,) = (tagged(words) for words in sentences_of(text))
    assert [sentence[gap.place].text for gap in gaps_of(sentence)] == ["did", "go", "she", "here"]


def test_a_part_after_a_comma_is_seen_by_itself():
    texts = ("Sadly, he left his small house last year.", "When they came, he left his small house last year.")
    sentences = [tagged(words) for text in texts for words in sentences_of(text)]
    last = [list(gaps_of(sentence))[-1].features for sentence in sentences]
    assert last[0] == last[1]


def test_before_and_and_after_hello_it_is_a_matter_of_taste():
    assert not _found("Hello Ann", _ALWAYS)
    assert _found("Dogs and cats or birds sleep", _ALWAYS) == [("and", "and,"), ("or", "or,"), ("birds", "birds,")]


@given(st.text())
@settings(max_examples=50)
def test_any_text_has_the_same_gaps_again_and_all_are_inside_it(text: str):
    sentences = [tagged(words) for words in sentences_of(text)]
    gaps = [gap for sentence in sentences for gap in gaps_of(sentence)]
    assert gaps == [gap for sentence in sentences for gap in gaps_of(sentence)]
    assert all(0 <= feature < SIZE for gap in gaps for feature in gap.features)


def test_only_some_commas_are_left_out_and_their_places_are_known():
    line = ", ".join("abcdefgh") * 20
    words, places = without_commas(line, random.Random(1))
    kept = [word.text for word in words]
    assert 0 < kept.count(",") < len(places)
    restored = [part for place, word in enumerate(kept) for part in ([",", word] if place in places else [word])]
    assert "".join(restored) == line.replace(" ", "")


def test_what_always_goes_with_a_comma_is_learnt_and_what_never_does_too():
    gaps = np.array([[1, 2], [1, 3]] * 2_000, np.int32)
    weights = fitted(gaps, np.array([True, False] * 2_000), seed=1)
    assert weights[2] > 2
    assert weights[3] < -1
    assert not weights[4:].any()


def test_the_same_sentences_make_the_same_weights(tmp_path: Path):
    lines = [f"When {name} comes home, we all eat dinner together." for name in ("Ann", "Tom", "Kim")] * 20
    (tmp_path / "lines.txt").write_text("\n".join(lines))
    for name in ("a.npy", "b.npy"):
        done = CliRunner().invoke(app, [str(tmp_path / "lines.txt"), "--to", str(tmp_path / name)])
        assert done.exit_code == 0
        assert "precision" in done.output
    first, second = (np.load(tmp_path / name) for name in ("a.npy", "b.npy"))
    assert first.any()
    assert np.array_equal(first, second)


def test_the_weights_are_small():
    assert WEIGHTS.stat().st_size < 600_000
    assert np.load(WEIGHTS).shape == (SIZE,)


@pytest.mark.parametrize(
    "text",
    [
        "However much we quarrel, my sister always forgives me.",
        "However hard I try, I can't do it.",
        "Ask where the museum is.",
        "Remember who came to the party.",
        "Look which bus goes there.",
    ],
)
def test_what_belongs_together_gets_no_comma(text: str):
    assert Checker().check(text) == ()
