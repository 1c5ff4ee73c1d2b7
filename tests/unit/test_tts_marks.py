from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.errors import PermanentError
from workers.engines.audio.loudness import Loudness
from workers.engines.espeak.script import script_of_text
from workers.engines.espeak.spans import Event, speech_marks

if TYPE_CHECKING:
    from schemas.kinds.tts import Mark

RATE_HZ = 22_050


def recording(*parts: tuple[int, bool]) -> bytes:
    """PCM of parts: how many ms, and whether they sound."""
    return b"".join(
        (
            np.full(ms * RATE_HZ // 1000, 8_000 if loud else 0, dtype="<i2") * _alternating(ms * RATE_HZ // 1000)
        ).tobytes()
        for ms, loud in parts
    )


def _alternating(count: int) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    return np.where(np.arange(count) % 2, 1, -1).astype("<i2")


def marks(text: str, events: list[Event], pcm: bytes) -> tuple[Mark, ...]:
    return speech_marks(
        text,
        script_of_text(text, "en-us"),
        events,
        loudness=Loudness(pcm, RATE_HZ),
        duration_ms=len(pcm) // 2 * 1000 // RATE_HZ,
        wanted=("word", "sentence"),
    )


def near(expected: list[tuple[str, int, int]]) -> list[tuple[str, object, object]]:
    """The same words, and times to a frame of ten milliseconds."""
    return [
        (text, pytest.approx(start_ms, abs=10), pytest.approx(end_ms, abs=10)) for text, start_ms, end_ms in expected
    ]


def brief(found: tuple[Mark, ...], kind: str = "word") -> list[tuple[str, int, int]]:
    return [(mark.text, mark.start_ms, mark.end_ms) for mark in found if mark.type == kind]


def test_a_word_ends_where_the_next_begins():
    events = [("sentence", 0, 0), ("word", 0, 0), ("word", 300, 6)]
    assert brief(marks("Hello there", events, recording((600, True)))) == [("Hello", 0, 300), ("there", 300, 600)]


def test_a_pause_belongs_to_no_word():
    events = [("word", 0, 0), ("word", 800, 7)]
    found = marks("Hello, there.", events, recording((300, True), (500, False), (200, True), (300, False)))
    assert brief(found) == near([("Hello", 0, 300), ("there", 800, 1000)])
    assert brief(found, "sentence") == near([("Hello, there.", 0, 1000)])


def test_the_parts_of_a_split_token_are_one_word():
    events = [("word", 0, 0), ("word", 100, 1), ("word", 200, 3), ("word", 300, 6)]
    assert brief(marks("$3.50 now", events, recording((400, True)))) == [("$3.50", 0, 300), ("now", 300, 400)]


def test_words_without_an_event_share_the_time_by_their_length():
    found = marks("of them go", [("word", 0, 0), ("word", 600, 8)], recording((900, True)))
    assert brief(found) == near([("of", 0, 200), ("them", 200, 600), ("go", 600, 900)])


def test_a_sign_that_is_not_said_has_no_mark():
    assert [mark[0] for mark in brief(marks("a | b", [("word", 0, 0), ("word", 200, 4)], recording((400, True))))] == [
        "a",
        "b",
    ]


def test_sentences_are_espeaks_own():
    events = [("sentence", 0, 0), ("word", 0, 0), ("sentence", 500, 5), ("word", 500, 5)]
    found = marks("“Go.” Stop!", events, recording((300, True), (200, False), (300, True)))
    assert brief(found, "sentence") == near([("“Go.”", 0, 300), ("Stop!", 500, 800)])


ANY_TEXT = st.text(st.characters(), max_size=60) | st.text(
    "ab .,!?'\"<&\n\t한글é\u0301😀👍🏽\u200d\u202e\ud83d\x00", max_size=60
)


@settings(max_examples=300)
@given(
    text=ANY_TEXT,
    events=st.lists(
        st.tuples(st.sampled_from(["word", "sentence"]), st.integers(-10, 3_000), st.integers(0, 100)), max_size=20
    ),
    parts=st.lists(st.tuples(st.integers(0, 400), st.booleans()), max_size=6),
)
@example(text="\ud83d a", events=[("word", 5, 2)], parts=[(10, True)])
@example(text="a b", events=[], parts=[])
def test_marks_hold_whatever_the_text_and_espeak_say(text: str, events: list[Event], parts: list[tuple[int, bool]]):
    pcm = recording(*parts)
    duration_ms = len(pcm) // 2 * 1000 // RATE_HZ
    try:
        found = marks(text, events, pcm)
    except PermanentError:
        return
    for kind in ("word", "sentence"):
        position = at_ms = 0
        for mark in (mark for mark in found if mark.type == kind):
            assert text[mark.start : mark.end] == mark.text != ""
            assert position <= mark.start
            assert at_ms <= mark.start_ms <= mark.end_ms <= duration_ms
            position, at_ms = mark.end, mark.end_ms
    assert [mark.type for mark in found].count("sentence") >= 1


def test_one_ascii_token_is_marked_without_its_punctuation():
    assert brief(marks("(«Don't!»)", [("word", 0, 0)], recording((100, True)))) == [("Don't", 0, 100)]


@pytest.mark.parametrize("text", ["", " ", "😀", "?!", "—", "\u0301", "$", "\ue000", "\uffff"])
def test_a_text_without_letters_or_digits_is_refused(text: str):
    with pytest.raises(PermanentError, match="nothing_to_speak"):
        script_of_text(text, "en-us")


def test_espeak_is_given_no_control_characters_emoji_or_half_pairs():
    script = script_of_text("a\x00b\x01c\x1b 😀👍🏽❤️ \ud83d d\u202ee 1️⃣ 10㎏ \uff21", "ko")
    assert script.text.split() == ["a", "b", "c", "de", "1", "10kg", "A"]


def test_a_dash_that_joins_nothing_is_left_out():
    assert script_of_text('"-x !--y a-b -5 "-5" - é-', "en-us").text == '" x ! y a-b -5 "-5" - é-'


def test_marks_stay_on_letters_and_nowhere_else():
    assert script_of_text("- \u034b a\u034b\u0302 \u0939\u093f\u0928\u094d\u0926\u0940", "hi").text == (
        "-  a\u034b\u0302 \u0939\u093f\u0928\u094d\u0926\u0940"
    )


@given(ANY_TEXT)
def test_what_espeak_is_given_is_always_encodable(text: str):
    try:
        script = script_of_text(text, "en-us")
    except PermanentError:
        return
    assert "\0" not in script.text
    script.text.encode()


def test_an_empty_line_stays_and_other_whitespace_is_a_space():
    assert script_of_text("a\r\nb\n \nc\u00a0\u3000d\r\n\r\ne", "en-us").text == "a b\n\nc d\n\ne"


def test_a_title_does_not_end_a_sentence():
    assert script_of_text("Mr. Kim saw Dr. Lee.", "en-us").text == "Mr Kim saw Dr Lee."
