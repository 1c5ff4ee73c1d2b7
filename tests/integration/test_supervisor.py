"""The local stack with small programs in place of Sayline's own, and the real emulator where it matters."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest

from ops.aws.clients import Clients
from ops.local import stack_file
from ops.local.process import ProcessSpec, RestartPolicy
from ops.local.readiness import NotReadyError
from ops.local.stack import Stack, StackError
from ops.settings import Settings
from tests.waiting import runs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

ROOT = Path(__file__).parents[2]
QUICK = RestartPolicy(first_s=0.05, cap_s=0.2)

#: A process that says what happens to it; its arguments change what it does.
CHILD = """
import os, signal, subprocess, sys, time
from ops.lifeline import die_with_supervisor

die_with_supervisor()
name, *traits = sys.argv[1:]
if "fails" in traits:
    sys.exit(3)
if "stubborn" in traits:
    signal.signal(signal.SIGTERM, lambda *_: print("will not stop"))
else:
    signal.signal(signal.SIGTERM, lambda *_: (print(name, "drains"), sys.exit(0)))
if "parent" in traits:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    print("grandchild", child.pid)
print(name, "runs")
while True:
    time.sleep(0.05)
"""

#: `sayline up` with such processes; the arguments are those of the specs below.
UP = """
import asyncio, json, sys
from ops.local import up
from ops.settings import Settings
from tests.integration.test_supervisor import programs

asyncio.run(up.run(Settings(_env_file=None), specs=programs(sys.argv[1], json.loads(sys.argv[2]))))
"""


def programs(script: str, traits: dict[str, list[str]]) -> Callable[[Settings], Sequence[ProcessSpec]]:
    return lambda _: [
        ProcessSpec(name=name, command=(sys.executable, script, name, *what), grace_s=20)
        for name, what in traits.items()
    ]


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    path = tmp_path / "child.py"
    path.write_text(CHILD)
    return str(path)


class Lab:
    """A data directory, a log and a stack in it."""

    def __init__(self, tmp_path: Path, script: str) -> None:
        self.settings = Settings(emulator_port=0, api_port=0, data_dir=tmp_path / "data", _env_file=None)
        self.log_path = tmp_path / "log"
        self.script = script

    @asynccontextmanager
    async def stack(self, **traits: list[str]) -> AsyncIterator[Stack]:
        with self.log_path.open("a", encoding="utf-8") as log:
            specs = programs(self.script, traits)
            async with Stack(self.settings, specs=specs, log=log, restart=QUICK) as stack:
                yield stack

    @property
    def log(self) -> str:
        return self.log_path.read_text("utf-8")

    def info(self) -> stack_file.StackInfo:
        info = stack_file.read(self.settings)
        assert info is not None
        return info


@pytest.fixture
def lab(tmp_path: Path, script: str) -> Lab:
    return Lab(tmp_path, script)


async def eventually(condition: Callable[[], bool], timeout_s: float = 60) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "the condition was not met in time"
        await asyncio.sleep(0.02)


def test_stack_has_its_resources_and_says_where_it_is(lab: Lab):
    async def scenario() -> list[int]:
        async with lab.stack(worker=[], api=[]) as stack:
            info = lab.info()
            assert info.api_url == stack.api_url
            assert info.pid == os.getpid()
            assert info.processes == {name: stack.process(name).pid for name in ("emulator", "worker", "api")}
            queue = Clients(stack.settings).sqs.get_queue_url(QueueName=stack.settings.queue_name("tts"))["QueueUrl"]
            assert f":{info.emulator_port}/" in queue
            return list(info.processes.values())

    pids = asyncio.run(scenario())
    assert not any(runs(pid) for pid in pids)
    assert stack_file.read(lab.settings) is None
    assert not stack_file.path(lab.settings).exists()


def test_crashed_process_is_started_again_and_its_children_are_removed(lab: Lab):
    async def scenario() -> None:
        async with lab.stack(worker=["parent"]) as stack:
            await eventually(lambda: "worker runs" in lab.log)
            grandchild = int(lab.log.partition("grandchild ")[2].split()[0])
            first = stack.process("worker").pid
            assert first is not None
            os.kill(first, signal.SIGKILL)
            await eventually(lambda: stack.process("worker").pid not in {None, first})
            await eventually(lambda: lab.log.count("worker runs") == 2)
            assert not runs(grandchild)
            assert lab.info().processes["worker"] == stack.process("worker").pid

    asyncio.run(scenario())
    assert "stack    | worker was killed by SIGKILL; it is started again in 0.05 s" in lab.log


def test_processes_are_stopped_in_the_order_opposite_to_their_start(lab: Lab):
    async def scenario() -> None:
        async with lab.stack(worker=[], clock=[], api=[]):
            await eventually(lambda: all(f"{name} runs" in lab.log for name in ("worker", "clock", "api")))

    asyncio.run(scenario())
    said = [line.partition("| ")[2] for line in lab.log.splitlines()]
    order = [line for line in said if line.endswith("drains") or line.startswith("stopping")]
    expected = [line for name in ("api", "clock", "worker") for line in (f"stopping {name}", f"{name} drains")]
    assert order == [*expected, "stopping emulator"]


def test_killed_emulator_comes_back_with_its_data_while_the_others_go_on(lab: Lab):
    async def scenario() -> None:
        async with lab.stack(worker=[]) as stack:
            clients = Clients(stack.settings)
            queue = clients.sqs.get_queue_url(QueueName=stack.settings.queue_name("tts"))["QueueUrl"]
            clients.sqs.send_message(QueueUrl=queue, MessageBody="kept")
            state = lab.settings.data_dir / "aws" / "current" / "sqs.json"
            await eventually(lambda: state.exists() and "kept" in state.read_text())
            emulator, worker = stack.process("emulator").pid, stack.process("worker").pid
            assert emulator is not None
            os.kill(emulator, signal.SIGKILL)
            await eventually(lambda: "emulator is ready again" in lab.log)
            [message] = clients.sqs.receive_message(QueueUrl=queue)["Messages"]
            assert message["Body"] == "kept"
            assert stack.process("worker").pid == worker

    asyncio.run(scenario())


def test_emulator_that_lost_everything_is_deployed_to_again(lab: Lab):
    async def scenario() -> None:
        async with lab.stack() as stack:
            emulator = stack.process("emulator").pid
            assert emulator is not None
            clients = Clients(stack.settings)
            clients.s3.put_object(Bucket=stack.settings.bucket_name, Key="tts/a", Body=b"x")
            current = lab.settings.data_dir / "aws" / "current"
            await eventually(current.exists)
            os.kill(emulator, signal.SIGKILL)
            current.unlink()
            await eventually(lambda: "emulator is ready again" in lab.log)
            table = clients.dynamodb.describe_table(TableName=stack.settings.table_name)["Table"]
            assert table["TableStatus"] == "ACTIVE"

    asyncio.run(scenario())


def test_second_stack_on_one_data_directory_is_refused(lab: Lab):
    async def scenario() -> None:
        async with lab.stack(worker=[]) as first:
            with pytest.raises(StackError, match=rf"process {os.getpid()}.*SAYLINE_DATA_DIR"):
                async with lab.stack(worker=[]):
                    pass
            # The first one is not disturbed
            assert lab.info().processes["worker"] == first.process("worker").pid

    asyncio.run(scenario())


def test_port_in_use_is_replaced_by_a_free_one_and_that_is_said(lab: Lab):
    async def scenario(taken: int) -> None:
        lab.settings = lab.settings.model_copy(update={"api_port": taken, "emulator_port": taken})
        async with lab.stack(worker=[]) as stack:
            chosen = {stack.settings.api_port, stack.settings.emulator_port}
            assert len(chosen) == 2
            assert taken not in chosen

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        asyncio.run(scenario(port))
    assert f"port {port} is in use: api_port is " in lab.log
    assert f"port {port} is in use: emulator_port is " in lab.log


def test_process_that_ends_at_once_ends_the_start_and_leaves_nothing_behind(lab: Lab, monkeypatch: pytest.MonkeyPatch):
    async def scenario() -> None:
        specs = programs(lab.script, {"worker": [], "api": ["fails"]})
        waiting = [lambda s: [*specs(s)[:1], _with_url(specs(s)[1])]]
        with lab.log_path.open("w") as log, pytest.raises(NotReadyError, match="api exited with code 3 before"):
            await Stack(lab.settings, specs=waiting[0], log=log).start()

    def _with_url(spec: ProcessSpec) -> ProcessSpec:
        return ProcessSpec(name=spec.name, command=spec.command, ready_url="http://127.0.0.1:1/")

    monkeypatch.setenv("SAYLINE_MARK", lab.script)
    asyncio.run(scenario())
    assert not marked(lab.script)


def marked(mark: str) -> list[int]:
    """Processes with the mark in their environment, beside this one."""
    wanted = f"SAYLINE_MARK={mark}".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        pid = int(path.parent.name)
        try:
            is_ours = wanted in path.read_bytes().split(b"\0")
        except OSError:
            continue
        if is_ours and pid != os.getpid() and runs(pid):
            found.append(pid)
    return found


class Up:
    """`sayline up` as a process of its own, as from a terminal."""

    def __init__(self, lab: Lab, **traits: list[str]) -> None:
        self.lab = lab
        given = {"SAYLINE_DATA_DIR": str(lab.settings.data_dir), "SAYLINE_MARK": lab.script}
        ports = {"SAYLINE_EMULATOR_PORT": "0", "SAYLINE_API_PORT": "0"}
        with lab.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", UP, lab.script, json.dumps(traits)],
                env={**os.environ, **given, **ports},
                cwd=ROOT,
                stderr=log,
            )

    async def __aenter__(self) -> Self:
        await eventually(lambda: "ready: http" in self.lab.log)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        try:
            await eventually(lambda: not marked(self.lab.script))
        finally:
            for pid in marked(self.lab.script):
                os.kill(pid, signal.SIGKILL)

    async def ended(self) -> int:
        await eventually(lambda: self.process.poll() is not None)
        return self.process.returncode


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_first_signal_stops_everything_in_order(lab: Lab, signum: signal.Signals):
    async def scenario() -> None:
        async with Up(lab, worker=[], api=[]) as up:
            await eventually(lambda: "worker runs" in lab.log and "api runs" in lab.log)
            up.process.send_signal(signum)
            assert await up.ended() == 0
            assert not marked(lab.script)

    asyncio.run(scenario())
    assert lab.log.index("api drains") < lab.log.index("worker drains") < lab.log.index("stopping emulator")
    assert not stack_file.path(lab.settings).exists()


def test_second_signal_kills_at_once(lab: Lab):
    async def scenario() -> float:
        async with Up(lab, worker=["stubborn"]) as up:
            await eventually(lambda: "worker runs" in lab.log)
            up.process.send_signal(signal.SIGINT)
            await eventually(lambda: "will not stop" in lab.log)
            began = time.monotonic()
            up.process.send_signal(signal.SIGINT)
            await up.ended()
            return time.monotonic() - began

    # Its grace period is 20 s
    assert asyncio.run(scenario()) < 10


def test_nothing_outlives_a_supervisor_that_was_killed(lab: Lab):
    async def scenario() -> None:
        async with Up(lab, worker=[], api=["stubborn"]) as up:
            await eventually(lambda: "api runs" in lab.log)
            pids = lab.info().processes
            assert set(marked(lab.script)) == {up.process.pid, *pids.values()}
            up.process.kill()
            await eventually(lambda: not marked(lab.script))
            # What it left behind doesn't keep the next one from starting
            assert stack_file.read(lab.settings) is None
        async with lab.stack(worker=[]) as stack:
            Clients(stack.settings).sqs.get_queue_url(QueueName=stack.settings.queue_name("tts"))

    asyncio.run(scenario())


def test_stubborn_process_is_killed_after_its_grace_period(lab: Lab):
    async def scenario() -> None:
        spec = ProcessSpec(name="worker", command=(sys.executable, lab.script, "worker", "stubborn"), grace_s=0.3)
        with lab.log_path.open("w") as log:
            async with Stack(lab.settings, specs=lambda _: [spec], log=log) as stack:
                await eventually(lambda: "worker runs" in lab.log)
                pid = stack.process("worker").pid
        assert pid is not None
        assert not runs(pid)

    asyncio.run(scenario())
    assert "worker did not stop within 0.3 s and is killed" in lab.log
