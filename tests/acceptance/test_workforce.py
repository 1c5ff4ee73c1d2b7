"""Who works, how fast, and that all is well: what operators see of real workers, held to what is known otherwise."""

from __future__ import annotations

import os
import signal
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ops.aws.dynamodb import DynamoOperating
from ops.timing import utc_now
from schemas.operating import SILENT_FOR
from tests.acceptance.operators import sayline, states
from tests.acceptance.running import RunningStack, wait_for_end
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemas.operating import SignOfLife

JOBS = 20
#: Three of these are how long a busy machine may keep a worker from speaking.
PRESENCE_S = 2


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningStack, datetime]]:
    """A stack as `make up` has it, whose workers speak often, and when it was ready."""
    with RunningStack(tmp_path_factory.mktemp("stack"), presence_s=PRESENCE_S) as stack:
        yield stack, utc_now()


@pytest.fixture
def stack(begun: tuple[RunningStack, datetime]) -> RunningStack:
    return begun[0]


def operating(stack: RunningStack) -> DynamoOperating:
    return DynamoOperating(stack.clients.dynamodb, stack.settings.table_name)


def worker(stack: RunningStack) -> SignOfLife:
    """The one that lives; it says so when it is ready."""

    def living() -> SignOfLife | None:
        now = utc_now()
        found = [sign for sign in operating(stack).workers(now=now) if sign.is_alive(now)]
        return found[0] if len(found) == 1 else None

    sign: SignOfLife = wait_until(living)
    return sign


def test_what_was_done_is_said_as_the_rate_at_which_it_was(begun: tuple[RunningStack, datetime]):
    stack, ready_at = begun
    with stack.client() as client:
        jobs = [client.post("/v1/jobs/analysis", json={"text": f"Good {n}."}).json()["id"] for n in range(JOBS)]
        ends = [wait_for_end(client, job) for job in jobs]
    assert {view["status"] for view in ends} == {"succeeded"}
    last = max(datetime.fromisoformat(view["finished_at"]) for view in ends)

    said = wait_until(lambda: (sign := worker(stack)).seen_at > last + timedelta(seconds=1) and sign)
    [queue] = sayline(stack, "queues", "analysis")
    later = worker(stack)

    # It counts since its first look, before it was ready; no more than a minute has passed since it started.
    least, most = (JOBS / (said.seen_at - since).total_seconds() for since in (said.started_at, ready_at))
    assert said.seen_at - said.started_at < timedelta(minutes=1)
    assert least <= said.settled_per_s["analysis"] <= most
    # Nothing has come since: with each second the rate is less, and the queue's is that of a moment in between.
    assert said.settled_per_s["analysis"] >= queue["out_per_s"] >= later.settled_per_s.get("analysis", 0.0)
    assert (queue["visible"], queue["in_flight"], queue["workers"], queue["drained_in_s"]) == (0, 0, 1, 0.0)


def test_the_doctor_finds_nothing_and_neither_has_the_worker(stack: RunningStack):
    worker(stack)
    log = stack.stack.settings.data_dir.parent / "stack.log"
    [done] = wait_until(lambda: [line for line in log.read_text().splitlines() if "doctor_done" in line])

    assert "findings=0" in done or '"findings": 0' in done
    assert sayline(stack, "doctor") == []
    assert sayline(stack, "doctor", "--as", "worker") == []


def test_a_worker_that_ends_is_forgotten_at_once_and_never_silent(stack: RunningStack):
    name = worker(stack).name
    seen = {name: "running"}

    os.kill(int(name.rpartition(":")[2]), signal.SIGTERM)

    def is_gone() -> bool:
        nonlocal seen
        seen = {sign.name: sign.state for sign in operating(stack).workers(now=utc_now())}
        assert all(sign.is_alive(utc_now()) for sign in operating(stack).workers(now=utc_now()) if sign.name == name)
        return name not in seen

    wait_until(is_gone)
    wait_until(lambda: "running" in states(stack).values())


def test_a_worker_that_is_killed_is_silent_after_three_signs_and_forgotten_after_an_hour(stack: RunningStack):
    name = worker(stack).name
    stack.kill("worker")

    shown = wait_until(lambda: (found := states(stack)).get(name) == "silent" and found)

    assert "running" in shown.values() or wait_until(lambda: "running" in states(stack).values())
    [sign] = [sign for sign in operating(stack).workers(now=utc_now()) if sign.name == name]
    assert sign.until - sign.seen_at == timedelta(seconds=3 * PRESENCE_S)
    after_an_hour = sign.until + SILENT_FOR
    assert name not in {left.name for left in operating(stack).workers(now=after_an_hour)}
    # The table deletes it by itself, when it gets round to it.
    dynamodb, table = stack.clients.dynamodb, stack.settings.table_name
    key: Any = {"pk": {"S": "workers"}, "sk": {"S": name}}
    item = dynamodb.get_item(TableName=table, Key=key)["Item"]
    assert int(item["expires_at"]["N"]) == pytest.approx(after_an_hour.timestamp(), abs=1)
    expiry = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert (expiry["TimeToLiveStatus"], expiry["AttributeName"]) == ("ENABLED", "expires_at")
