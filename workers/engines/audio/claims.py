"""How long a file claims to be, and whether it ends before that. A format that makes no claim is never cut off."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer

#: A claim may be wrong by this much: encoders pad, and players that write a length afterwards measure it by a clock.
TOLERANCE_S = 0.25
TOLERANCE = 0.01

#: WAV lengths from here on stand for "until the end", as those who write to a pipe put them (FFmpeg: 2^32 - 1, SoX:
#: about 2^31). No file of that size is taken.
_UNKNOWN_BYTES = 0x7FFF_0000
_OGG_HEADER_BYTES = 27
_BOX_HEADER_BYTES = 8
_ID3_HEADER_BYTES = 10
#: Longest frame, and a little more.
_MP3_FIRST_BYTES = 4096
#: Xing's flags, of which bit 0 says that a count of frames follows; or Fraunhofer's version, delay, quality and bytes.
_FRAME_COUNT = re.compile(
    rb"(?s:(?:Xing|Info)...[\x01\x03\x05\x07\x09\x0b\x0d\x0f](?P<xing>.{4})|VBRI.{10}(?P<vbri>.{4}))"
)
#: A decoder leaves out what the encoder put before and behind.
_MP3_PADDING_FRAMES = 2
#: MPEG-2 and 2.5 have lower sample rates, and half as many samples in a frame of layer III.
_MPEG1_LOWEST_HZ = 32_000


def claimed_s(container: InputContainer, stream: AudioStream, data: bytes) -> float | None:
    """Return how long the file says that it is, in seconds; None where it says nothing.

    FFmpeg's durations are taken where they come from a header, and left where it estimates them from size and bit rate:
    ADTS, MP3 (also where its header seems to disagree with its size), Matroska without a Duration (there alone the
    *stream* has one).
    """
    name = container.format.name.partition(",")[0]
    if name == "aac":
        return None
    if name == "mp3":
        return mp3_s(data, stream.codec_context.sample_rate)
    if name == "matroska":
        if stream.duration is not None:
            return None
        # The file's Duration is that of its longest track.
        return _container_s(container) if len(container.streams) == 1 else None
    if stream.duration is None or stream.time_base is None:
        return None
    return float(stream.duration * stream.time_base)


def is_cut_off(data: bytes, format_name: str, claimed: float | None, decoded_s: float) -> bool:
    """Whether the file ends too early, by its claim or by the length of its last part."""
    name = format_name.partition(",")[0]
    if name == "ogg":
        return is_ogg_cut(data)
    if name == "mov" and is_mp4_cut(data):
        return True
    if name == "wav":
        claimed = decoded_s * wav_length_ratio(data)
    return claimed is not None and claimed - decoded_s > max(TOLERANCE_S, TOLERANCE * claimed)


def wav_length_ratio(data: bytes) -> float:
    """How much longer a RIFF file's `data` chunk claims to be than it is; 1 where it makes no claim.

    FFmpeg shortens the chunk to what there is and says nothing.
    """
    at = 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        if name == b"data":
            there = max(1, len(data) - at - 8)
            return size / there if there < size < _UNKNOWN_BYTES else 1.0
        at += 8 + size + size % 2
    return 1.0


def is_ogg_cut(data: bytes) -> bool:
    """Whether an Ogg file ends within a page (RFC 3533, 6).

    A missing end-of-stream mark is not taken for a sign: some recorders never write it.
    """
    at = data.rfind(b"OggS\0")
    segments_at = at + _OGG_HEADER_BYTES
    if at < 0 or segments_at > len(data):
        return at >= 0
    table = data[segments_at : segments_at + data[segments_at - 1]]
    return segments_at + data[segments_at - 1] + sum(table) > len(data)


def _container_s(container: InputContainer) -> float | None:
    import av  # noqa: PLC0415 - the checks above need none of FFmpeg

    return None if container.duration is None else container.duration / av.time_base


def is_mp4_cut(data: bytes) -> bool:
    """Whether an MP4 file ends within a box (ISO/IEC 14496-12, 4.2), as one that is written in fragments does."""
    at = 0
    while at + 16 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        if size < _BOX_HEADER_BYTES:
            return False  # 0: until the end of the file
        at += size
    return at > len(data)


def mp3_s(data: bytes, sample_rate_hz: int) -> float | None:
    """Return what an MP3's first frame says of how long all of them are, in seconds; None where it is a plain frame.

    It lies behind the ID3v2 tag, whose size is 4 x 7 bits (https://id3.org/id3v2.4.0-structure, 3.1). Xing's and
    Fraunhofer's headers are described in https://www.codeproject.com/Articles/8295/MPEG-Audio-Frame-Header, 2.3.
    """
    start = 0
    if data[:3] == b"ID3" and len(data) >= _ID3_HEADER_BYTES:
        a, b, c, d = data[6:10]
        start = _ID3_HEADER_BYTES + (a << 21 | b << 14 | c << 7 | d)
    found = _FRAME_COUNT.search(data, start, start + _MP3_FIRST_BYTES)
    if found is None or sample_rate_hz <= 0:
        return None
    frames = int.from_bytes(found["xing"] or found["vbri"], "big")
    samples = 1152 if sample_rate_hz >= _MPEG1_LOWEST_HZ else 576
    return max(0, frames - _MP3_PADDING_FRAMES) * samples / sample_rate_hz
