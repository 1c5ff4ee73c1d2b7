"""Files made to hurt: each is refused or decoded, within limits that are measured from outside."""

from __future__ import annotations

import contextlib
import io
import threading
import time
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import av
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.errors import PermanentError
from tests.audio_files import encoded, spoken, wav
from tests.hostile_audio import HOSTILE, playlists, video
from tests.memory import status_mb
from workers.engines.audio import decode
from workers.engines.audio.decoder import Decoder

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes through /proc")

#: What one file may take. The worst of them took 76 MB, and 0.2 s of CPU time; a machine's cores may be busy.
MAX_RSS_MB = 200
MAX_CPU_S = 1.0
MAX_S = 10.0

REFUSALS = {"unreadable_audio", "audio_too_long"}
#: These are decoded, at least in part; all others are refused.
DECODED = {
    *("WAV: claims 4 GB", "WAV: claims 1 GB", "MP3: tag of 12 MB", "MP3: picture and sound", "MP3: cut"),
    *("MP3: damaged", "WebM: cut", "WebM: damaged", "Ogg: cut", "FLAC: cut", "Matroska: 300 tracks"),
    "Matroska: a film with sound",
}
TOO_LONG = {"FLAC: ten hours of silence", "Opus: an hour of silence"}


@dataclass
class Web:
    """A server that nobody is to ask."""

    url: str
    asked: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        seen = Web(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield seen
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("secret") / "secret.wav"
    path.write_bytes(wav(spoken()))
    return path


@pytest.fixture(scope="module")
def decoder(secret: Path) -> Iterator[Decoder]:
    decoder = Decoder()
    # The secret lies in the process's working directory, so that its bare name would open it.
    with contextlib.chdir(secret.parent):
        decoder.child.hello(timeout_s=10)
    yield decoder
    decoder.close()


def outcome(decoder: Decoder, data: bytes) -> str:
    """The code of the refusal, or `decoded`; fails where the process did not live through it."""
    pid = decoder.child.pid
    try:
        decoder.decode(data, max_s=60, timeout_s=30)
    except PermanentError as error:
        said = error.code
    else:
        said = "decoded"
    assert decoder.child.pid == pid
    return said


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_file_is_refused_or_decoded_within_limits(decoder: Decoder, name: str):
    expected = "decoded" if name in DECODED else "audio_too_long" if name in TOO_LONG else "unreadable_audio"
    process = Path(f"/proc/{decoder.child.pid}")
    data = HOSTILE[name]()
    (process / "clear_refs").write_text("5")  # starts the peak of the memory anew
    began, cpu = time.monotonic(), _cpu_s(process)
    assert outcome(decoder, data) == expected
    assert time.monotonic() - began < MAX_S
    assert _cpu_s(process) - cpu < MAX_CPU_S
    assert status_mb("VmHWM", int(process.name)) < MAX_RSS_MB


def test_there_are_enough_of_them_and_all_that_is_expected_is_tried():
    assert len(HOSTILE) + len(playlists("", "")) > 60
    assert set(HOSTILE) >= DECODED | TOO_LONG


@pytest.mark.parametrize("name", sorted(playlists("", "")))
def test_a_file_opens_no_other_file_and_no_connection(decoder: Decoder, web: Web, secret: Path, name: str):
    began = time.monotonic()
    assert outcome(decoder, playlists(web.url, str(secret))[name]) == "unreadable_audio"
    assert web.asked == []
    assert time.monotonic() - began < MAX_S


@pytest.mark.parametrize("name", sorted(playlists("", "")))
def test_even_a_format_that_opens_others_could_open_none(
    web: Web, secret: Path, name: str, monkeypatch: pytest.MonkeyPatch
):
    opening = "hls,concat,sdp,rtp,rtsp,dash,asx,image2,ffmetadata"
    monkeypatch.setitem(decode._OPTIONS, "format_whitelist", f"{decode.FORMATS},{opening}")  # noqa: SLF001
    pieces: list[bytes] = []
    with contextlib.chdir(secret.parent), pytest.raises((decode.UnusableError, av.FFmpegError)):
        decode.decode(playlists(web.url, str(secret))[name], max_s=60, send=pieces.append)
    assert web.asked == []
    assert pieces == []


def test_the_secret_itself_would_be_decoded(decoder: Decoder, secret: Path):
    assert outcome(decoder, secret.read_bytes()) == "decoded"


@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])
def test_pictures_of_a_film_are_never_decoded(codec: str):
    film = video("matroska", codec, with_sound=True)
    with av.open(io.BytesIO(film), "r", options=dict(decode._OPTIONS)) as container:  # noqa: SLF001
        # FFmpeg looks at the first pictures to find out, where it may.
        assert container.streams.video[0].codec_context.pix_fmt is None


@cache
def valid() -> tuple[bytes, ...]:
    made = [("wav", "pcm_s16le", 16_000), ("mp3", "libmp3lame", 16_000), ("webm", "libopus", 48_000)]
    made += [("ogg", "libopus", 48_000), ("ipod", "aac", 44_100), ("flac", "flac", 16_000), ("adts", "aac", 44_100)]
    return tuple(encoded(spoken()[:16_000], container, codec, rate_hz=rate) for container, codec, rate in made)


_STARTS = st.sampled_from(
    [
        *(b"", b"RIFF\xff\xff\xff\xffWAVEfmt ", b"OggS\0\2", b"fLaC\0\0\0\x22", b"\x1aE\xdf\xa3", b"ID3\4\0\0"),
        *(b"\xff\xfb", b"\xff\xf1", b"\0\0\0\x18ftypM4A "),
    ]
)


@settings(max_examples=150)
@given(_STARTS, st.binary(max_size=5_000))
def test_random_bytes_do_no_harm(decoder: Decoder, start: bytes, data: bytes):
    assert outcome(decoder, start + data) in REFUSALS | {"decoded"}


@settings(max_examples=200)
@given(
    st.integers(0, 6),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=8)), min_size=1, max_size=30),
    st.floats(0.05, 1),
)
@example(0, [(0.0, b"RIFX")], 1.0)
def test_damaged_recordings_do_no_harm(decoder: Decoder, which: int, damages: list[tuple[float, bytes]], share: float):
    data = bytearray(valid()[which])
    for where, what in damages:
        # Half of the damage is in the first thousand bytes: that is where the sizes are.
        at = int(where * 2 * len(data)) if where < 0.5 else int((where - 0.5) * 2 * min(1_000, len(data)))
        data[at : at + len(what)] = what
    assert outcome(decoder, bytes(data[: int(len(data) * share)])) in REFUSALS | {"decoded"}


def _cpu_s(process: Path) -> float:
    return sum(map(int, (process / "stat").read_text().rpartition(")")[2].split()[11:13])) / 100
