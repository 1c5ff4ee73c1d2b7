from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.errors import PermanentError
from schemas.kinds.pronunciation import PronunciationRequest, WordScore
from schemas.kinds.transcription import SpokenWord, TranscriptionRequest
from tests.pronunciation import LEXICON, THRESHOLDS, gap, reading
from workers.engines.ports import Assessment, Transcript
from workers.engines.pronunciation.by_text import TextEngine, TranscriberOptions
from workers.engines.pronunciation.combined import CombinedEngine, CombinedOptions
from workers.engines.pronunciation.matching import align, likeness, tokens_of, units_of
from workers.engines.pronunciation.transcript import judged
from workers.engines.pronunciation.verdict import verdict_of

if TYPE_CHECKING:
    from workers.engines.pronunciation.transcript import TextVerdict


def transcript(text: str, *, confidence: float | None = None, word_ms: int = 300) -> Transcript:
    words = tuple(
        SpokenWord(text=word, start_ms=index * word_ms, end_ms=(index + 1) * word_ms, confidence=confidence)
        for index, word in enumerate(text.split())
    )
    return Transcript(
        words=words,
        segments=(),
        text=text,
        language=None,
        duration_ms=len(words) * word_ms,
        quality="standard",
        truncated=False,
        model="1",
    )


def judge(text: str, heard: str, language: str = "en-US", **fields: Any) -> TextVerdict:
    return judged(text, language, transcript(heard, **fields), lexicon=LEXICON, engine="text")


def errors(text: str, heard: str, language: str = "en-US") -> list[tuple[str | None, str]]:
    return [(word.text, word.error_type) for word in judge(text, heard, language).words]


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("Good morning, Kim!", "good morning kim"),
        ("It costs $3.50 in 2024.", "it costs three dollars and fifty cents in twenty twenty four"),
        ("He is 25.", "He is 25."),
        ("twenty five", "25"),
        ("a well-known ice cream", "a wellknown icecream"),
        ("two eyes see", "too ayes sea"),
        ("\ud560 \uc218 \uc788\uc5b4\uc694", "\ud560\uc218 \uc788\uc5b4\uc694"),
    ],
)
def test_what_sounds_the_same_is_the_same_however_it_is_written(text: str, heard: str):
    language = "ko-KR" if "\ud560" in text else "en-US"
    verdict = judge(text, heard, language)
    assert {word.error_type for word in verdict.words} == {"none"}
    assert verdict.scores.completeness == 100
    assert verdict.scores.pron_score is not None
    assert verdict.scores.pron_score > 85


def test_a_word_like_the_one_in_the_text_loses_points_and_no_more():
    verdict = judge("He walks home", "he walk home")
    walks = verdict.words[1]
    assert (walks.text, walks.error_type) == ("walks", "none")
    assert walks.accuracy is not None
    assert 70 < walks.accuracy < 90


def test_another_word_in_its_place_is_said_wrongly():
    assert errors("He walks home", "he worked home")[1] == ("walks", "mispronunciation")


def test_a_word_left_out_and_a_word_too_many_are_found():
    assert errors("He walks home", "he home") == [("He", "none"), ("walks", "omission"), ("home", "none")]
    assert errors("He walks", "he um walks") == [("He", "none"), ("um", "insertion"), ("walks", "none")]
    assert judge("He walks", "he um walks").extra_words == ("um",)


def test_one_wrong_vowel_of_a_korean_syllable_costs_less_than_the_syllable():
    (word,) = judge("\uac15\ub0a8", "\uacbd\ub0a8", "ko-KR").words
    assert word.error_type == "none"
    assert word.accuracy is not None
    assert 80 < word.accuracy < 90


def test_a_transcriber_that_is_not_sure_gives_less():
    sure, unsure, silent = (judge("Good", "good", confidence=trust).words[0].accuracy for trust in (1.0, 0.4, None))
    assert (sure, unsure, silent) == (100, 70, 100)


def test_another_text_has_a_low_score_and_does_not_match():
    verdict = judge("The cat sat on the mat", "we went shopping for bread yesterday")
    assert not verdict.matches
    assert verdict.scores.pron_score is not None
    assert verdict.scores.pron_score < 40


def test_nothing_heard_is_every_word_missing():
    verdict = judge("Good morning", "")
    assert [word.error_type for word in verdict.words] == ["omission", "omission"]
    assert (verdict.scores.pron_score, verdict.delivery) == (0, None)


def test_phones_are_not_counted_so_the_pace_is_unknown():
    verdict = judge("Good morning", "good morning", word_ms=400)
    assert verdict.delivery is not None
    assert verdict.delivery.rate.phones_per_second is None
    assert verdict.delivery.rate.words_per_minute == 150


@pytest.mark.parametrize("text", ["...", "\U0001f600"])
def test_a_text_without_words_is_refused(text: str):
    with pytest.raises(PermanentError, match="nothing_to_score"):
        judge(text, "good")


WORDS = st.lists(st.sampled_from(["good", "morning", "3.5", "a", "\uc548\ub155", "don't"]), max_size=12).map(" ".join)


@given(WORDS, WORDS, st.sampled_from(["en", "ko"]))
def test_every_word_of_both_is_accounted_for_once_and_in_order(text: str, heard: str, language: str):
    ours, theirs = units_of(tokens_of(text, language)), units_of(tokens_of(heard, language))
    matches = align(ours, theirs)
    assert [index for match in matches for index in match.expected] == list(range(len(ours)))
    assert [index for match in matches for index in match.heard] == list(range(len(theirs)))


@given(
    st.text(max_size=60).filter(lambda text: tokens_of(text, "ko")),
    st.text(max_size=60),
    st.sampled_from(["en", "ko", "ja"]),
)
def test_any_text_is_scored_with_spans_that_point_into_it(text: str, heard: str, language: str):
    if not tokens_of(text, language):
        return
    verdict = judge(text, heard, language)
    for word in verdict.words:
        if word.start is not None and word.end is not None:
            assert word.text == text[word.start : word.end]
    assert verdict.scores.pron_score is not None


def test_reading_the_text_itself_is_a_perfect_score():
    text = "The quick brown fox jumps over the lazy dog. " * 20
    verdict = judge(text, text)
    assert verdict.scores.accuracy == 100
    assert verdict.scores.completeness == 100


def test_likeness_of_long_words_of_different_length_is_nothing():
    assert likeness("a", "aaaaaaaaaa") == 0
    assert likeness("walks", "walk") == 0.8
    assert likeness("", "") == 0


class Transcriber:
    name = "whisper"

    def __init__(self, heard: str) -> None:
        self.heard = heard
        self.asked: list[TranscriptionRequest] = []
        self.closed = False

    def transcribe(self, request: TranscriptionRequest, audio: object, call: object) -> Transcript:
        self.asked.append(request)
        return transcript(self.heard)

    def close(self) -> None:
        self.closed = True


AUDIO = "audio:00000000000000000000000000000000"


@pytest.mark.parametrize("tell", [True, False])
def test_the_transcriber_is_told_the_text_only_where_the_settings_say_so(tell: bool):  # noqa: FBT001
    transcriber = Transcriber("good morning")
    options = TranscriberOptions(transcriber="pocketsphinx", tell_text=tell)
    engine = TextEngine(options, transcriber)
    request = PronunciationRequest(audio=AUDIO, text="Good morning", language="en-GB")
    result = engine.assess(request, None, None)  # type: ignore[arg-type]
    (asked,) = transcriber.asked
    assert (asked.audio, asked.language, asked.subtitles) == (AUDIO, "en-GB", False)
    assert asked.reference == ("Good morning" if tell else None)
    assert (result.transcript, result.model, result.calibration) == ("good morning", "whisper 1", None)
    engine.close()
    assert transcriber.closed


def test_a_transcriber_that_there_is_not_is_refused_with_the_settings():
    with pytest.raises(ValidationError, match="is none of"):
        TranscriberOptions(transcriber="nobody")


def test_the_acoustic_insertion_gets_the_words_that_were_heard_in_its_time():
    from workers.engines.pronunciation.combined import _named  # noqa: PLC0415 - the rule itself

    def inserted(text: str | None, start_ms: int, end_ms: int) -> WordScore:
        return WordScore(
            text=text, start=None, end=None, accuracy=None, error_type="insertion", start_ms=start_ms, end_ms=end_ms
        )

    heard = (inserted("um", 100, 200), inserted("well", 900, 1_000))
    assert _named(inserted(None, 150, 400), heard).text == "um"
    assert _named(inserted(None, 300, 400), heard).text is None


class Acoustic:
    """Hears the text with something said after its first word."""

    name = "acoustic"

    def __init__(self) -> None:
        self.closed = False

    def assess(self, request: PronunciationRequest, audio: object, call: object) -> Assessment:
        verdict = verdict_of(*reading(request.text, gaps={1: gap(insertion=0.9, frames=40)}), THRESHOLDS)
        return Assessment(
            scores=verdict.scores, words=verdict.words, rate=None, pauses=(), calibration="c1", model="sounds"
        )

    def close(self) -> None:
        self.closed = True


def combined(heard: str) -> tuple[CombinedEngine, Acoustic, Transcriber]:
    options, acoustic, transcriber = CombinedOptions(transcriber="pocketsphinx"), Acoustic(), Transcriber(heard)
    return CombinedEngine(options, acoustic, TextEngine(options, transcriber)), acoustic, transcriber  # type: ignore[arg-type]


def test_both_together_have_the_sounds_scores_and_the_words_that_were_heard():
    engine, acoustic, transcriber = combined("good um morning")
    result = engine.assess(PronunciationRequest(audio=AUDIO, text="Good morning"), None, None)  # type: ignore[arg-type]
    assert result.scores == acoustic.assess(PronunciationRequest(audio=AUDIO, text="Good morning"), None, None).scores
    assert [(word.text, word.error_type) for word in result.words] == [
        ("Good", "none"),
        ("um", "insertion"),
        ("morning", "none"),
    ]
    assert (result.extra_words, result.transcript) == (("um",), "good um morning")
    assert (result.calibration, result.model) == ("c1", "sounds, whisper 1")
    engine.close()
    assert acoustic.closed
    assert transcriber.closed


def test_a_language_without_a_model_is_scored_by_text_alone():
    engine, _, _ = combined("\uc548\ub155\ud558\uc138\uc694")
    request = PronunciationRequest(audio=AUDIO, text="\uc548\ub155\ud558\uc138\uc694", language="ko-KR")
    result = engine.assess(request, None, None)  # type: ignore[arg-type]
    assert (result.scores.accuracy, result.calibration) == (100, None)
