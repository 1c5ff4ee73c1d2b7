"""Recordings for tests: a spoken sentence, and any samples in any format."""

from __future__ import annotations

import io
import wave
from functools import cache
from typing import TYPE_CHECKING, cast

import av
import numpy as np

from schemas.kinds.tts import TtsRequest
from workers.engines.espeak.engine import EspeakEngine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from av import AudioFrame, AudioStream
    from numpy.typing import NDArray

HZ = 16_000
SENTENCE = "Good morning! How are you today?"


@cache
def spoken(text: str = SENTENCE) -> NDArray[np.int16]:
    """A sentence of the embedded voice, mono at 16 kHz."""
    engine = EspeakEngine()
    try:
        speech = engine.speak(TtsRequest(text=text, format="wav", sample_rate_hz=HZ), timeout_s=30)
    finally:
        engine.close()
    with wave.open(io.BytesIO(speech.audio)) as recording:
        return np.frombuffer(recording.readframes(recording.getnframes()), dtype="<i2")


def encoded(  # noqa: PLR0913 - what formats differ in
    samples: NDArray[np.int16],
    container: str,
    codec: str,
    *,
    rate_hz: int = HZ,
    layout: str = "mono",
    options: Mapping[str, str] | None = None,
    codec_options: Mapping[str, str] | None = None,
) -> bytes:
    """A file of samples at 16 kHz; `options` are the muxer's."""
    target = io.BytesIO()
    with av.open(target, "w", format=container, options=dict(options or {})) as output:
        stream = cast("AudioStream", output.add_stream(codec, rate=rate_hz, options=dict(codec_options or {})))
        stream.layout = layout
        for frame in _frames(samples, stream.format.name, layout, rate_hz):
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return target.getvalue()


def wav(samples: NDArray[np.int16]) -> bytes:
    """A plain WAV file of samples at 16 kHz."""
    return encoded(samples, "wav", "pcm_s16le")


def _frames(samples: NDArray[np.int16], sample_format: str, layout: str, rate_hz: int) -> Iterator[AudioFrame]:
    resampler = av.AudioResampler(format=sample_format, layout=layout, rate=rate_hz)
    for start in range(0, len(samples), HZ):
        frame = av.AudioFrame.from_ndarray(samples[None, start : start + HZ].copy(), format="s16", layout="mono")
        frame.sample_rate = HZ
        frame.pts = start
        yield from resampler.resample(frame)
    yield from resampler.resample(None)
