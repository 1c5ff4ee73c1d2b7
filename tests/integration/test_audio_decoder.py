"""The decoder's process, and the recording that handlers are given."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from schemas.errors import PermanentError, TransientError
from tests.audio_files import HZ, encoded, spoken, wav
from tests.hostile_audio import long_opus
from tests.memory import status_mb
from tests.waiting import runs, wait_until
from workers.engines.audio import decoder as decoding
from workers.engines.audio.decoder import MAX_BYTES, Decoder
from workers.engines.audio.file import AudioFile
from workers.engines.audio.server import MAX_ADDRESS_BYTES
from workers.engines.child import files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.engines.ports import Call, Recording

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes through /proc")


class Source:
    """A file in memory that counts how often it is read."""

    uri = "s3://bucket/user-audio/a/b"

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.reads = 0

    def read(self) -> bytes:
        self.reads += 1
        return self.data


def attempt(remaining_s: float = 30) -> Call:
    """An attempt with so much time left."""
    return cast("Call", SimpleNamespace(remaining_s=remaining_s))


@pytest.fixture(scope="module")
def shared() -> Iterator[Decoder]:
    decoder = Decoder()
    yield decoder
    decoder.close()


@pytest.fixture
def planted() -> Iterator[Decoder]:
    decoder = Decoder("tests.planted_decoder")
    yield decoder
    decoder.close()


def decode(decoder: Decoder, data: bytes, *, timeout_s: float = 30) -> Recording:
    return decoder.decode(data, max_s=60, timeout_s=timeout_s)


def audio(data: bytes, by: Decoder, *, remaining_s: float = 30, max_s: float = 60) -> AudioFile:
    return AudioFile(Source(data), attempt(remaining_s), max_s=max_s, by=by)


def test_a_recording_is_read_and_decoded_once_and_only_when_asked_for(shared: Decoder):
    source = Source(wav(spoken()))
    recording = AudioFile(source, attempt(), max_s=60, by=shared)
    assert (recording.uri, source.reads) == (source.uri, 0)
    first = recording.recording()
    assert recording.recording() is first
    assert source.reads == 1
    assert np.array_equal(first.samples, spoken())
    assert first.duration_ms == len(spoken()) * 1000 // HZ
    assert recording.read() == source.data


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(0, "unreadable_audio"), (0.1, "audio_too_short"), (2, "no_speech"), (60, "no_speech")],
    ids=["no samples", "a tenth of a second", "two seconds of silence", "a minute of silence"],
)
def test_what_has_no_speech_in_it_is_refused(shared: Decoder, seconds: float, code: str):
    with pytest.raises(PermanentError, match=code):
        audio(wav(np.zeros(int(seconds * HZ), np.int16)), shared).recording()


def test_refusals_say_what_is_taken(shared: Decoder):
    with pytest.raises(PermanentError, match=r"in a format other than these: WAV, MP3, Ogg .*, WebM, M4A, FLAC"):
        audio(b"MZ no audio at all", shared).recording()
    with pytest.raises(PermanentError, match="lasts longer than 1 seconds"):
        audio(wav(np.tile(spoken(), 2)), shared, max_s=1).recording()
    with pytest.raises(PermanentError, match="lasts longer than 10 minutes"):
        audio(long_opus(0.2), shared, max_s=600).recording()
    with pytest.raises(PermanentError, match="audio_too_large: The file is larger than 50 MB"):
        audio(bytes(MAX_BYTES + 1), shared).recording()


def test_the_longest_file_that_is_taken_fits_the_process(shared: Decoder):
    data = encoded(spoken(), "wav", "pcm_s16le", rate_hz=48_000, layout="stereo")
    rest = MAX_BYTES - len(data) - 8
    data += b"LIST" + rest.to_bytes(4, "little") + bytes(rest)
    assert audio(data, shared).recording().duration_ms > 2_000
    assert status_mb("VmPeak", shared.child.pid) < MAX_ADDRESS_BYTES >> 20
    # It lets go of the file: a worker that is idle keeps none in memory.
    decode(shared, wav(spoken()))
    assert status_mb("VmRSS", shared.child.pid) < 100


def test_one_process_decodes_file_after_file_and_threads_take_turns(shared: Decoder):
    decode(shared, wav(spoken()))
    pid = shared.child.pid
    files = [wav(np.tile(spoken(), count)) for count in range(1, 9)]
    with ThreadPoolExecutor(8) as pool:
        lengths = list(pool.map(lambda data: len(decode(shared, data).samples), files * 2))
    assert lengths == [len(spoken()) * count for count in range(1, 9)] * 2
    assert shared.child.pid == pid


def test_the_process_is_given_no_secrets_and_is_limited(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    decoder = Decoder()
    try:
        decode(decoder, wav(spoken()))
        proc = Path(f"/proc/{decoder.child.pid}")
        assert b"made-up" not in (proc / "environ").read_bytes()
        limits = {line[:25].strip(): line[25:].split()[0] for line in (proc / "limits").read_text().splitlines()}
        assert int(limits["Max address space"]) == MAX_ADDRESS_BYTES
        assert int(limits["Max cpu time"]) < 30
        assert limits["Max core file size"] == "0"
    finally:
        decoder.close()


def test_a_file_that_crashes_the_decoder_twice_is_unreadable(planted: Decoder):
    decode(planted, wav(spoken()))
    before = planted.child.pid
    with pytest.raises(PermanentError, match="unreadable_audio"):
        decode(planted, b"SEGV ")
    assert len(decode(planted, wav(spoken())).samples) == len(spoken())
    assert planted.child.pid != before


def test_a_crash_that_does_not_happen_again_is_not_noticed(planted: Decoder, tmp_path: Path):
    data = b"SEGV-ONCE " + os.fsencode(tmp_path / "marker") + b" " + wav(spoken())
    assert len(decode(planted, data).samples) == len(spoken())
    assert (tmp_path / "marker").exists()


@pytest.mark.parametrize("word", [b"KILL ", b"EXIT "])
def test_a_process_that_is_ended_from_outside_is_not_the_files_fault(planted: Decoder, word: bytes):
    with pytest.raises(TransientError, match="engine_crashed"):
        decode(planted, word)
    assert len(decode(planted, wav(spoken())).samples) == len(spoken())


def test_the_kernel_ends_a_file_that_computes_too_long(planted: Decoder, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(decoding, "CPU_S", 1)
    monkeypatch.setattr(decoding, "CPU_PER_SECOND", 0)
    monkeypatch.setattr(files, "PATIENCE", 30)
    planted.child.hello(timeout_s=10)
    pid = planted.child.pid
    with pytest.raises(PermanentError, match="unreadable_audio: The recording takes too long to decode"):
        decode(planted, b"SPIN ")
    assert pid is not None
    assert not runs(pid)


def test_a_file_that_takes_more_memory_than_allowed_is_unreadable(planted: Decoder):
    decode(planted, wav(spoken()))
    before = planted.child.pid
    with pytest.raises(PermanentError, match="unreadable_audio"):
        decode(planted, b"EAT " + wav(spoken()))
    assert planted.child.pid == before


def test_a_decoder_that_stands_still_is_killed_when_the_attempt_is_about_to_end(
    planted: Decoder, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("workers.engines.audio.file.MARGIN_S", 10)
    decode(planted, wav(spoken()))
    pid = planted.child.pid
    began = time.monotonic()
    with pytest.raises(TransientError, match="engine_timeout"):
        audio(b"SLEEP ", planted, remaining_s=10.5).recording()
    assert time.monotonic() - began < 10.5
    assert pid is not None
    assert not runs(pid)


def test_an_attempt_without_time_left_leaves_the_decoder_alone(shared: Decoder):
    decode(shared, wav(spoken()))
    pid = shared.child.pid
    with pytest.raises(TransientError, match="engine_timeout"):
        audio(wav(spoken()), shared, remaining_s=0.5).recording()
    assert shared.child.pid == pid
    assert not shared.child.has_ended


def test_a_decoder_that_stands_still_is_killed_long_before_a_long_attempt_ends(
    planted: Decoder, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(files, "PATIENCE", 0.1)
    began = time.monotonic()
    with pytest.raises(TransientError, match="engine_timeout"):
        audio(b"SLEEP ", planted, remaining_s=1_800).recording()
    assert time.monotonic() - began < 10


def test_a_decoder_that_died_while_idle_is_replaced(shared: Decoder):
    decode(shared, wav(spoken()))
    pid = shared.child.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: shared.child.has_ended)
    assert len(decode(shared, wav(spoken())).samples) == len(spoken())


def test_nothing_of_a_file_is_logged(capfd: pytest.CaptureFixture[str]):
    decoder = Decoder()
    info = b"INFOINAM" + len(b"my secret").to_bytes(4, "little") + b"my secret\0"
    damaged = wav(spoken())[:36] + b"LIST" + len(info).to_bytes(4, "little") + info + b"fmt my secret"
    try:
        for data in (damaged, b"v=0\ns=my secret\nm=audio 1 RTP/AVP 0\n", b"#EXTM3U\nmy secret\n", b"ID3\4\0my secret"):
            with pytest.raises(PermanentError) as refused:
                decode(decoder, data)
            assert "my secret" not in str(refused.value)
    finally:
        decoder.close()
    said = "".join(capfd.readouterr())
    assert "file_refused" in said
    assert "my secret" not in said
    assert "stderr" not in said


def test_the_decoder_ends_with_its_worker():
    code = (
        "import sys; from tests.audio_files import *; from workers.engines.audio.decoder import DECODER\n"
        "DECODER.decode(wav(spoken()), max_s=60, timeout_s=30)\n"
        "print('pid', DECODER.child.pid, flush=True); sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as parent:
        assert parent.stdout is not None
        pid = next(int(line.split()[1]) for line in parent.stdout if line.startswith("pid"))
        assert runs(pid)
        parent.kill()
    wait_until(lambda: not runs(pid), timeout_s=3)


def test_a_worker_that_has_decoded_nothing_has_loaded_neither_ffmpeg_nor_numpy_and_started_nothing():
    code = (
        "import sys; from workers.engines.audio.file import DECODER, AudioFile\n"
        "AudioFile(None, None, max_s=1)\n"
        "sys.exit(bool({'av', 'numpy'} & set(sys.modules)) or DECODER.child.pid is not None)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
