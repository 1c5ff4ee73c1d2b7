"""Files that nobody should be able to hurt a decoder with."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, cast

import av
import numpy as np

from tests.audio_files import encoded, spoken, wav

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from av import VideoStream

_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
_GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")


def riff(  # noqa: PLR0913 - the header's fields
    *,
    channels: int = 1,
    rate_hz: int = 16_000,
    bits: int = 16,
    claimed: int,
    body: bytes,
    before: bytes = b"",
    codec: int = 1,
) -> bytes:
    """A WAV file whose header says what it likes."""
    block = channels * bits // 8 & 0xFFFF
    fields = struct.pack("<IHHIIHH", 16, codec, channels, rate_hz, rate_hz * block & 0xFFFFFFFF, block, bits)
    return b"RIFF\xff\xff\xff\xffWAVEfmt " + fields + before + b"data" + struct.pack("<I", claimed) + body


def damaged(data: bytes, *, keep: int = 0, every: int = 97) -> bytes:
    """Each so-manieth byte turned over, from `keep` on."""
    return bytes(byte ^ 0xFF if i >= keep and i % every == 0 else byte for i, byte in enumerate(data))


def long_flac(hours: float) -> bytes:
    """Silence at 8 kHz, in the longest blocks that there are (RFC 9639): 14 bytes for eight seconds."""
    block, rate_hz = 65_535, 8_000
    count = int(hours * 3_600 * rate_hz / block)
    about = struct.pack(">HH", block, block) + bytes(6)
    about += (rate_hz << 44 | (16 - 1) << 36 | count * block).to_bytes(8, "big") + bytes(16)
    header = b"fLaC\x80" + len(about).to_bytes(3, "big") + about
    return header + b"".join(_silent_block(number, block) for number in range(count))


def _silent_block(number: int, samples: int) -> bytes:
    # Fixed block size; its length in 16 bits behind the number; 8 kHz; one channel; 16 bits. One constant subframe.
    head = b"\xff\xf8\x74\x08" + chr(number).encode() + struct.pack(">H", samples - 1)
    whole = head + bytes([_crc(head, 8, 0x07)]) + b"\0\0\0"
    return whole + _crc(whole, 16, 0x8005).to_bytes(2, "big")


def _crc(data: bytes, bits: int, polynomial: int) -> int:
    value = 0
    for byte in data:
        value ^= byte << (bits - 8)
        for _ in range(8):
            value = (value << 1) ^ (polynomial if value >> (bits - 1) else 0)
            value &= (1 << bits) - 1
    return value


def long_opus(hours: float) -> bytes:
    """The same thirty packets of silence over and over, in Ogg."""
    second = io.BytesIO(encoded(np.zeros(16_000, np.int16), "ogg", "libopus", rate_hz=48_000))
    target = io.BytesIO()
    with av.open(second, "r") as source, av.open(target, "w", format="ogg") as output:
        stream = source.streams.audio[0]
        copied = output.add_stream_from_template(stream)
        packets = [bytes(packet) for packet in source.demux(stream) if packet.size]
        for index in range(int(hours * 3_600 * 50)):
            packet = av.Packet(packets[5 + index % 30])
            packet.pts = packet.dts = index * 960
            packet.duration, packet.time_base, packet.stream = 960, Fraction(1, 48_000), copied
            output.mux(packet)
    return target.getvalue()


def many_streams(count: int) -> bytes:
    """A Matroska file with so many sound tracks, all but empty."""
    target = io.BytesIO()
    with av.open(target, "w", format="matroska") as output:
        streams = [output.add_stream("pcm_s16le", rate=16_000, layout="mono") for _ in range(count)]
        for stream in streams:
            frame = av.AudioFrame.from_ndarray(spoken()[None, :1_600].copy(), format="s16", layout="mono")
            frame.sample_rate = 16_000
            output.mux(stream.encode(frame))
    return target.getvalue()


def video(container: str, codec: str, *, with_sound: bool = False) -> bytes:
    """Two seconds of a grey picture."""
    target = io.BytesIO()
    with av.open(target, "w", format=container) as output:
        stream = cast("VideoStream", output.add_stream(codec, rate=10))
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        sound = None
        if with_sound:
            sound = output.add_stream("pcm_s16le", rate=16_000, layout="mono")
        for index in range(20):
            picture = av.VideoFrame(320, 240, "yuv420p")
            picture.pts = index
            output.mux(stream.encode(picture))
        output.mux(stream.encode(None))
        if sound is not None:
            frame = av.AudioFrame.from_ndarray(spoken()[None, :].copy(), format="s16", layout="mono")
            frame.sample_rate = 16_000
            output.mux(sound.encode(frame))
    return target.getvalue()


def zipped(data: bytes) -> bytes:
    """The data in a ZIP archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.wav", data)
    return target.getvalue()


def tagged(data: bytes, *, tag: bytes, claimed: int | None = None) -> bytes:
    """Data behind an ID3v2 tag, which may claim another size than it has."""
    size = len(tag) if claimed is None else claimed
    return b"ID3\3\0\0" + bytes(size >> shift & 127 for shift in (21, 14, 7, 0)) + tag + data


def _picture_tag() -> bytes:
    body = b"\0image/png\0\3\0" + _PNG
    return b"APIC" + struct.pack(">I", len(body)) + b"\0\0" + body


def playlists(web: str, secret: str) -> dict[str, bytes]:
    """Files that have FFmpeg open others: addresses below `web`, and the file `secret`."""
    hls = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{}\n#EXT-X-ENDLIST\n"
    dash = (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration='
        '"PT10S"><Period><AdaptationSet mimeType="audio/mp4"><Representation id="1" bandwidth="1"><BaseURL>{}'
        "</BaseURL></Representation></AdaptationSet></Period></MPD>"
    )
    texts = {
        "HLS with an address": hls.format(f"{web}/a.ts"),
        "HLS with a file": hls.format(f"file://{secret}"),
        "HLS with a path": hls.format(secret),
        "HLS with an encryption key": hls.format("data:audio/wav;base64,UklGRg==").replace(
            "#EXTINF", f'#EXT-X-KEY:METHOD=AES-128,URI="{web}/key"\n#EXTINF'
        ),
        "ffconcat with a path": f"ffconcat version 1.0\nfile '{secret}'\n",
        "ffconcat with a name": "ffconcat version 1.0\nfile secret.wav\n",
        "ffconcat with an address": f"ffconcat version 1.0\nfile '{web}/a.wav'\n",
        "SDP": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n",
        "DASH with an address": dash.format(f"{web}/a.mp4"),
        "DASH with a file": dash.format(f"file://{secret}"),
        "PLS": f"[playlist]\nFile1={web}/a.mp3\nNumberOfEntries=1\n",
        "ASX": f'<asx version="3.0"><entry><ref href="{web}/a.wma"/></entry></asx>',
        "SVG": f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{web}/a.png"/></svg>',
        "RTSP redirect": f"RTSPtext rtsp://{web.removeprefix('http://')}/a",
    }
    return {name: text.encode() for name, text in texts.items()}


@cache
def plain() -> bytes:
    """The sentence as WAV."""
    return wav(spoken())


@cache
def mp3() -> bytes:
    """The sentence as MP3."""
    return encoded(spoken(), "mp3", "libmp3lame")


@cache
def webm() -> bytes:
    """The sentence as WebM."""
    return encoded(spoken(), "webm", "libopus", rate_hz=48_000)


@cache
def m4a() -> bytes:
    """The sentence as M4A."""
    return encoded(spoken(), "ipod", "aac", rate_hz=44_100)


@cache
def ogg() -> bytes:
    """The sentence as Ogg."""
    return encoded(spoken(), "ogg", "libopus", rate_hz=48_000)


@cache
def flac() -> bytes:
    """The sentence as FLAC."""
    return encoded(spoken(), "flac", "flac")


#: All other files by name, each made when it is asked for.
HOSTILE: Mapping[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "one byte": lambda: b"R",
    "zero bytes": lambda: bytes(100_000),
    "random": lambda: random.Random(1).randbytes(1 << 20),
    "random behind a frame's sync": lambda: b"".join(
        b"\xff\xfb\x90\x64" + random.Random(seed).randbytes(413) for seed in range(2_000)
    ),
    "text": lambda: "안녕하세요, 선생님.\n".encode() * 1_000,
    "HTML": lambda: b"<!DOCTYPE html><html><body><audio src=x></body></html>" * 100,
    "JSON": lambda: b'{"audio": "UklGRg=="}',
    "ZIP": lambda: zipped(plain()),
    "PNG": lambda: _PNG,
    "GIF, animated": lambda: _GIF[:13] + _GIF[13:-1] * 500 + b";",
    "PDF": lambda: b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
    "executable": lambda: b"\x7fELF" + random.Random(1).randbytes(10_000),
    "WAV: header only": lambda: plain()[:44],
    "WAV: half a header": lambda: plain()[:20],
    "WAV: claims 4 GB": lambda: riff(claimed=0xFFFFFFFE, body=plain()[44:]),
    "WAV: claims 1 GB": lambda: riff(claimed=1 << 30, body=plain()[44:]),
    "WAV: 65535 channels": lambda: riff(channels=65_535, claimed=32_000, body=bytes(32_000)),
    "WAV: 255 channels": lambda: riff(channels=255, claimed=510_000, body=bytes(510_000)),
    "WAV: 0 channels": lambda: riff(channels=0, claimed=32_000, body=bytes(32_000)),
    "WAV: rate 0": lambda: riff(rate_hz=0, claimed=32_000, body=bytes(32_000)),
    "WAV: rate 4 GHz": lambda: riff(rate_hz=4_000_000_000, claimed=32_000, body=bytes(32_000)),
    "WAV: rate 2 GHz": lambda: riff(rate_hz=2_000_000_000, claimed=32_000, body=bytes(32_000)),
    "WAV: rate 1": lambda: riff(rate_hz=1, bits=8, claimed=320_000, body=bytes(320_000)),
    "WAV: 0 bits": lambda: riff(bits=0, claimed=32_000, body=bytes(32_000)),
    "WAV: 24 MB of chunks": lambda: riff(claimed=10, body=bytes(10), before=(b"LIST" + bytes(4)) * 3_000_000),
    "WAV: a chunk of 4 GB": lambda: riff(claimed=10, body=bytes(10), before=b"LIST\xf0\xff\xff\xff"),
    "WAV: video codec": lambda: riff(codec=0x1234, claimed=32_000, body=bytes(32_000)),
    "MP3: tag of 256 MB": lambda: tagged(mp3(), tag=b"TIT2", claimed=(1 << 28) - 1),
    "MP3: tag of 12 MB": lambda: tagged(
        mp3(), tag=b"TXXX" + struct.pack(">I", 12_000_000) + b"\0\0" + bytes(12_000_000)
    ),
    "MP3: nothing but a picture": lambda: tagged(b"", tag=_picture_tag()),
    "MP3: picture and sound": lambda: tagged(mp3(), tag=_picture_tag()),
    "MP3: cut": lambda: mp3()[: len(mp3()) // 2],
    "MP3: damaged": lambda: damaged(mp3(), every=31),
    "WebM: cut in its header": lambda: webm()[:150],
    "WebM: cut": lambda: webm()[: len(webm()) // 2],
    "WebM: damaged": lambda: damaged(webm(), keep=300),
    "WebM: damaged header": lambda: damaged(webm(), every=13),
    "M4A: without its index": lambda: m4a()[: len(m4a()) // 2],
    "M4A: damaged": lambda: damaged(m4a(), every=311),
    "M4A: nested boxes": lambda: b"".join(struct.pack(">I4s", 8 * (40_000 - i), b"moov") for i in range(40_000)),
    "Ogg: cut": lambda: ogg()[: len(ogg()) - 1_000],
    "Ogg: damaged": lambda: damaged(ogg(), keep=200),
    "Ogg: headers only": lambda: ogg()[:100],
    "FLAC: cut": lambda: flac()[: len(flac()) // 2],
    "FLAC: damaged": lambda: damaged(flac(), every=4_001),
    "FLAC: ten hours of silence": lambda: long_flac(10),
    "Opus: an hour of silence": lambda: long_opus(1),
    "Matroska: 300 tracks": lambda: many_streams(300),
    "MP4: a film without sound": lambda: video("mp4", "mpeg4"),
    "Matroska: H.264 without sound": lambda: video("matroska", "libx264"),
    "Matroska: a film with sound": lambda: video("matroska", "mpeg4", with_sound=True),
    "AIFF": lambda: encoded(spoken(), "aiff", "pcm_s16be"),
    "AU": lambda: encoded(spoken(), "au", "pcm_s16be"),
    "CAF": lambda: encoded(spoken(), "caf", "pcm_s16be"),
    "AVI with sound": lambda: video("avi", "mpeg4", with_sound=True),
    "Matroska: a codec of 1991": lambda: encoded(spoken(), "matroska", "mp2", rate_hz=44_100),
    "AVI": lambda: video("avi", "mpeg4"),
}
