"""Corpora, perturbed texts, folds and rates: what the engine is fitted and measured with."""

import itertools
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.calibrate.corpus import Utterance, read_corpus
from ops.calibrate.evaluation import Evaluation, Verdict
from ops.calibrate.folds import folds_of
from ops.calibrate.naive import diff
from ops.calibrate.perturbations import SUBSTITUTIONS, Perturber, Reference, Task
from ops.calibrate.rates import auc, best_f1, rates
from ops.calibrate.vocabulary import FAR, Vocabulary, edit_distance
from workers.engines.pronunciation.evidence import Thresholds

PHONES = ("AE", "AH", "B", "D", "G", "IH", "K", "S", "T")
WORDS = {
    "bat": "B AE T", "bad": "B AE D", "bag": "B AE G", "bit": "B IH T", "big": "B IH G", "kit": "K IH T",
    "sat": "S AE T", "sad": "S AE D", "sit": "S IH T", "skit": "S K IH T", "biggest": "B IH G AH S T",
    "tactics": "T AE K T IH K S", "dad": "D AE D", "did": "D IH D",
}  # fmt: skip
numbers = st.lists(st.integers(0, 5).map(float), min_size=1, max_size=12)


@pytest.fixture
def vocabulary(tmp_path: Path):
    path = tmp_path / "words.dict"
    path.write_text("".join(f"{word} {phones}\n" for word, phones in WORDS.items()) + "bat(2) B AH T\n")
    return Vocabulary(path, PHONES)


def utterance(name: str, text: str, speaker: str = "1"):
    return Utterance(name, speaker, 10, tuple(text.split()), Path(f"{name}.flac"))


SPOKEN = [utterance("a", "bat sit big"), utterance("b", "kit sad bad"), utterance("c", "skit bag")]


def test_a_manifest_and_kaldis_lists_say_the_same(tmp_path: Path):
    (tmp_path / "one").mkdir()
    (tmp_path / "one/manifest.tsv").write_text("id\tspeaker\tage\tgender\tseconds\ttext\n07\ts1\t9\tm\t2.5\tBIG BAT\n")
    kaldi = tmp_path / "two"
    kaldi.mkdir()
    for name, line in {"text": "07\tBIG BAT", "wav.scp": "07 07.wav", "utt2spk": "07 s1", "spk2age": "s1 9"}.items():
        (kaldi / name).write_text(line + "\n")
    (kaldi / "07.wav").touch()
    (one,), (two,) = read_corpus(tmp_path / "one"), read_corpus(kaldi)

    assert (one.name, one.speaker, one.age, one.words) == (two.name, two.speaker, two.age, two.words)
    assert one.words == ("big", "bat")
    assert not one.adult
    assert two.path == kaldi / "07.wav"


@given(left=st.text("abc", max_size=6).map(tuple), right=st.text("abc", max_size=6).map(tuple))
def test_edit_distance_is_a_distance(left: tuple[str, ...], right: tuple[str, ...]):
    assert edit_distance(left, right) == edit_distance(right, left)
    assert (edit_distance(left, right) == 0) == (left == right)
    assert abs(len(left) - len(right)) <= edit_distance(left, right) <= max(len(left), len(right))


@pytest.mark.parametrize("distance", [1, 2, FAR])
def test_a_neighbour_is_as_far_as_it_should_be(vocabulary: Vocabulary, distance: int):
    drawn = [vocabulary.neighbour("big", distance, Random(seed)) for seed in range(10)]
    found = {word for word in drawn if word is not None}
    distances = {
        min(edit_distance(a, b) for a in vocabulary.variants["big"] for b in vocabulary.variants[one]) for one in found
    }

    assert found
    assert distances == {distance} if distance < FAR else min(distances) >= FAR


def test_the_same_utterance_is_always_perturbed_alike(vocabulary: Vocabulary):
    perturber = Perturber(vocabulary, SPOKEN)

    assert list(perturber.references(SPOKEN[0], 3)) == list(perturber.references(SPOKEN[0], 3))


def test_each_error_is_where_the_reference_says(vocabulary: Vocabulary):
    perturber = Perturber(vocabulary, SPOKEN)
    pairs = [(one, reference) for one in SPOKEN for reference in perturber.references(one, 6)]
    for spoken, reference in pairs:
        kept = tuple(word for index, word in enumerate(reference.words) if index not in reference.places)
        if reference.task is Task.OMISSION:
            assert kept == spoken.words
        elif reference.task in SUBSTITUTIONS:
            right = (word for index, word in enumerate(spoken.words) if index not in reference.places)
            assert kept == tuple(right)
            assert len(reference.words) == len(spoken.words)
        elif reference.task is Task.INSERTION:
            assert len(reference.words) < len(spoken.words)
            assert all(0 <= place <= len(reference.words) for place in reference.places)
        if reference.round == 0 and reference.task not in {Task.TRUE, Task.WRONG}:
            assert len(reference.places) == 1


def test_no_speaker_is_in_two_folds_and_folds_are_as_large_as_each_other():
    folds = folds_of((str(number % 17) for number in range(100)), 5)
    sizes = [list(folds.values()).count(fold) for fold in range(5)]

    assert len(folds) == 17
    assert max(sizes) - min(sizes) <= 1


def test_fewer_speakers_than_folds_are_refused():
    with pytest.raises(ValueError, match="too few"):
        folds_of(["a", "b"], 3)


@given(errors=numbers, others=numbers)
def test_the_area_is_the_share_of_pairs_in_the_right_order(errors: list[float], others: list[float]):
    pairs = [(left > right) + (left == right) / 2 for left, right in itertools.product(errors, others)]

    assert auc(np.array(errors), np.array(others)) == pytest.approx(np.mean(pairs))


@given(errors=numbers, others=numbers, most=st.floats(0, 1))
def test_no_threshold_with_so_few_false_flags_has_a_better_f1(errors: list[float], others: list[float], most: float):
    wrong, right = np.array(errors), np.array(others)
    allowed = [
        one
        for one in (rates(wrong, right, threshold) for threshold in np.arange(0, 6.5, 0.5))
        if one.false_flags <= most
    ]
    found = best_f1(wrong, right, most)

    assert found.false_flags <= most
    assert found.f1 >= max(one.f1 for one in allowed) - 1e-9


def test_a_diff_names_what_was_left_out_added_and_replaced():
    verdict = diff(("a", "b", "c", "d", "e"), ("x", "a", "b", "c", "e"))

    assert list(verdict.words_omitted) == [0, 0, 0, 1, 0]
    assert verdict.gaps_filled[0] == 1
    assert verdict.mismatch == pytest.approx(2 / 5)


def test_figures_count_what_is_flagged_at_each_verdicts_own_threshold():
    evaluation = Evaluation()
    for threshold, words in ((0.5, (0.6, 0.1)), (0.9, (0.95, 0.6))):
        limits = Thresholds(omission=threshold, insertion=0.5, mispronunciation=0.5, match=0.5)
        verdict = Verdict(words, (0.0, 0.7), (0.0,) * 3, 0.0, limits)
        evaluation.add(Reference(Task.OMISSION, ("a", "b"), (0,)), verdict)
        evaluation.add(Reference(Task.TRUE, ("a", "b")), verdict)
    figures = evaluation.figures()

    assert figures["omission"]["recall"] == 1
    assert figures["omission"]["false_flags"] == 0
    assert figures["omission"]["auc"] == pytest.approx(0.875)
    assert figures["correct"] == {"false_flags": 0.5, "others": 4}
