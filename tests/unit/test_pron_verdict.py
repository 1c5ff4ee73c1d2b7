from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import PermanentError
from schemas.kinds.pronunciation import PronunciationResult
from tests.pronunciation import LEXICON, THRESHOLDS, evidence_for, gap, part, reading
from workers.engines.pronunciation.background import noisiness, silent
from workers.engines.pronunciation.evidence import Evidence, GapEvidence, PhoneEvidence, WordEvidence
from workers.engines.pronunciation.fluency import Read, delivery
from workers.engines.pronunciation.scores import accuracy_of, grade_of, overall
from workers.engines.pronunciation.text.words import words_of
from workers.engines.pronunciation.verdict import verdict_of

PROBABILITY = st.floats(min_value=0, max_value=1)
Z = st.floats(min_value=-1e6, max_value=1e6)


@given(Z, Z)
def test_accuracy_lies_within_0_and_100_and_never_falls_with_z(one: float, other: float):
    low, high = sorted((one, other))
    assert 0 <= accuracy_of(low) <= accuracy_of(high) <= 100


def test_the_lowest_score_counts_most():
    scores = overall(accuracy=50, fluency=90, completeness=100)
    assert scores.pron_score == 0.6 * 50 + 0.2 * 90 + 0.2 * 100
    assert scores.prosody is None


def test_an_unknown_fluency_is_left_out():
    assert overall(accuracy=50, fluency=None, completeness=100).pron_score == 0.6 * 50 + 0.4 * 100


@pytest.mark.parametrize(
    ("score", "grade"), [(100, "A"), (90, "A"), (89.9, "B"), (80, "B"), (70, "C"), (60, "D"), (59.9, "F"), (None, None)]
)
def test_a_grade_begins_at_its_score(score: float | None, grade: str | None):
    assert grade_of(score) == grade


def said(*spans: tuple[int, int], phones: int | None = 4, pause_after: bool = False) -> list[Read]:
    return [Read(start_ms=start, end_ms=end, phones=phones, pause_after=pause_after) for start, end in spans]


def test_pauses_shorter_than_200_ms_or_outside_the_words_are_none():
    told = delivery(
        said((500, 900), (1_050, 1_400), (1_700, 2_000)), [(0, 500), (900, 1_050), (1_400, 1_700), (2_000, 3_000)]
    )
    assert told is not None
    assert told.pauses == ((1_400, 1_700),)
    assert told.rate.pause_ratio == 0.2
    assert told.rate.words_per_minute == 120
    assert told.rate.phones_per_second == 10


def test_a_pause_behind_punctuation_costs_less():
    spans, silence = ((0, 400), (1_000, 1_400)), [(400, 1_000)]
    plain, marked = delivery(said(*spans), silence), delivery(said(*spans, pause_after=True), silence)
    assert plain is not None
    assert marked is not None
    assert plain.score < marked.score - 20


def test_slow_reading_is_less_fluent_than_quick_reading_and_hasty_reading_too():
    slow, good, hasty = (delivery(said((0, ms)), []) for ms in (2_000, 450, 180))
    assert slow is not None
    assert good is not None
    assert hasty is not None
    assert slow.score < 20
    assert good.score > 90
    assert hasty.score < 50


def test_what_is_said_beside_the_text_does_not_slow_it_down():
    beside = Read(start_ms=400, end_ms=800, phones=None, in_text=False)
    told = delivery([*said((0, 400)), beside, *said((800, 1_200))], [])
    assert told is not None
    assert told.rate.phones_per_second == 10


def test_nothing_read_has_no_rate():
    assert delivery([], [(0, 1_000)]) is None


def test_a_good_reading_has_no_errors():
    verdict = verdict_of(*reading("Good morning, Kim!"), THRESHOLDS)
    assert [word.text for word in verdict.words] == ["Good", "morning", "Kim"]
    assert {word.error_type for word in verdict.words} == {"none"}
    assert verdict.scores.completeness == 100
    assert verdict.scores.accuracy == pytest.approx(90, abs=1)
    first = verdict.words[0]
    assert (first.start, first.end, first.source) == (0, 4, "dictionary")
    assert [phoneme.ipa for phoneme in first.phonemes] == ["\u0261", "\u028a", "d"]
    assert first.phonemes[0].start_ms == first.start_ms


def test_a_word_that_was_not_read_has_no_score_and_no_time():
    verdict = verdict_of(*reading("Good morning Kim", {1: part(omission=0.9, z=-3)}), THRESHOLDS)
    missed = verdict.words[1]
    assert (missed.text, missed.error_type) == ("morning", "omission")
    assert (missed.accuracy, missed.start_ms, missed.end_ms, missed.phonemes) == (None, None, None, ())
    assert verdict.scores.completeness == 66.7


def test_a_word_that_has_no_room_in_the_recording_is_missing():
    reference, evidence = reading("Good morning", {1: part(omission=1.0, phones=0)})
    assert [word.error_type for word in verdict_of(reference, evidence, THRESHOLDS).words] == ["none", "omission"]


def test_a_word_said_wrongly_keeps_its_times():
    word = verdict_of(*reading("Good morning", {0: part(mispronunciation=0.9, z=-2)}), THRESHOLDS).words[0]
    assert word.error_type == "mispronunciation"
    assert word.accuracy is not None
    assert word.accuracy < 50
    assert word.start_ms is not None


def test_a_word_whose_sounds_are_guessed_is_not_called_mispronounced():
    verdict = verdict_of(*reading("Good bulgogi", {1: part(mispronunciation=0.9, z=-2)}), THRESHOLDS)
    assert [(word.error_type, word.source) for word in verdict.words] == [("none", "dictionary"), ("none", "rules")]


def test_in_noise_a_phone_has_to_fit_better_for_the_same_score():
    quiet, noisy = (verdict_of(*reading("Good morning"), THRESHOLDS, noise=noise).scores for noise in (0.0, 1.0))
    assert quiet.accuracy is not None
    assert noisy.accuracy is not None
    assert 3 < quiet.accuracy - noisy.accuracy < 8


def test_noise_is_told_from_a_quiet_room():
    rng = np.random.default_rng(1)
    voice = np.concatenate([np.zeros(8_000), 9_000 * np.sin(np.arange(24_000) / 9)])
    room, street = (voice + rng.normal(0, level, len(voice)) for level in (30, 900))
    assert noisiness(room.astype(np.int16)) == 0
    assert noisiness(street.astype(np.int16)) > 0.9
    assert noisiness(np.zeros(100, np.int16)) == 0


def test_what_sounds_in_a_silence_is_no_pause():
    loud, soft = np.full(4_800, 9_000, np.int16), np.full(8_000, 20, np.int16)
    samples = np.concatenate([loud, soft, loud, soft, loud])
    assert silent(((30, 160),), samples) == ((30, 80), (110, 160))
    assert silent(((40, 60),), samples) == ((40, 60),)
    assert silent(((0, 30),), samples) == ()
    assert silent(((0, 3),), np.zeros(10, np.int16)) == ((0, 3),)


def test_something_said_between_two_words_is_listed_between_them():
    verdict = verdict_of(*reading("Good morning Kim", gaps={1: gap(insertion=0.9, frames=50)}), THRESHOLDS)
    assert [word.text for word in verdict.words] == ["Good", None, "morning", "Kim"]
    inserted = verdict.words[1]
    assert (inserted.error_type, inserted.start, inserted.accuracy) == ("insertion", None, None)
    assert inserted.start_ms == verdict.words[0].end_ms
    assert inserted.end_ms == verdict.words[2].start_ms


def test_an_insertion_is_timed_without_the_silence_around_it():
    gaps = {0: gap(insertion=0.9, frames=100)}
    reference, evidence = reading("Good", gaps=gaps, silences=((0, 30), (80, 100)))
    inserted = verdict_of(reference, evidence, THRESHOLDS).words[0]
    assert (inserted.start_ms, inserted.end_ms) == (300, 800)


def test_something_said_in_place_of_a_word_is_one_error():
    gaps = {2: gap(insertion=0.9, frames=40)}
    verdict = verdict_of(*reading("Good morning Kim", {1: part(omission=0.9, z=-3)}, gaps=gaps), THRESHOLDS)
    assert [word.error_type for word in verdict.words] == ["none", "mispronunciation", "none"]
    assert verdict.scores.completeness == 100


def test_what_is_heard_where_a_word_of_another_script_stands_is_no_insertion():
    gaps = {1: gap(insertion=0.9, frames=40)}
    verdict = verdict_of(*reading("Good \uc548\ub155 morning", gaps=gaps), THRESHOLDS)
    assert [(word.text, word.error_type, word.source) for word in verdict.words] == [
        ("Good", "none", "dictionary"),
        ("\uc548\ub155", "none", "none"),
        ("morning", "none", "dictionary"),
    ]
    assert verdict.words[1].accuracy is None
    assert verdict.scores.completeness == 100


def test_a_number_is_one_word_with_the_phones_of_all_its_parts():
    reference, evidence = reading("It is 3.5 now")
    verdict = verdict_of(reference, evidence, THRESHOLDS)
    assert [word.text for word in verdict.words] == ["It", "is", "3.5", "now"]
    assert [phoneme.arpabet for phoneme in verdict.words[2].phonemes][:3] == ["TH", "R", "IY"]
    assert len(evidence.words) == 6


def test_half_a_number_is_a_wrong_number_and_none_of_it_a_missing_one():
    half = verdict_of(*reading("3.5", {2: part(omission=0.9)}), THRESHOLDS).words[0]
    none = verdict_of(*reading("3.5", {index: part(omission=0.9) for index in range(3)}), THRESHOLDS).words[0]
    assert (half.error_type, none.error_type) == ("mispronunciation", "omission")


def test_another_text_has_a_low_score_and_says_so():
    wrong = {index: part(z=-1.6, mispronunciation=0.9) for index in range(3)}
    verdict = verdict_of(*reading("Good morning Kim", wrong, match=0.01), THRESHOLDS)
    assert not verdict.matches
    scores = verdict.scores
    assert scores.accuracy is not None
    assert scores.pron_score is not None
    assert (scores.completeness, scores.fluency) == (0, 0)
    assert scores.pron_score == pytest.approx(0.5 * 0.2 * scores.accuracy, abs=0.1)


def test_of_another_text_only_words_that_are_clearly_there_were_read():
    reference, evidence = reading("Good morning Kim", {0: part(z=-1.0), 1: part(z=-2.0)}, match=0.01)
    errors = [word.error_type for word in verdict_of(reference, evidence, THRESHOLDS).words]
    assert errors == ["omission", "omission", "none"]


@st.composite
def evidences(draw: st.DrawFn) -> tuple[str, Evidence]:
    """Any evidence for any text of these words."""
    text = " ".join(draw(st.lists(st.sampled_from(["good", "3.5", "\uc548\ub155", "\U0001f600", "Kim's"]), min_size=1)))
    reference = evidence_for(f"a {text}")[0]
    at = 0
    words, gaps = [], []
    for variants in reference.pronunciations:
        gap_end = at + draw(st.integers(0, 60))
        gaps.append(GapEvidence(insertion=draw(PROBABILITY), start=at, end=gap_end))
        at = gap_end
        variant = draw(st.integers(0, len(variants) - 1))
        phones = []
        for phone in variants[variant] if draw(st.booleans()) else ():
            end = at + draw(st.integers(1, 30))
            phones.append(PhoneEvidence(phone=phone, start=at, end=end, z=draw(Z)))
            at = end
        words.append(
            WordEvidence(
                phones=tuple(phones),
                start=phones[0].start if phones else at,
                end=at,
                variant=variant,
                omission=draw(PROBABILITY) if phones else 1.0,
                mispronunciation=draw(PROBABILITY),
            )
        )
    end = at + draw(st.integers(0, 60))
    gaps.append(GapEvidence(insertion=draw(PROBABILITY), start=at, end=end))
    silences = tuple((one.start, one.end) for one in gaps if one.end > one.start and draw(st.booleans()))
    return f"a {text}", Evidence(
        words=tuple(words), gaps=tuple(gaps), silences=silences, match=draw(PROBABILITY), frames=end
    )


@given(evidences())
def test_whatever_is_heard_scores_are_in_range_and_spans_point_into_the_text(case: tuple[str, Evidence]):
    text, evidence = case
    verdict = verdict_of(evidence_for(text)[0], evidence, THRESHOLDS)
    # The model refuses scores out of range.
    assert PronunciationResult.model_fields["scores"].annotation is type(verdict.scores)
    reached = 0
    for word in verdict.words:
        if word.start is None or word.end is None:
            assert word.error_type == "insertion"
            continue
        assert reached <= word.start < word.end <= len(text)
        assert word.text == text[word.start : word.end]
        reached = word.end
        assert (word.accuracy is None) or word.phonemes
        assert word.error_type != "omission" or word.start_ms is None


@given(st.text(max_size=80))
def test_any_text_is_scored_with_spans_that_point_into_it_or_refused(text: str):
    if not any(LEXICON.part(part) for word in words_of(text) for part in word.parts):
        with pytest.raises(PermanentError, match="nothing_to_score"):
            reading(text)
        return
    reference, evidence = reading(text)
    verdict = verdict_of(reference, evidence, THRESHOLDS)
    assert verdict.scores.pron_score is not None
    assert [word.text for word in verdict.words] == [text[word.start : word.end] for word in verdict.words]


def test_silence_around_a_reading_and_a_microphones_offset_are_no_noise():
    rng = np.random.default_rng(1)
    voice = 9_000 * np.sin(np.arange(32_000) / 9) * (np.arange(32_000) // 3_200 % 2)
    speech = voice + rng.normal(0, 20, 32_000)
    background = rng.normal(0, 20, 40 * 16_000)
    assert noisiness(speech.astype(np.int16)) == 0
    assert noisiness(np.concatenate([speech, background]).astype(np.int16)) == 0
    assert noisiness((speech + 600).astype(np.int16)) == 0
