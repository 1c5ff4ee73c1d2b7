"""Every format that is taken, through the decoder's process."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from schemas.errors import PermanentError
from tests.audio_files import HZ, encoded, spoken
from tests.hostile_audio import riff
from workers.engines.audio.decoder import Decoder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from workers.engines.ports import Recording

#: Container, codec, and what else; each holds the sentence.
FORMATS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "wav": ("wav", "pcm_s16le", {}),
    "wav, stereo, 44.1 kHz": ("wav", "pcm_s16le", {"rate_hz": 44_100, "layout": "stereo"}),
    "wav, 24 bits, 48 kHz": ("wav", "pcm_s24le", {"rate_hz": 48_000}),
    "wav, floating point": ("wav", "pcm_f32le", {}),
    "wav, 8 bits, 8 kHz": ("wav", "pcm_u8", {"rate_hz": 8_000}),
    "wav, G.711": ("wav", "pcm_mulaw", {"rate_hz": 8_000}),
    "wav, 5.1 channels": ("wav", "pcm_s16le", {"layout": "5.1", "rate_hz": 48_000}),
    "mp3": ("mp3", "libmp3lame", {}),
    "mp3, stereo, 44.1 kHz": ("mp3", "libmp3lame", {"rate_hz": 44_100, "layout": "stereo"}),
    "ogg, opus": ("ogg", "libopus", {"rate_hz": 48_000}),
    "ogg, vorbis": ("ogg", "vorbis", {"rate_hz": 44_100, "layout": "stereo", "codec_options": {"strict": "-2"}}),
    "ogg, flac": ("ogg", "flac", {}),
    "webm": ("webm", "libopus", {"rate_hz": 48_000}),
    "webm, stereo": ("webm", "libopus", {"rate_hz": 48_000, "layout": "stereo"}),
    "webm of a browser, without a duration": ("webm", "libopus", {"rate_hz": 48_000, "options": {"live": "1"}}),
    "m4a": ("ipod", "aac", {"rate_hz": 44_100}),
    "mp4, stereo, 48 kHz": ("mp4", "aac", {"rate_hz": 48_000, "layout": "stereo"}),
    "mp4 in fragments": (
        "mp4",
        "aac",
        {"rate_hz": 44_100, "options": {"movflags": "frag_keyframe+empty_moov", "frag_duration": "500000"}},
    ),
    "m4a, lossless": ("ipod", "alac", {"rate_hz": 44_100}),
    "aac without a container": ("adts", "aac", {"rate_hz": 44_100}),
    "flac": ("flac", "flac", {}),
    "flac, stereo, 96 kHz": ("flac", "flac", {"rate_hz": 96_000, "layout": "stereo"}),
}
#: These don't say how long they are, so that nobody can know whether some is missing.
SILENT_ABOUT_LENGTH = {"webm of a browser, without a duration", "aac without a container"}
#: Their index is at the end, or lost with it.
UNREADABLE_IF_CUT = {"m4a", "mp4, stereo, 48 kHz", "m4a, lossless"}


@cache
def made(name: str, *, times: int = 1) -> bytes:
    container, codec, fields = FORMATS[name]
    return encoded(np.tile(spoken(), times), container, codec, **fields)


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    decoder = Decoder()
    yield decoder
    decoder.close()


def decode(decoder: Decoder, data: bytes, *, max_s: float = 60) -> Recording:
    return decoder.decode(data, max_s=max_s, timeout_s=30)


def likeness(one: NDArray[np.int16], other: NDArray[np.int16]) -> tuple[float, float]:
    """The best correlation of two recordings, and how much later the second is then, in ms."""
    size = 1 << 18
    a, b = (samples.astype(float) - samples.mean() for samples in (one, other))
    across = np.fft.irfft(np.conj(np.fft.rfft(a, size)) * np.fft.rfft(b, size), size)
    best = int(across.argmax())
    lag = best if best < size // 2 else best - size
    return float(across[best] / np.sqrt((a**2).sum() * (b**2).sum())), lag * 1000 / HZ


@pytest.mark.parametrize("name", FORMATS)
def test_a_sentence_comes_out_of_every_format_as_it_went_in(decoder: Decoder, name: str):
    recording = decode(decoder, made(name))
    assert recording.samples.dtype == np.int16
    assert recording.duration_ms == pytest.approx(len(spoken()) * 1000 / HZ, abs=60)
    assert not recording.truncated
    alike, late_ms = likeness(spoken(), recording.samples)
    assert alike > (0.9 if "8 kHz" in name or "G.711" in name else 0.97)
    assert abs(late_ms) < (30 if "aac" in name or "fragments" in name else 10)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("share", [0.8, 0.4])
def test_a_file_that_ends_early_is_said_to_where_it_can_be_known(decoder: Decoder, name: str, share: float):
    data = made(name, times=3)
    cut = data[: int(len(data) * share)]
    if name in UNREADABLE_IF_CUT:
        with pytest.raises(PermanentError, match="unreadable_audio"):
            decode(decoder, cut)
        return
    recording = decode(decoder, cut)
    assert recording.truncated == (name not in SILENT_ABOUT_LENGTH)
    assert recording.duration_ms == pytest.approx(3 * len(spoken()) * 1000 / HZ * share, abs=1_200)


def test_a_plain_wav_comes_out_bit_by_bit(decoder: Decoder):
    assert np.array_equal(decode(decoder, made("wav")).samples, spoken())


@pytest.mark.parametrize("name", ["wav", "webm", "mp3", "flac"])
def test_a_recording_may_last_as_long_as_allowed_and_a_moment_longer(decoder: Decoder, name: str):
    container, codec, fields = FORMATS[name]
    data = encoded(np.resize(spoken(), 4 * HZ), container, codec, **fields)
    assert decode(decoder, data, max_s=4).duration_ms == pytest.approx(4_000, abs=60)
    assert decode(decoder, data, max_s=3.5).duration_ms == pytest.approx(4_000, abs=60)
    with pytest.raises(PermanentError, match=r"audio_too_long: .* longer than 2 seconds"):
        decode(decoder, data, max_s=2)


def test_files_that_were_joined_are_heard_to_the_end(decoder: Decoder):
    joined = made("mp3") + made("mp3, stereo, 44.1 kHz")
    recording = decode(decoder, joined)
    assert recording.duration_ms == pytest.approx(2 * len(spoken()) * 1000 / HZ, abs=250)
    assert not recording.truncated


def test_a_mp3_without_a_length_is_not_said_to_be_cut(decoder: Decoder):
    data = encoded(spoken(), "mp3", "libmp3lame", options={"write_xing": "0"})
    assert not decode(decoder, data[: len(data) // 2]).truncated


@pytest.mark.parametrize("claimed", [0, 0xFFFFFFFF, 0x7FFFFFD7], ids=["0", "FFmpeg's", "SoX's"])
def test_a_wav_that_was_written_to_a_pipe_is_heard_to_the_end(decoder: Decoder, claimed: int):
    recording = decode(decoder, riff(claimed=claimed, body=spoken().tobytes()))
    assert np.array_equal(recording.samples, spoken())
    assert not recording.truncated


def test_damage_in_the_middle_is_skipped(decoder: Decoder):
    data = bytearray(made("webm"))
    middle = len(data) // 2
    data[middle : middle + 200] = bytes(200)
    recording = decode(decoder, bytes(data))
    assert recording.duration_ms > 0.4 * len(spoken()) * 1000 / HZ
