from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.engines.disfluencies import marked
from workers.engines.pocketsphinx import free
from workers.engines.pocketsphinx.pieces import pieces
from workers.engines.pocketsphinx.reading.decoding import Said
from workers.engines.pocketsphinx.reading.reader import with_doubted
from workers.engines.pocketsphinx.words import segments_of, spoken

if TYPE_CHECKING:
    import pytest

HZ = 16_000


@given(st.integers(0, 90 * HZ), st.sampled_from([8.0, 16.0, 20.0]))
@settings(max_examples=20)
def test_pieces_are_the_whole_recording_and_none_is_too_long(count: int, longest_s: float):
    samples = np.arange(count, dtype=np.int32).astype(np.int16)
    found = list(pieces(samples, longest_s=longest_s))
    assert np.array_equal(np.concatenate([piece for _, piece in found]), samples)
    assert all(len(piece) <= longest_s * HZ for _, piece in found)
    assert all(len(piece) >= longest_s * HZ / 2 for _, piece in found[:-1])
    assert all(np.array_equal(samples[start : start + len(piece)], piece) for start, piece in found)


def test_a_recording_is_cut_in_its_pause():
    noise = np.random.default_rng(1).normal(0, 3_000, 30 * HZ).astype(np.int16)
    noise[11 * HZ : 12 * HZ] = 0
    starts = [start for start, _ in pieces(noise, longest_s=16.0)]
    assert 11 * HZ < starts[1] < 12 * HZ


def said(*units: int | None) -> list[Said]:
    return [Said(unit, 0, 0, 1) for unit in units]


def test_short_skips_are_looked_at_again_and_long_ones_are_not():
    assert with_doubted(said(0, 2, 5), 6) == [0, 1, 2, 3, 4, 5]
    assert with_doubted(said(0, None, 4), 5) == [0, 4]
    assert with_doubted(said(2), 5) == [0, 1, 2, 3, 4]
    assert with_doubted(said(2), 6) == [0, 1, 2]
    assert with_doubted(said(0), 0) == [0]
    assert with_doubted([], 0) == []


def test_words_said_again_and_fillers_are_marked_in_dictation():
    words = [spoken(text, at, at + 10, 0.5) for at, text in enumerate(("the", "The", "um", "dog"))]
    assert [word.is_disfluency for word in marked(words, "en-US")] == [False, True, True, False]


def test_a_word_that_is_marked_stays_so():
    again = spoken("dog", 0, 10, 0.5, again=True)
    assert marked([again], "en-US") == (again,)


def test_segments_end_at_pauses():
    words = [spoken("a", 0, 20, 1), spoken("b", 25, 40, 1), spoken("c", 120, 140, 1)]
    assert [(one.text, one.start_ms, one.end_ms) for one in segments_of(words)] == [
        ("a b", 0, 400),
        ("c", 1_200, 1_400),
    ]


def test_a_confidence_is_a_probability():
    assert spoken("a", 0, 1, 1.0000001).confidence == 1


def test_dictation_is_given_no_more_than_a_piece_at_once(monkeypatch: pytest.MonkeyPatch):
    class Deaf:
        def hyp(self) -> None:
            return None

    lengths: list[int] = []
    monkeypatch.setattr(free, "dictation", Deaf)
    monkeypatch.setattr(free, "decode", lambda decoder, samples: lengths.append(len(samples)))
    told: list[float] = []
    assert not list(free.dictate(np.ones(70 * HZ, np.int16), told.append))
    assert sum(lengths) == 70 * HZ
    assert max(lengths) <= free.PIECE_S * HZ
    assert told[0] == 0
    assert told == sorted(told)
