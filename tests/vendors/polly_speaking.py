"""The local Polly's voice: espeak-ng, whose words have true times, in the formats that Polly has."""

from __future__ import annotations

import io
import re
import wave
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import av
import numpy as np

from schemas.errors import PermanentError
from schemas.kinds.tts import Mark, TtsRequest
from workers.engines.espeak.engine import EspeakEngine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from av import AudioStream

    from workers.engines.ports import Speech

RATE_HZ = 22_050
_SENTENCE = re.compile(r"\S(?:[^.!?]|(?<=Mr)\.)*[.!?]*")
#: Audio of one call ends here, whatever is left of the text.
MAX_S = 600
_LANGUAGES = {"arb": "ar", "cmn-CN": "cmn", "yue-CN": "yue"}
_CODECS: Mapping[str, tuple[str, str, str, dict[str, str]]] = {
    # FFmpeg's own Vorbis encoder knows two channels alone; it is the one that is at hand.
    "ogg_vorbis": ("vorbis", "ogg", "stereo", {"strict": "experimental"}),
    "ogg_opus": ("libopus", "ogg", "mono", {}),
    "mp3": ("libmp3lame", "mp3", "mono", {}),
}


@dataclass(frozen=True)
class Spoken:
    """A text, spoken: mono PCM s16le at RATE_HZ."""

    pcm: bytes
    marks: tuple[Mark, ...]


class Speaker:
    """Speaks each text once: audio and marks are asked for one after the other, and espeak is never quite the same."""

    def __init__(self) -> None:
        self._spoken: dict[tuple[str, str, str], Spoken] = {}

    def start(self) -> None:
        """Be ready."""
        self._engine = EspeakEngine()

    def close(self) -> None:
        """End espeak."""
        self._engine.close()

    def speak(self, asked: dict[str, Any], language: str) -> Spoken:
        """Speak the text of a request."""
        key = (asked["Text"], asked.get("TextType", "text"), language)
        if key not in self._spoken:
            self._spoken[key] = self._new(*key)
        return self._spoken[key]

    def _new(self, text: str, text_type: str, language: str) -> Spoken:
        request = TtsRequest.model_validate(
            {
                "text": text,
                "text_type": text_type,
                "language": _LANGUAGES.get(language, language),
                "format": "wav",
                "sample_rate_hz": RATE_HZ,
                "marks": ("word", "sentence"),
            }
        )
        try:
            speech = self._engine.speak(request, timeout_s=60)
        except PermanentError as refusal:
            if refusal.code != "nothing_to_speak":
                raise
            return Spoken(bytes(RATE_HZ // 5), ())
        with wave.open(io.BytesIO(speech.audio)) as recording:
            pcm = recording.readframes(recording.getnframes())
        return Spoken(
            pcm[: MAX_S * RATE_HZ * 2], speech.marks if text_type == "ssml" else _with_sentences(text, speech)
        )

    @staticmethod
    def encoded(spoken: Spoken, to: str, rate_hz: int) -> bytes:
        """Encode as Polly does: PCM without a header, MP3 without a word about the encoder's delay."""
        if to == "pcm":
            return _resampled(spoken.pcm, rate_hz)
        codec, container, layout, options = _CODECS[to]
        target = _Stream() if to == "mp3" else io.BytesIO()
        written = {"write_xing": "0", "id3v2_version": "0"} if to == "mp3" else {}
        with av.open(target, "w", format=container, options=written) as output:
            stream = cast("AudioStream", output.add_stream(codec, rate=rate_hz, options=options))
            stream.layout = layout
            resampler = av.AudioResampler(format=stream.format.name, layout=layout, rate=rate_hz)
            for frame in (_frame(spoken.pcm), None):
                for resampled in resampler.resample(frame):
                    output.mux(stream.encode(resampled))
            output.mux(stream.encode(None))
        return bytes(target.getvalue())


def _with_sentences(text: str, speech: Speech) -> tuple[Mark, ...]:
    """The words' marks, and one for each sentence as it is written: espeak has its own idea of Korean ones."""
    words = [mark for mark in speech.marks if mark.type == "word"]
    marks: list[Mark] = []
    for match in _SENTENCE.finditer(text):
        within = [word for word in words if match.start() <= word.start < match.end()]
        if within:
            first, last = within[0], within[-1]
            marks.append(
                Mark(
                    type="sentence",
                    start_ms=first.start_ms,
                    end_ms=last.end_ms,
                    start=match.start(),
                    end=match.end(),
                    text=match[0],
                )
            )
            marks += within
    return tuple(marks)


class _Stream:
    """What can be written to and not sought in."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += bytes(data)
        return len(data)

    def getvalue(self) -> bytes:
        return bytes(self._written)


def _frame(pcm: bytes) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(np.frombuffer(pcm, dtype="<i2")[np.newaxis, :], format="s16", layout="mono")
    frame.sample_rate = RATE_HZ
    frame.pts = 0
    return frame


def _resampled(pcm: bytes, rate_hz: int) -> bytes:
    resampler = av.AudioResampler(format="s16", layout="mono", rate=rate_hz)
    frames = [*resampler.resample(_frame(pcm)), *resampler.resample(None)]
    return b"".join(frame.to_ndarray().astype("<i2").tobytes() for frame in frames)
