"""The operators' commands on a real terminal: bars, prompts, colours, Ctrl-C, and windows of any size."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from rich.cells import cell_len

from ops.aws.clients import Clients
from ops.aws.dynamodb import DynamoJobStore
from ops.aws.queues import SqsQueues
from ops.picture.terminal import Terminal
from ops.timing import utc_now
from schemas.envelope import envelope_of
from schemas.job import Job, JobError, dead_shard
from schemas.kinds import registry
from schemas.status import Status
from tests.conftest import ManualClock, new_job
from tests.emulated import emulator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ops.picture.screen import Screen
    from ops.settings import Settings

SAYLINE = (sys.executable, "-m", "ops.cli")
CTRL_C, CTRL_D, ENTER = "\x03", "\x04", "\n"
#: `sayline` on a machine whose disk has not answered yet when a module, the first argument, is imported.
STUCK = """
import runpy, sys, time

class Disk:
    def find_spec(self, name, path, target=None):
        if name == importing:
            print("importing", name, flush=True)
            time.sleep(60)

importing = sys.argv.pop(1)
sys.meta_path.insert(0, Disk())
runpy.run_module("ops.cli", run_name="__main__", alter_sys=True)
"""
KOREAN = "엔진이 지금은 대답하지 않습니다. 잠시 뒤에 다시 해 보겠습니다. " * 4


class Stack:
    """Queues and a table without any worker, and dead letters in them."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings, self.folder = settings, folder
        clients = Clients(settings)
        self.store = DynamoJobStore(clients.dynamodb, settings.table_name)
        self.queues = SqsQueues(clients.sqs, settings)

    def bury(self, count: int, kind: str, *, code: str = "engine_crashed", message: str = "It crashed.") -> list[Job]:
        error = JobError(code=code, message=message, retryable=True, engine="espeak-ng")
        with ThreadPoolExecutor(4) as pool:
            dead = list(pool.map(lambda _: self._dead(kind, error), range(count)))
        self.queues.bury_batch([(envelope_of(job), error, {"epoch": 0}) for job in dead])
        return dead

    def _dead(self, kind: str, error: JobError) -> Job:
        job_id, clock = str(uuid4()), ManualClock()
        clock.now = utc_now()
        dead = new_job(
            job_id, clock, kind=kind, status=Status.DEAD_LETTERED, attempt=3, error=error, finished_at=clock()
        )
        job = Job.model_validate(dead.model_dump() | {"open_shard": dead_shard(kind, job_id), "next_check_at": clock()})
        self.store.create(job)
        return job

    def statuses(self, jobs: Sequence[Job]) -> Counter[Status]:
        return Counter(job.status for job in self.store.get_many([job.id for job in jobs]))

    @property
    def environ(self) -> dict[str, str]:
        given = {**os.environ, **self.settings.environ(), "PYTHONPATH": str(Path.cwd())}
        return {name: value for name, value in given.items() if not name.startswith("COV")}

    def terminal(self, *args: str, size: tuple[int, int] = (80, 24), **special: str) -> Terminal:
        return Terminal([*SAYLINE, *args], environ=self.environ, size=size, **special)

    def shown(self, *args: str, size: tuple[int, int] = (80, 24), **special: str) -> Terminal:
        """Run a command to its end, which is to be a good one."""
        with self.terminal(*args, size=size, **special) as terminal:
            assert terminal.end() == 0, terminal.screen.text
        return terminal


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("terminal")
    with emulator(folder / "aws") as settings:
        yield Stack(settings, folder)


def pressed(terminal: Terminal, keys: str) -> int:
    """Press keys until the command ends: Python misses a Ctrl-C that comes in the moment before it waits for keys."""
    for _ in range(3):
        terminal.type(keys)
        with suppress(TimeoutError):
            return terminal.end(timeout_s=10)
    raise AssertionError(terminal.screen.text)


def is_hidden(terminal: Terminal) -> bool:
    """Whether the cursor is."""
    return not terminal.screen.is_cursor_shown


def test_a_redrive_shows_how_far_it_is_then_what_was_done_and_leaves_the_terminal_as_it_was(stack: Stack):
    dead = stack.bury(120, "reply")

    with stack.terminal("dlq", "redrive", "--kind", "reply", "--yes", "--rate", "80") as terminal:
        terminal.wait_for(lambda screen: bool(re.search(r"Sending ━+ +(\d|[1-9]\d)/120 ", screen.text)))
        assert is_hidden(terminal)
        assert terminal.end() == 0

    assert "━" in terminal.sent
    assert "━" not in terminal.screen.text
    assert "120 redriven, 120 messages deleted" in terminal.screen.text
    assert not is_hidden(terminal)
    assert stack.statuses(dead) == {Status.QUEUED: 120}


def test_a_redrive_that_is_interrupted_tells_what_it_has_done_and_the_rest_stays_dead(stack: Stack):
    dead = stack.bury(60, "analysis")

    with stack.terminal("dlq", "redrive", "--kind", "analysis", "--yes", "--rate", "10") as terminal:
        terminal.wait_for("Sending")
        terminal.type(CTRL_C)
        assert terminal.end() == 130

    assert "Interrupted." in terminal.screen.text
    assert "Traceback" not in terminal.screen.text
    assert not is_hidden(terminal)
    found = stack.statuses(dead)
    assert found[Status.DEAD_LETTERED] > 0
    assert found[Status.DEAD_LETTERED] + found[Status.QUEUED] == 60


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        ("sayline-dev-tts" + ENTER, 2, "That is not the queue's name: nothing was done."),
        (CTRL_C, 130, "Interrupted."),
        (CTRL_D, 130, "Interrupted."),
    ],
)
def test_a_purge_does_nothing_without_the_queues_name(stack: Stack, answer: str, code: int, said: str):
    dead, file = stack.bury(2, "tts"), stack.folder / "never.jsonl"

    with stack.terminal("dlq", "purge", "--kind", "tts", "--into", str(file)) as terminal:
        terminal.wait_for("Type the queue's name, sayline-dev-tts-dlq, to purge it:")
        assert pressed(terminal, answer) == code

    assert said in terminal.screen.text
    assert not file.exists()
    assert stack.statuses(dead) == {Status.DEAD_LETTERED: 2}


def test_a_purge_does_it_once_the_queues_name_is_typed(stack: Stack):
    dead, file = stack.bury(3, "picture"), stack.folder / "purged.jsonl"

    with stack.terminal("dlq", "purge", "--kind", "picture", "--into", str(file)) as terminal:
        terminal.wait_for("to purge it:")
        terminal.type("sayline-dev-picture-dlq" + ENTER)
        assert terminal.end() == 0

    assert "given up: 3" in terminal.screen.text
    assert len(file.read_text().splitlines()) == 3
    assert stack.statuses(dead) == {Status.FAILED: 3}


def test_colours_are_for_terminals_that_want_them(stack: Stack):
    stack.bury(1, "image")
    red = "\x1b[31mno worker\x1b[0m"

    piped = subprocess.run(
        [*SAYLINE, "queues", "image"], env=stack.environ, capture_output=True, text=True, check=True, timeout=60
    )

    assert red in stack.shown("queues", "image").sent
    assert "\x1b[31m" not in stack.shown("queues", "image", NO_COLOR="1").sent
    assert "\x1b" not in stack.shown("queues", "image", TERM="dumb").sent
    assert "\x1b" not in piped.stdout + piped.stderr


def test_korean_reasons_fit_80_columns(stack: Stack):
    stack.bury(1, "document", code="engine_timeout", message=KOREAN)

    shown = stack.shown("dlq", "list", "--kind", "document", "--group").screen.text.splitlines()

    assert shown[1].split()[:3] == ["1", "document", "espeak-ng"]
    assert shown[2].startswith("  엔진이")
    assert shown[2].endswith("…")
    assert max(map(cell_len, shown)) <= 80


def test_a_watch_is_one_table_that_a_smaller_window_cuts_and_ctrl_c_ends(stack: Stack):
    with stack.terminal("queues", "--watch", "--every", "0.5", size=(120, 24)) as terminal:
        terminal.wait_for(lambda screen: screen.text.count("no worker") == len(registry()))
        terminal.resize(40, 24)
        so_far = len(terminal.sent)
        terminal.wait_for(lambda _: terminal.sent[so_far:].count("QUEUE") >= 3)
        terminal.type(CTRL_C)
        assert terminal.end() == 0

    assert terminal.screen.text.splitlines()[0] == "QUEUE          WAIT  RUN  LATER  DEAD"
    assert len(terminal.screen.text.splitlines()) == 1 + len(registry())
    assert not is_hidden(terminal)


def test_a_watch_on_a_dumb_terminal_is_table_after_table(stack: Stack):
    with stack.terminal("queues", "tts", "--watch", "--every", "0.5", TERM="dumb") as terminal:
        terminal.wait_for(lambda screen: screen.text.count("QUEUE") >= 2)
        terminal.type(CTRL_C)
        assert terminal.end() == 0

    assert "\x1b" not in terminal.sent


def test_nothing_is_lost_in_a_narrow_window(stack: Stack):
    [job] = stack.bury(1, "pronunciation", code="a_code_of_thirty_characters_ok")

    shown = stack.shown("dlq", "list", "--kind", "pronunciation", size=(40, 24)).screen

    assert f"{job.id} pronunciation  " in _joined(shown)
    assert " a_code_of_thirty_characters_ok" in _joined(shown)


def _joined(screen: Screen) -> str:
    """The lines as they were before the terminal wrapped them."""
    return "".join(line.ljust(40) for line in screen.text.splitlines())


@pytest.mark.parametrize(
    ("command", "importing"), [("queues", "typer.models"), ("queues", "ops.cli.client"), ("doctor", "botocore.session")]
)
def test_ctrl_c_before_a_command_has_begun_ends_it_without_a_traceback(stack: Stack, command: str, importing: str):
    with Terminal([sys.executable, "-c", STUCK, importing, command], environ=stack.environ) as terminal:
        terminal.wait_for(f"importing {importing}")
        terminal.type(CTRL_C)
        ended = terminal.end()

    assert "KeyboardInterrupt" not in terminal.screen.text
    assert ended == -signal.SIGINT


def test_whoever_reads_the_first_line_alone_gets_it(stack: Stack):
    stack.bury(30, "transcription")
    read: Any = subprocess.Popen(
        [*SAYLINE, "dlq", "list", "--kind", "transcription", "--limit", "0"],
        env=stack.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with read:
        assert read.stdout.readline().split() == ["JOB", "KIND", "AGE", "CODE"]
        read.stdout.close()
        assert read.stderr.read() == ""
