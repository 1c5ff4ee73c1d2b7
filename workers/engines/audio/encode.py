"""PCM to the formats that a job may ask for: MP3 and Opus by PyAV, WAV by the standard library; all in memory."""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from schemas.errors import PermanentError
from schemas.kinds.tts import OPUS_RATES_HZ

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from av import AudioFrame, AudioStream

    from schemas.media import AudioFormat

MIMES: dict[AudioFormat, str] = {"mp3": "audio/mpeg", "ogg": "audio/ogg", "wav": "audio/wav"}

#: libmp3lame's own default is 128 kbit/s, three times what a mono voice needs.
_MP3_BITS_PER_S = {8_000: 24_000, 16_000: 40_000, 22_050: 48_000, 24_000: 48_000, 44_100: 64_000, 48_000: 64_000}
_OPUS_BITS_PER_S = 32_000
#: LAME's speed, 0 to 9. 7 halves the time of its default (4.1 ms per second of audio, not 9.0) for 0.5 dB of spectral
#: error in a synthetic voice.
_MP3_OPTIONS = {"compression_level": "7"}
#: A quarter of the default's time (2.1 ms per second of audio at 48 kHz, not 9.3) for the same size; with a free bit
#: rate the faster levels make files 1.7 times as long.
_OPUS_OPTIONS = {"compression_level": "5", "vbr": "constrained"}


def require_encodable(to: AudioFormat, sample_rate_hz: int) -> None:
    """Refuse a format and sample rate that do not go together, before any work is done.

    Raises:
        PermanentError: `unsupported_sample_rate`.
    """
    if to == "ogg" and sample_rate_hz not in OPUS_RATES_HZ:
        known = ", ".join(str(rate) for rate in OPUS_RATES_HZ)
        raise PermanentError(
            "unsupported_sample_rate", f"Opus has no sample rate of {sample_rate_hz} Hz; it takes {known} Hz."
        )


def encode(
    pcm: bytes | bytearray | memoryview,
    from_rate_hz: int,
    *,
    to: AudioFormat,
    sample_rate_hz: int,
    checkpoint: Callable[[], None],
) -> bytes:
    """Encode mono PCM s16le.

    `checkpoint` is called about once per second of audio and may raise to give up.

    Raises:
        PermanentError: `unsupported_sample_rate`.
    """
    require_encodable(to, sample_rate_hz)
    pieces = _seconds(pcm, from_rate_hz, checkpoint)
    if to == "wav":
        return _wav(pieces, from_rate_hz, sample_rate_hz)
    codec = _mp3(sample_rate_hz) if to == "mp3" else _Codec("libopus", _OPUS_BITS_PER_S, _OPUS_OPTIONS)
    return _compressed(pieces, from_rate_hz, sample_rate_hz, to, codec)


def _seconds(pcm: bytes | bytearray | memoryview, rate_hz: int, checkpoint: Callable[[], None]) -> Iterator[bytes]:
    view = memoryview(pcm)
    step = rate_hz * 2
    for offset in range(0, len(view), step):
        checkpoint()
        yield bytes(view[offset : offset + step])


@dataclass(frozen=True)
class _Codec:
    name: str
    bits_per_s: int
    options: dict[str, str]


def _mp3(sample_rate_hz: int) -> _Codec:
    return _Codec("libmp3lame", _MP3_BITS_PER_S[sample_rate_hz], _MP3_OPTIONS)


def _compressed(
    pieces: Iterator[bytes], from_rate_hz: int, sample_rate_hz: int, container: str, codec: _Codec
) -> bytes:
    import av  # noqa: PLC0415 - 104 MB of FFmpeg, which a worker of other kinds never loads

    # Seekable: the MP3 muxer goes back to write the encoder's delay, which a decoder then leaves out.
    target = io.BytesIO()
    with av.open(target, "w", format=container) as output:
        # The types know a few codecs by name only.
        stream = cast("AudioStream", output.add_stream(codec.name, rate=sample_rate_hz, options=dict(codec.options)))
        stream.layout = "mono"
        stream.bit_rate = codec.bits_per_s
        for frame in _resampled(pieces, from_rate_hz, sample_rate_hz, stream.format.name):
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return target.getvalue()


def _wav(pieces: Iterator[bytes], from_rate_hz: int, sample_rate_hz: int) -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as output:
        output.setnchannels(1)
        output.setsampwidth(2)
        output.setframerate(sample_rate_hz)
        if sample_rate_hz == from_rate_hz:
            for piece in pieces:
                output.writeframesraw(piece)
        else:
            for frame in _resampled(pieces, from_rate_hz, sample_rate_hz, "s16"):
                # A plane is padded to its alignment: only the frame's own samples count.
                output.writeframesraw(bytes(frame.planes[0])[: frame.samples * 2])
    return target.getvalue()


def _resampled(pieces: Iterator[bytes], from_rate_hz: int, to_rate_hz: int, sample_format: str) -> Iterator[AudioFrame]:
    """Frames of mono audio in FFmpeg's `sample_format`, the resampler's tail included."""
    import av  # noqa: PLC0415 - see above

    resampler = av.AudioResampler(format=sample_format, layout="mono", rate=to_rate_hz)
    position = 0
    for piece in pieces:
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(piece) // 2)
        frame.sample_rate = from_rate_hz
        frame.pts = position
        frame.planes[0].update(piece.ljust(frame.planes[0].buffer_size, b"\0"))
        position += frame.samples
        yield from resampler.resample(frame)
    yield from resampler.resample(None)
