"""Pieces of audio joined without a click, and marks that follow them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import EngineUnavailableError
from schemas.kinds.tts import TtsRequest
from workers.engines.audio.loudness import Loudness
from workers.engines.polly.atoms import atoms_of
from workers.engines.polly.cuts import Cut
from workers.engines.polly.joining import decoded, joined, of_pcm
from workers.engines.polly.marks import MarkedPiece, speech_marks
from workers.engines.polly.pieces import pieces_of
from workers.engines.polly.service import SpokenMark, read_marks

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE_HZ = 16_000


def tone(ms: int, *, silent_ms: tuple[int, int] = (0, 0)) -> NDArray[np.int16]:
    """A loud tone that begins and ends in its midst, with silence around it."""
    sound = 12_000 * np.cos(2 * np.pi * 200 * np.arange(ms * RATE_HZ // 1000) / RATE_HZ)
    before, behind = (np.zeros(silence * RATE_HZ // 1000) for silence in silent_ms)
    return np.concatenate([before, sound, behind]).astype(np.int16)


def largest_step(samples: NDArray[np.int16]) -> int:
    return int(np.abs(np.diff(samples.astype(np.int32))).max())


@pytest.mark.parametrize("cut", [Cut.SENTENCE, Cut.CLAUSE, Cut.WORD, Cut.CHARACTER])
def test_a_joint_has_no_step_that_the_sound_itself_has_not(cut: Cut):
    parts = [tone(333), tone(251), tone(777)]
    whole, starts = joined(parts, [cut, cut, cut], RATE_HZ, 1.0)
    assert largest_step(np.concatenate(parts)) > 5_000  # what would be heard
    assert largest_step(whole) <= largest_step(parts[0]) + 200
    for part, start in zip(parts, starts, strict=True):
        middle = len(part) // 2
        assert np.array_equal(whole[start + middle - 500 : start + middle + 500], part[middle - 500 : middle + 500])


def test_the_first_and_last_sound_are_left_as_they_are():
    parts = [tone(100), tone(100)]
    whole, _ = joined(parts, [Cut.WORD, Cut.WORD], RATE_HZ, 1.0)
    assert np.array_equal(whole[:800], parts[0][:800])
    assert np.array_equal(whole[-800:], parts[1][-800:])


@pytest.mark.parametrize(
    ("silences_ms", "cut", "rate", "pause_ms"),
    [
        ((0, 0), Cut.SENTENCE, 1.0, 400),
        ((150, 50), Cut.SENTENCE, 1.0, 400),
        ((300, 250), Cut.SENTENCE, 1.0, 550),
        ((0, 0), Cut.SENTENCE, 2.0, 200),
        ((0, 0), Cut.CLAUSE, 1.0, 150),
        ((40, 30), Cut.WORD, 1.0, 70),
    ],
)
def test_a_pause_is_as_long_as_between_sentences_and_never_cut(
    silences_ms: tuple[int, int], cut: Cut, rate: float, pause_ms: int
):
    left, right = tone(200, silent_ms=(0, silences_ms[0])), tone(200, silent_ms=(silences_ms[1], 0))
    whole, starts = joined([left, right], [cut, cut], RATE_HZ, rate)
    # Silence begins and ends within a fade.
    loud = np.flatnonzero(np.abs(whole) > 200)
    gap_ms = np.diff(loud).max() * 1000 / RATE_HZ
    assert gap_ms == pytest.approx(pause_ms, abs=2)
    assert len(whole) - starts[1] == len(right)


def test_one_part_is_not_touched():
    part = tone(100)
    whole, starts = joined([part], [Cut.CHARACTER], RATE_HZ, 1.0)
    assert np.array_equal(whole, part)
    assert starts == [0]


@pytest.mark.parametrize("audio", [b"OggS", b"{}", b"ffconcat version 1.0\nfile /etc/hostname\n", bytes(5_000)])
def test_what_is_no_audio_is_the_engines_fault(audio: bytes):
    with pytest.raises(EngineUnavailableError, match="decoded"):
        decoded(audio, RATE_HZ)


def test_pcm_of_an_odd_length_loses_half_a_sample():
    assert of_pcm(b"\x01\x00\x02\x00\x03").tolist() == [1, 2]


@pytest.mark.parametrize(
    "body", [b"no json\n", b"[]\n", b'{"type":"word"}\n', b'{"type":"word","time":"x","start":0,"end":1}']
)
def test_marks_that_cannot_be_read_are_the_engines_fault(body: bytes):
    with pytest.raises(EngineUnavailableError, match="marks"):
        read_marks(body)


def test_marks_of_other_types_and_empty_lines_are_left_out():
    body = b'{"time":6,"type":"viseme","value":"p"}\n\n{"time":5,"type":"word","start":0,"end":2,"value":"hi"}\n'
    assert read_marks(body) == [SpokenMark(type="word", start_ms=5, start=0, end=2)]


def test_marks_of_the_second_piece_are_later_and_farther():
    text = "Good morning. " * 200
    pieces = pieces_of(atoms_of(TtsRequest(text=text), "neural"))
    sound = tone(1_000)
    marked = [
        MarkedPiece(
            piece=piece,
            marks=[
                SpokenMark(type="word", start_ms=100, start=0, end=4),
                SpokenMark(type="word", start_ms=600, start=5, end=12),
            ],
            start_ms=1_400 * number,
            duration_ms=1_000,
            loudness=Loudness(sound.tobytes(), RATE_HZ),
        )
        for number, piece in enumerate(pieces)
    ]
    assert len(pieces) == 2
    marks = speech_marks(text, marked, ("word",))
    first = len(pieces[0].text)
    assert [(mark.start_ms, mark.end_ms, mark.start, mark.text) for mark in marks] == [
        (100, 600, 0, "Good"),
        (600, 1_000, 5, "morning"),
        (1_500, 2_000, first, "Good"),
        (2_000, 2_400, first + 5, "morning"),
    ]


def test_a_word_ends_where_a_pause_begins():
    [piece] = pieces_of(atoms_of(TtsRequest(text="Yes. No."), "neural"))
    samples = np.concatenate([tone(300), tone(300, silent_ms=(400, 200))])
    marked = MarkedPiece(
        piece=piece,
        marks=[
            SpokenMark(type="word", start_ms=0, start=0, end=3),
            SpokenMark(type="word", start_ms=700, start=5, end=7),
        ],
        start_ms=0,
        duration_ms=1_200,
        loudness=Loudness(samples.tobytes(), RATE_HZ),
    )
    marks = speech_marks("Yes. No.", [marked], ("word",))
    assert [(mark.text, mark.end_ms) for mark in marks] == [("Yes", 300), ("No", 1_000)]


@settings(max_examples=100)
@given(
    text=st.text("ab .,한글é\u0301😀&<\n", min_size=1, max_size=60).filter(lambda text: any(map(str.isalpha, text))),
    rate=st.sampled_from([1.0, 0.5]),
    told=st.lists(
        st.builds(
            SpokenMark,
            type=st.sampled_from(["word", "sentence"]),
            start_ms=st.integers(0, 900),
            start=st.integers(0, 200),
            end=st.integers(0, 200),
        ),
        max_size=12,
    ),
    start_ms=st.integers(0, 10_000),
)
def test_marks_hold_whatever_the_text_and_polly_say(text: str, rate: float, told: list[SpokenMark], start_ms: int):
    [piece] = pieces_of(atoms_of(TtsRequest(text=text, rate=rate), "neural"))
    marked = MarkedPiece(
        piece=piece,
        marks=told,
        start_ms=start_ms,
        duration_ms=600,
        loudness=Loudness(tone(600).tobytes(), RATE_HZ),
    )
    found = speech_marks(text, [marked], ("word", "sentence"))
    for kind in ("word", "sentence"):
        mine = [mark for mark in found if mark.type == kind]
        assert all(text[mark.start : mark.end] == mark.text.strip() != "" for mark in mine)
        assert all(start_ms <= mark.start_ms <= mark.end_ms <= start_ms + 600 for mark in mine)
        assert all(one.end_ms <= other.start_ms for one, other in itertools.pairwise(mine))


def test_no_audio_at_all_is_silence():
    assert len(decoded(b"", RATE_HZ)) == 0
