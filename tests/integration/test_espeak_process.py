from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from schemas.errors import TransientError
from schemas.kinds.tts import TtsRequest
from tests.waiting import runs, wait_until
from workers.engines.espeak.engine import EspeakEngine
from workers.engines.espeak.library import Utterance
from workers.engines.espeak.process import EspeakProcess, RefusedByEspeakError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes through /proc")


@pytest.fixture
def process() -> Iterator[EspeakProcess]:
    process = EspeakProcess()
    yield process
    process.close()


def utterance(text: str = "Hello there.", **fields: object) -> Utterance:
    defaults = {"ssml": False, "voice": "gmw/en-US", "words_per_minute": 175, "max_samples": 10**9}
    return Utterance(text=text, **(defaults | fields))  # type: ignore[arg-type]


def endless() -> Utterance:
    """About seven CPU seconds of work, more than any test waits."""
    return utterance("seventy seven thousand. " * 20_000)


def test_nothing_is_started_before_the_first_text(process: EspeakProcess):
    assert process.pid is None
    assert process.hello(timeout_s=10).version.startswith("1.")
    assert process.pid is not None


def test_one_process_speaks_text_after_text(process: EspeakProcess):
    process.speak(utterance(), timeout_s=10)
    first = process.pid
    process.speak(utterance("And again."), timeout_s=10)
    assert process.pid == first


def test_a_timeout_kills_the_process_and_the_next_text_is_spoken(process: EspeakProcess):
    process.hello(timeout_s=10)
    pid = process.pid
    assert pid is not None
    began = time.monotonic()
    with pytest.raises(TransientError, match="engine_timeout"):
        process.speak(endless(), timeout_s=0.5)
    assert time.monotonic() - began < 5
    assert not runs(pid)
    assert len(process.speak(utterance(), timeout_s=10).pcm) > 20_000


def test_a_process_that_stands_still_is_a_timeout(process: EspeakProcess):
    process.hello(timeout_s=10)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGSTOP)
    # Longer than a pipe holds: the write itself blocks.
    with pytest.raises(TransientError, match="engine_timeout"):
        process.speak(utterance("word " * 40_000), timeout_s=0.5)
    assert process.pid is None


def test_a_killed_process_is_a_crash_and_the_next_text_is_spoken(process: EspeakProcess):
    process.hello(timeout_s=10)
    pid = process.pid
    assert pid is not None
    idle_ticks = _cpu_ticks(pid)

    def kill_at_work() -> None:
        # A process that is killed before it has a text is replaced unnoticed.
        wait_until(lambda: _cpu_ticks(pid) > idle_ticks + 5)
        os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill_at_work)
    killer.start()
    with pytest.raises(TransientError, match="engine_crashed"):
        process.speak(endless(), timeout_s=30)
    killer.join()
    assert len(process.speak(utterance(), timeout_s=10).pcm) > 20_000


def test_a_process_killed_between_two_texts_is_replaced_unnoticed(process: EspeakProcess):
    process.hello(timeout_s=10)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    wait_until(lambda: process.child.has_ended)
    assert len(process.speak(utterance(), timeout_s=10).pcm) > 20_000


def test_a_voice_that_espeak_refuses_leaves_the_process_in_use(process: EspeakProcess):
    process.hello(timeout_s=10)
    pid = process.pid
    with pytest.raises(RefusedByEspeakError):
        process.speak(utterance(voice="no/such"), timeout_s=10)
    process.speak(utterance(), timeout_s=10)
    assert process.pid == pid


def test_the_kernel_ends_a_process_that_computes_longer_than_it_was_allowed(process: EspeakProcess):
    with pytest.raises(TransientError, match="engine_crashed"):
        process.speak(endless(), timeout_s=30, cpu_s=0)
    assert len(process.speak(utterance(), timeout_s=10).pcm) > 20_000


def test_output_is_cut_at_its_cap(process: EspeakProcess):
    spoken = process.speak(utterance("one two three. " * 500, max_samples=44_100), timeout_s=10)
    assert spoken.truncated
    assert len(spoken.pcm) <= 2 * 44_100
    assert not process.speak(utterance(), timeout_s=10).truncated


def test_eight_threads_take_turns():
    engine = EspeakEngine()
    request = TtsRequest(text="Good morning, my friend.", format="wav", sample_rate_hz=22_050)
    try:
        with ThreadPoolExecutor(8) as pool:
            spoken = list(pool.map(lambda _: engine.speak(request, timeout_s=30), range(24)))
        # The thread that started the process has ended; the process has not.
        spoken.append(engine.speak(request, timeout_s=30))
    finally:
        engine.close()
    durations = [speech.duration_ms for speech in spoken]
    assert max(durations) - min(durations) < 40
    assert min(durations) > 1_000


def test_a_caller_who_waits_too_long_for_its_turn_is_told_so(process: EspeakProcess):
    process.hello(timeout_s=10)
    busy = threading.Thread(target=lambda: process.speak(utterance("one two three. " * 1_500), timeout_s=30))
    busy.start()
    wait_until(lambda: process.child.is_busy)
    with pytest.raises(TransientError, match="engine_timeout"):
        process.speak(utterance(), timeout_s=0.01)
    busy.join()
    assert process.pid is not None


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "speaking"])
def test_the_process_ends_when_its_parent_is_killed(busy: bool):  # noqa: FBT001
    code = (
        "import sys; from tests.integration.test_espeak_process import *; p = EspeakProcess(); p.hello(timeout_s=10)\n"
        # A fork of the parent holds the pipe open, as a worker's other children may: the pipe's end is not enough.
        "holder = os.fork()\n"
        "if holder == 0: time.sleep(20); os._exit(0)\n"
        "print(p.pid, holder, file=sys.__stdout__, flush=True)\n"
        f"p.speak(endless(), timeout_s=60) if {busy} else time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    lines = iter(parent.stdout.readline, "")
    pid, holder = next(tuple(map(int, line.split())) for line in lines if line[0].isdigit() and len(line.split()) == 2)
    try:
        if busy:
            wait_until(lambda: _cpu_ticks(pid) > 15)
        assert runs(pid)
        parent.kill()
        parent.wait()
        wait_until(lambda: not runs(pid), timeout_s=6)
    finally:
        os.kill(holder, signal.SIGKILL)
        parent.stdout.close()


def _cpu_ticks(pid: int) -> int:
    return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_fork_of_the_owner_starts_a_process_of_its_own(process: EspeakProcess):
    process.hello(timeout_s=10)
    pid = process.pid
    child = os.fork()
    if child == 0:
        spoken = len(process.speak(utterance(), timeout_s=10).pcm)
        other = process.pid
        process.close()
        os._exit(0 if spoken > 20_000 and other != pid else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert len(process.speak(utterance(), timeout_s=10).pcm) > 20_000
    assert process.pid == pid


def test_the_process_is_given_no_secrets(process: EspeakProcess, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    process.hello(timeout_s=10)
    assert b"AWS" not in Path(f"/proc/{process.pid}/environ").read_bytes()


def test_a_worker_of_other_kinds_loads_no_codec_and_no_espeak():
    code = (
        "import sys, workers.handlers.tts, workers.engines.espeak.engine\n"
        "sys.exit(bool({'av', 'numpy', 'espeakng_loader', 'defusedxml'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
