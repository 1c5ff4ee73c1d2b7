from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from workers.engines.audio.gate import has_speech, loudest

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

HZ = 16_000
LONG = 4 * HZ


def noise(count: int, amplitude: float, *, colour: float = 0, seed: int = 1) -> NDArray[np.float64]:
    """Noise whose power falls with frequency to the power of `colour`: 0 white, 1 pink, 2 brown."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(0, 1, count))
    hertz = np.maximum(1, np.arange(len(spectrum)))
    shaped = np.fft.irfft(spectrum / hertz ** (colour / 2), count)
    return shaped / shaped.std() * amplitude


def hum(count: int, amplitude: float, hertz: float = 60) -> NDArray[np.float64]:
    times = np.arange(count) / HZ
    return sum((amplitude / k * np.sin(2 * np.pi * hertz * k * times + k) for k in range(1, 20)), np.zeros(count))


def talk(count: int, amplitude: float) -> NDArray[np.float64]:
    """Something like speech: four vowels a second of a voice at 120 Hz, with pauses between them."""
    times = np.arange(count) / HZ
    buzz = sum((np.sin(2 * np.pi * 120 * k * times) / k for k in range(1, 30)), np.zeros(count))
    return amplitude * buzz * np.maximum(0, np.sin(2 * np.pi * 4 * times)) + noise(count, amplitude / 200)


def pcm(samples: NDArray[np.float64]) -> NDArray[np.int16]:
    return np.clip(np.round(samples), -32768, 32767).astype(np.int16)


@pytest.mark.parametrize(
    "made",
    [
        np.zeros,
        lambda n: np.full(n, 3_000.0),
        lambda n: np.random.default_rng(1).integers(-1, 2, n).astype(float),
        lambda n: noise(n, 3),
        lambda n: noise(n, 300),
        lambda n: noise(n, 3_000),
        lambda n: noise(n, 100, colour=1),
        lambda n: noise(n, 1_000, colour=2),
        lambda n: hum(n, 1_000, 50),
        lambda n: hum(n, 20),
        lambda n: hum(n, 100) + noise(n, 5),
        lambda n: 3_000 * np.sin(2 * np.pi * 1_000 * np.arange(n) / HZ),
        lambda n: 3_000 * np.sin(2 * np.pi * 0.2 * np.arange(n) / HZ),
        lambda n: noise(n, 3) + np.where(np.arange(n) == n // 2, 8_000, 0),
    ],
    ids=[
        *("silence", "a constant", "dither", "faint noise", "noise", "loud noise", "pink", "brown", "hum", "faint hum"),
        *("hum and noise", "a tone", "drift", "a click"),
    ],
)
@pytest.mark.parametrize("seconds", [1, 4, 15])
def test_what_nobody_speaks_into_is_refused(made: Callable[[int], NDArray[np.float64]], seconds: int):
    assert not has_speech(pcm(made(seconds * HZ)))


@pytest.mark.parametrize("amplitude", [10_000, 1_000, 100, 30])
@pytest.mark.parametrize("snr_db", [40, 10, 3])
def test_a_voice_passes_however_quiet_and_in_noise(amplitude: float, snr_db: float):
    voice = talk(LONG, amplitude)
    rms = float(np.sqrt((voice**2).mean()))
    assert has_speech(pcm(voice + noise(LONG, rms / 10 ** (snr_db / 20))))


def test_a_word_in_a_minute_of_a_noisy_room_passes():
    room = noise(60 * HZ, 30)
    room[20 * HZ : 20 * HZ + HZ // 2] += talk(HZ // 2, 1_000)
    assert has_speech(pcm(room))


@pytest.mark.parametrize("milliseconds", [200, 300, 500, 999])
def test_of_a_short_recording_only_level_and_steadiness_count(milliseconds: int):
    count = milliseconds * HZ // 1000
    assert has_speech(pcm(talk(count, 3_000)))
    assert not has_speech(pcm(np.zeros(count)))
    assert not has_speech(pcm(hum(count, 1_000, 50)))
    assert not has_speech(pcm(noise(count, 3)))


def test_levels_are_decibels_of_full_scale():
    tone = 32_767 * np.sin(2 * np.pi * 1_000 * np.arange(LONG) / HZ)
    assert loudest(pcm(tone)).level_db == pytest.approx(-3, abs=0.5)
    assert loudest(pcm(tone / 100)).level_db == pytest.approx(-43, abs=0.5)


@settings(max_examples=30)
@given(arrays.arrays(np.int16, st.integers(0, 3 * HZ), elements=st.integers(-32768, 32767)))
def test_any_samples_have_an_answer(samples: NDArray[np.int16]):
    assert has_speech(samples) in {True, False}
    if len(samples) >= 400:
        found = loudest(samples)
        assert -111 < found.level_db < 4
        assert 0 <= found.rise_db < 120


@settings(max_examples=20)
@given(st.floats(-3_000, 3_000), st.integers(0, 5 * HZ))
def test_neither_a_constant_nor_silence_around_it_changes_whether_a_voice_is_heard(constant: float, before: int):
    quiet = pcm(np.concatenate([np.zeros(before), talk(2 * HZ, 2_000), np.zeros(HZ)]) + constant)
    assert has_speech(quiet)
