"""Recordings of any usual format to mono PCM s16le at 16 kHz, by FFmpeg. Runs in the decoder's own process alone.

docs/adr/0015-recordings-are-decoded-in-a-process-of-their-own.md
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import av
from av.error import InvalidDataError

from workers.engines.audio.claims import claimed_s, is_cut_off

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from av.audio.stream import AudioStream
    from av.container import InputContainer

RATE_HZ = 16_000
#: FFmpeg's names. Others open files or connections of their own accord (playlists, concat scripts, SDP), or are never
#: what a recorder writes; each more is more C code that strangers reach.
FORMATS = "wav,mp3,ogg,flac,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,aac"
CODECS = (
    "aac,alac,flac,mp3,mp3float,opus,vorbis,pcm_alaw,pcm_f32be,pcm_f32le,pcm_f64be,pcm_f64le,pcm_mulaw,pcm_s16be,"
    "pcm_s16le,pcm_s24be,pcm_s24le,pcm_s32be,pcm_s32le,pcm_s8,pcm_u8"
)
#: Sample rates that a recording may have. A resampler's tables grow with how far a rate is from its own.
MIN_HZ, MAX_HZ = 4_000, 384_000
#: A file may be this much longer than allowed: codecs pad, and people stop a moment late.
GRACE_S = 1.0

_OPTIONS = {"format_whitelist": FORMATS, "codec_whitelist": CODECS, "protocol_whitelist": ""}


class UnusableError(Exception):
    """The file is refused; `args[0]` is why: `damaged`, `no_sound` or `too_long`."""


@dataclass(frozen=True)
class Decoded:
    """What is known once a file is decoded."""

    truncated: bool
    """The file ends before the time that it claims."""
    damaged: int
    """How many packets could not be decoded and were left out."""


def decode(data: bytes, *, max_s: float, send: Callable[[bytes], None]) -> Decoded:
    """Decode a file; `send` is given mono PCM s16le at 16 kHz piece by piece.

    Raises:
        UnusableError: it is no recording of a known format, has no sound track, or lasts longer than `max_s`.
        Exception: whatever else PyAV raises over a damaged file, for example IndexError over an MP4 without a `moov`.
    """
    with av.open(io.BytesIO(data), "r", options=dict(_OPTIONS), metadata_errors="ignore") as container:
        stream = _sound_track(container)
        claimed = claimed_s(container, stream, data)
        frames = _Frames(container, stream)
        limit = int((max_s + GRACE_S) * RATE_HZ)
        for piece in _resampled(frames):
            limit -= len(piece) // 2
            if limit < 0:
                raise UnusableError("too_long")
            send(piece)
    if frames.damaged > frames.good:
        raise UnusableError("damaged")
    return Decoded(is_cut_off(data, container.format.name, claimed, frames.seconds), frames.damaged)


def _sound_track(container: InputContainer) -> AudioStream:
    if not container.streams.audio:
        raise UnusableError("no_sound" if container.streams.video else "damaged")
    stream = container.streams.audio[0]
    if stream.codec_context.name not in CODECS.split(","):
        raise UnusableError("damaged")
    return stream


class _Frames:
    """Frames of a stream; what can't be decoded is left out and counted."""

    def __init__(self, container: InputContainer, stream: AudioStream) -> None:
        self._container = container
        self._stream = stream
        self.good = 0
        self.damaged = 0
        self._sum_s = 0.0
        self._first_s: float | None = None
        self._last_s = 0.0

    @property
    def seconds(self) -> float:
        """From the first frame's start to the last one's end, or the sum of all, whichever is longer."""
        return max(self._sum_s, self._last_s - (self._first_s or 0.0))

    def __iter__(self) -> Iterator[av.AudioFrame]:
        for packet in self._container.demux(self._stream):
            try:
                frames = packet.decode()
            except InvalidDataError:
                self.damaged += 1
                continue
            self.good += 1
            for frame in frames:
                self._note(frame)
                yield frame

    def _note(self, frame: av.AudioFrame) -> None:
        if not MIN_HZ <= frame.sample_rate <= MAX_HZ:
            raise UnusableError("damaged")
        lasts_s = frame.samples / frame.sample_rate
        self._sum_s += lasts_s
        if frame.time is not None:
            self._first_s = frame.time if self._first_s is None else self._first_s
            self._last_s = frame.time + lasts_s


def _resampled(frames: Iterator[av.AudioFrame] | _Frames) -> Iterator[bytes]:
    """Mono PCM, the resampler's tail included. Files that were joined change their rate or channels on the way."""
    resampler: av.AudioResampler | None = None
    shape: Any = None
    for frame in frames:
        its_shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        if resampler is None or its_shape != shape:
            yield from _pcm(resampler, None)
            resampler, shape = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ), its_shape
        # Its timestamps are of no use from here on, and a jump in them upsets the resampler.
        frame.pts = None
        yield from _pcm(resampler, frame)
    yield from _pcm(resampler, None)


def _pcm(resampler: av.AudioResampler | None, frame: av.AudioFrame | None) -> Iterator[bytes]:
    if resampler is None:
        return
    for resampled in resampler.resample(frame):
        # A plane is padded to its alignment: only the frame's own samples count.
        yield bytes(resampled.planes[0])[: resampled.samples * 2]
