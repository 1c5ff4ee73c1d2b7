"""Recordings for tests: spoken by a job of its own, cut, and written as a browser's recorder would."""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import av
import numpy as np

from tests.acceptance.running import wait_for_end

if TYPE_CHECKING:
    import httpx2
    from numpy.typing import NDArray

RATE_HZ = 48_000
_FADE_S = 0.005


@dataclass(frozen=True)
class Spoken:
    """A text that was spoken: mono PCM s16le at 48 kHz, and when each word is heard."""

    samples: NDArray[np.int16]
    marks: tuple[dict[str, Any], ...]

    def without(self, word: str) -> Spoken:
        """Cut a word out; what is left has no clicks."""
        (mark,) = [mark for mark in self.marks if mark["text"] == word]
        start, end = (mark[edge] * RATE_HZ // 1000 for edge in ("start_ms", "end_ms"))
        fade = np.linspace(0, 1, int(_FADE_S * RATE_HZ))
        head, tail = self.samples[:start].astype(float), self.samples[end:].astype(float)
        head[-len(fade) :] *= fade[::-1]
        tail[: len(fade)] *= fade
        return replace(self, samples=np.concatenate([head, tail]).astype(np.int16), marks=())

    def webm(self) -> bytes:
        """Return it as Opus in WebM."""
        return webm(self.samples)


def webm(samples: NDArray[np.int16]) -> bytes:
    """Encode mono PCM s16le at 48 kHz as Opus in WebM."""
    target = io.BytesIO()
    with av.open(target, "w", format="webm") as output:
        stream = output.add_stream("libopus", rate=RATE_HZ)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis, :], format="s16", layout="mono")
        frame.sample_rate = RATE_HZ
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return target.getvalue()


def speak(client: httpx2.Client, text: str) -> Spoken:
    """Have a text spoken by a job."""
    asked = {"text": text, "format": "wav", "sample_rate_hz": RATE_HZ, "marks": ["word"]}
    job = wait_for_end(client, client.post("/v1/jobs/tts", json=asked).raise_for_status().json()["id"])
    file = client.get(job["files"]["speech.wav"], follow_redirects=True).raise_for_status().content
    with wave.open(io.BytesIO(file)) as recording:
        samples = np.frombuffer(recording.readframes(recording.getnframes()), np.int16)
    return Spoken(samples, tuple(job["result"]["marks"]))
