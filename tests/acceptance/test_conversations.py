"""Conversations on a whole stack: whole whatever is killed or delivered twice, their owner's alone, kept, deleted."""

from __future__ import annotations

import os
import signal
import sys
from functools import partial
from random import Random
from typing import TYPE_CHECKING

import pytest

from ops.aws.dynamodb import DynamoJobStore
from ops.aws.objects import S3ObjectStore
from ops.aws.queues import SqsQueues
from ops.local.overlay import kinds_of
from ops.local.process import ProcessSpec
from ops.local.specs import api_url
from schemas.conversation import conversation_folder
from schemas.envelope import envelope_of
from tests.acceptance.busy import Ledger
from tests.acceptance.running import RunningStack, wait_for_end
from tests.acceptance.talking import TALK, ask, messages, say, shown
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import httpx2

    from ops.settings import Settings

VISIBILITY_S = 12
TURNS = 5
CONVERSATIONS = ("food", "travel", "work")
SETTINGS = {
    "visibility_s": VISIBILITY_S,
    "heartbeat_s": 1,
    "grace_s": 6,
    "concurrency": 2,
    "prefetch": 2,
    "long_poll_s": 1,
}


def specs(settings: Settings) -> Sequence[ProcessSpec]:
    workers = (
        ProcessSpec(
            name=name,
            command=("/usr/bin/env", "SAYLINE_KINDS=talk", sys.executable, "-m", "workers.app"),
            ready_file=settings.data_dir / f"{name}.ready",
            grace_s=30,
        )
        for name in ("worker-1", "worker-2")
    )
    api = ProcessSpec(
        name="api", command=(sys.executable, "-m", "producers.api"), ready_url=f"{api_url(settings)}/readyz"
    )
    return (*workers, ProcessSpec(name="clock", command=(sys.executable, "-m", "ops.clock")), api)


@pytest.fixture(scope="module", autouse=True)
def _kinds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with kinds_of(tmp_path_factory.mktemp("kinds"), TALK):
        yield


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, _kinds: None) -> Iterator[RunningStack]:
    with RunningStack(tmp_path_factory.mktemp("stack"), specs=specs, **SETTINGS) as stack:
        yield stack


@pytest.fixture(scope="module")
def client(stack: RunningStack) -> Iterator[httpx2.Client]:
    with stack.client() as client:
        yield client


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger")


def deliver_twice(stack: RunningStack, job_ids: Sequence[str]) -> None:
    """Put a second message of each job on its queue."""
    jobs = DynamoJobStore(stack.clients.dynamodb, stack.settings.table_name)
    queues = SqsQueues(stack.clients.sqs, stack.settings)
    found = [job for job_id in job_ids if (job := jobs.get(job_id))]
    assert len(found) == len(job_ids)
    queues.send_batch([(envelope_of(job), job.owner) for job in found])


def _has_written(ledger: Ledger, turns: int) -> bool:
    return len(ledger.lines(what="written")) >= turns


@pytest.mark.timeout(240)
def test_interleaved_conversations_keep_their_contexts_though_workers_are_killed_and_messages_come_twice(
    stack: RunningStack, client: httpx2.Client, ledger: Ledger
):
    """All turns are asked for at once, in any order; each waits for those before it."""
    asked = [(name, turn) for name in CONVERSATIONS for turn in range(1, TURNS + 1)]
    Random(7).shuffle(asked)
    jobs = [
        ask(client, ledger, f"{name} {turn}", conversation=name, turn=turn, pauses={"before_s": 0.2, "after_s": 0.2})
        for name, turn in asked
    ]
    deliver_twice(stack, jobs)
    for killed, parent in enumerate(("worker-1", "worker-2"), 1):
        wait_until(partial(_has_written, ledger, 3 * killed))
        stack.kill(parent)

    ended = [wait_for_end(client, job_id, timeout_s=120) for job_id in jobs]

    assert {job["status"] for job in ended} == {"succeeded"}
    for name in CONVERSATIONS:
        said = [f"{name} {turn}" for turn in range(1, TURNS + 1)]
        assert messages(client, name) == said
        replies = [turn["reply"] for turn in shown(client, name)["history"]]
        assert replies == [" / ".join(said[:turn]) for turn in range(1, TURNS + 1)]
    assert {job["result"]["answer"]["turn"] for job in ended} == set(range(1, TURNS + 1))
    assert len({turn["job_id"] for name in CONVERSATIONS for turn in shown(client, name)["history"]}) == len(jobs)


@pytest.mark.parametrize("what", ["begin", "written"])
def test_a_turn_whose_process_is_killed_is_answered_once(client: httpx2.Client, ledger: Ledger, what: str):
    name = f"killed-{what}"
    pauses = {{"begin": "before_s", "written": "after_s"}[what]: 3}
    job_id = ask(client, ledger, "Hello", conversation=name, pauses=pauses)
    (line,) = wait_until(lambda: ledger.lines("Hello", what))

    os.kill(line["pid"], signal.SIGKILL)

    job = wait_for_end(client, job_id)
    assert [(entry["outcome"], entry["code"]) for entry in job["history"]] == [
        ("retry", "worker_lost"),
        ("succeed", None),
    ]
    assert messages(client, name) == ["Hello"]
    say(client, ledger, "Again", conversation=name)
    assert messages(client, name) == ["Hello", "Again"]


def test_a_turn_that_comes_too_early_waits_and_burns_no_attempt(client: httpx2.Client, ledger: Ledger):
    second = ask(client, ledger, "second", conversation="early", turn=2)
    wait_until(lambda: client.get(f"/v1/jobs/{second}").json()["started_at"])
    assert not ledger.lines("second")

    say(client, ledger, "first", conversation="early", turn=1)

    job = wait_for_end(client, second)
    assert (job["status"], job["attempt"]) == ("succeeded", 1)
    assert [entry["outcome"] for entry in job["history"]] == ["succeed"]
    assert messages(client, "early") == ["first", "second"]


def test_a_cancelled_turn_leaves_neither_gap_nor_lock(client: httpx2.Client, ledger: Ledger):
    say(client, ledger, "first", conversation="cancelled")
    early = ask(client, ledger, "never", conversation="cancelled", turn=3)
    wait_until(lambda: client.get(f"/v1/jobs/{early}").json()["started_at"])

    client.post(f"/v1/jobs/{early}/cancel").raise_for_status()

    assert wait_for_end(client, early)["status"] == "cancelled"
    say(client, ledger, "second", conversation="cancelled", turn=2)
    assert messages(client, "cancelled") == ["first", "second"]


def test_a_deleted_conversation_is_gone_and_nobody_brings_it_back(
    stack: RunningStack, client: httpx2.Client, ledger: Ledger, tmp_path: Path
):
    say(client, ledger, "first", conversation="deleted")
    deleted = tmp_path / "deleted"
    under_way = ask(client, ledger, "under way", conversation="deleted", pauses={"until": str(deleted)})
    wait_until(lambda: ledger.lines("under way", "begin"))
    bucket = S3ObjectStore(stack.clients.s3, stack.settings.bucket_name)
    assert list(bucket.keys(conversation_folder("mina", "deleted")))

    assert client.delete("/v1/conversations/deleted").status_code == 204

    assert client.delete("/v1/conversations/deleted").status_code == 404
    assert client.get("/v1/conversations/deleted").status_code == 404
    deleted.touch()
    job = wait_for_end(client, under_way)
    assert (job["status"], job["error"]["code"]) == ("failed", "conversation_deleted")
    late = wait_for_end(client, ask(client, ledger, "late", conversation="deleted"))
    assert late["error"]["code"] == "conversation_deleted"
    assert list(bucket.keys(conversation_folder("mina", "deleted"))) == []


def test_nothing_is_left_over(stack: RunningStack):
    assert stack.findings() == []


@pytest.mark.timeout(180)
def test_conversations_survive_restarts_and_are_seen_by_their_owner_alone(tmp_path: Path, ledger: Ledger):
    """All processes end, the emulator's too; what it has written down is all that there is then."""
    before, after = tmp_path / "before", tmp_path / "after"
    for folder in (before, after):
        folder.mkdir()
    (after / "data").symlink_to(before / "data")
    with RunningStack(before, specs=specs, **SETTINGS) as stack, stack.client() as mina:
        say(mina, ledger, "I like kimchi", conversation="one", topic="food")
        first = shown(mina, "one")
    with RunningStack(after, specs=specs, **SETTINGS) as stack:
        with stack.client() as mina:
            assert shown(mina, "one") == first
            job = say(mina, ledger, "And you?", conversation="one")
            assert job["result"]["answer"]["reply"] == "I like kimchi / And you?"
            assert [one["id"] for one in mina.get("/v1/conversations").json()["conversations"]] == ["one"]
        with stack.client("jun") as jun:
            assert jun.get("/v1/conversations").json() == {"conversations": [], "next": None}
            assert jun.get("/v1/conversations/one").status_code == 404
            assert jun.delete("/v1/conversations/one").status_code == 404
            say(jun, ledger, "Hi", conversation="one")
            assert messages(jun, "one") == ["Hi"]
        with stack.client() as mina:
            assert messages(mina, "one") == ["I like kimchi", "And you?"]
