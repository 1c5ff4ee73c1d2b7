"""The recordings that go with kinds' examples, spoken by the embedded voice: `python -m ops.samples`.

They are committed: neither the voice nor its encoder writes the same bytes twice.
"""

from __future__ import annotations

import io

import av

from schemas.files import SAMPLES
from schemas.kinds.tts import TtsRequest
from workers.engines import load_engine

#: What the examples of the kinds that listen expect to hear.
TEXTS = {"good-morning.webm": "Good morning! How are you today?"}
#: A higher voice than the default, and slower: nearer to the learners that engines are calibrated on.
_VOICE, _RATE = "f3", 0.9
_TIMEOUT_S = 30


def spoken(text: str) -> bytes:
    """Return a text as a browser's recorder would have it: mono Opus at 48 kHz in WebM."""
    engine = load_engine("tts", "espeak")
    request = TtsRequest(text=text, voice=_VOICE, rate=_RATE, format="ogg", sample_rate_hz=48_000)
    try:
        speech = engine.speak(request, timeout_s=_TIMEOUT_S)
    finally:
        engine.close()
    return _in_webm(speech.audio)


def _in_webm(opus: bytes) -> bytes:
    """Move the packets from Ogg to WebM as they are."""
    target = io.BytesIO()
    with av.open(io.BytesIO(opus), "r") as source, av.open(target, "w", format="webm") as output:
        stream = output.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(audio=0):
            if packet.dts is not None:  # the last one says that there are no more
                packet.stream = stream
                output.mux(packet)
    return target.getvalue()


def main() -> None:
    """Write all samples."""
    for name, text in TEXTS.items():
        (SAMPLES / name).write_bytes(spoken(text))


if __name__ == "__main__":
    main()
