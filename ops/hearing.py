"""Listening by numbers: whether decoded samples are speech, how high it is, and when it begins."""

from __future__ import annotations

import io
from dataclasses import dataclass

import av
import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]
FRAME_S = 0.03
#: Samples above this are sound, after silence.
_AUDIBLE = 0.006


def decoded(audio: bytes) -> tuple[Samples, int]:
    """All samples (-1 to 1), and the sample rate that the file claims. Opus always decodes at 48 kHz."""
    with av.open(io.BytesIO(audio), "r") as container:
        stream = container.streams.audio[0]
        resampler = av.AudioResampler(format="s16", layout="mono", rate=stream.rate)
        frames = [out.to_ndarray().ravel() for frame in container.decode(stream) for out in resampler.resample(frame)]
        frames += [out.to_ndarray().ravel() for out in resampler.resample(None)]
        return np.concatenate(frames).astype(np.float64) / 32768, stream.rate


def loud_frames(samples: Samples, rate_hz: int) -> Samples:
    """Frames of 30 ms that are within 30 dB of the loudest."""
    size = int(rate_hz * FRAME_S)
    frames = samples[: len(samples) // size * size].reshape(-1, size)
    energy = (frames**2).mean(axis=1)
    loud: Samples = frames[energy > max(energy.max() / 1000, 1e-7)]
    return loud


def pitch_hz(samples: Samples, rate_hz: int) -> float:
    """The median pitch of the voiced frames, by autocorrelation between 60 and 400 Hz; 0 without any."""
    pitches = [pitch for pitch in (_pitch(frame, rate_hz) for frame in loud_frames(samples, rate_hz)) if pitch]
    return float(np.median(pitches)) if pitches else 0.0


def voiced_fraction(samples: Samples, rate_hz: int) -> float:
    """How many of the loud frames have a pitch: half and more for speech, next to none for noise."""
    frames = loud_frames(samples, rate_hz)
    return sum(_pitch(frame, rate_hz) > 0 for frame in frames) / max(1, len(frames))


def flatness(samples: Samples, rate_hz: int) -> float:
    """Median spectral flatness of the loud frames: near 0.5 for noise, far below 0.1 for a voice; 1 for silence."""
    frames = loud_frames(samples, rate_hz)
    if len(frames) == 0:
        return 1.0
    power = np.abs(np.fft.rfft(frames * np.hanning(frames.shape[1]), axis=1))[:, 1:] ** 2 + 1e-12
    return float(np.median(np.exp(np.log(power).mean(axis=1)) / power.mean(axis=1)))


def onset_ms(samples: Samples, rate_hz: int, around_ms: int, within_ms: int) -> float | None:
    """When the sound begins, after silence, in a window around a moment; None if there is no silence in it."""
    first = max(0, (around_ms - within_ms) * rate_hz // 1000)
    window = np.abs(samples[first : (around_ms + within_ms) * rate_hz // 1000])
    loud = np.flatnonzero(window > _AUDIBLE)
    if len(loud) == 0:
        return None
    return (first + int(loud[0])) * 1000 / rate_hz


def _pitch(frame: Samples, rate_hz: int) -> float:
    centred = frame - frame.mean()
    correlation = np.correlate(centred, centred, "full")[len(centred) - 1 :]
    shortest, longest = rate_hz // 400, rate_hz // 60
    lag = shortest + int(np.argmax(correlation[shortest:longest]))
    return rate_hz / lag if correlation[lag] > 0.4 * correlation[0] else 0.0


#: Between these shares of voiced frames lies speech: a tone has more, noise and silence have fewer.
_SPEECH = (0.35, 0.98)
_FLATTEST_SPEECH = 0.2
_SILENCE_DBFS = -60


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What is heard in a recording."""

    duration_s: float
    sample_rate_hz: int
    loudness_dbfs: float
    voiced: float
    """Share of the loud frames that have a pitch, 0 to 1."""
    flatness: float
    pitch_hz: float

    @property
    def is_speech(self) -> bool:
        """Whether it is a voice: neither silence nor noise nor a tone."""
        least, most = _SPEECH
        has_voice = least < self.voiced < most and self.flatness < _FLATTEST_SPEECH
        return has_voice and self.loudness_dbfs > _SILENCE_DBFS

    def __str__(self) -> str:
        length = f"{self.duration_s:.2f} s at {self.sample_rate_hz} Hz, {self.loudness_dbfs:.0f} dBFS"
        voice = f"{self.voiced:.0%} voiced, pitch {self.pitch_hz:.0f} Hz"
        return f"{'speech' if self.is_speech else 'no speech'}: {length}, {voice}"


def hear(audio: bytes) -> Heard:
    """Decode a recording and listen to it."""
    samples, rate_hz = decoded(audio)
    return listen(samples, rate_hz)


def listen(samples: Samples, rate_hz: int) -> Heard:
    """Listen to decoded samples, -1 to 1."""
    return Heard(
        duration_s=len(samples) / rate_hz,
        sample_rate_hz=rate_hz,
        loudness_dbfs=20 * float(np.log10(max(float(np.sqrt((samples**2).mean())), 1e-9))),
        voiced=voiced_fraction(samples, rate_hz),
        flatness=flatness(samples, rate_hz),
        pitch_hz=pitch_hz(samples, rate_hz),
    )
