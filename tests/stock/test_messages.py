"""What becomes of a message: rows 1-4 and 16-19 of the list in docs/kombu-defects.md, in one stock worker at once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.stock.app import SECRET
from tests.stock.mended import mended, wait_still
from tests.stock.ours import VISIBILITY_S as OUR_VISIBILITY_S
from tests.stock.probe import MAX_ATTEMPTS
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stock.ours import Ours
    from tests.stock.worker import Bench, Queue, WorkerProcess

VISIBILITY_S = 2
#: For rows that are not about it: a worker that starts may have had a message for long before it settles it.
LONG_VISIBILITY_S = 30


@dataclass(frozen=True)
class Rows:
    """A worker, and a queue per row; each has one job, named as its queue's stem."""

    worker: WorkerProcess
    queues: dict[str, Queue]

    def runs(self, job: str) -> int:
        return len(self.worker.events("begin", job))

    def times(self, job: str, event: str) -> list[float]:
        return [line["at"] for line in self.worker.events(event, job)]


@pytest.fixture(scope="module")
def rows(bench: Bench) -> Iterator[Rows]:
    queues = {stem: bench.queue(stem, visibility_s=VISIBILITY_S) for stem in ("countdown", "long")}
    for stem in ("retry", "failure", "overrun", "expired", "raised"):
        queues[stem] = bench.queue(stem, visibility_s=LONG_VISIBILITY_S)
    for stem in ("unknown", "rejected"):
        queues[stem] = bench.queue(stem, visibility_s=LONG_VISIBILITY_S, max_receives=None)
    bench.send(queues["retry"], "retry", "retry")
    # Long enough that its third receive, which buries it, comes before the end of its second run, which deletes it.
    bench.send(queues["long"], "work", "long", kwargs={"seconds": 5 * VISIBILITY_S})
    bench.send(queues["failure"], "fail", "failure")
    bench.send(queues["overrun"], "overrun", "overrun")
    bench.send(queues["expired"], "work", "expired", expires=datetime.now(UTC) - timedelta(seconds=5))
    bench.send(queues["raised"], "raise_retry", "raised")
    bench.send(queues["unknown"], "task_of_the_next_release", "unknown")
    bench.send(queues["rejected"], "fail_unacknowledged", "rejected")
    results = f"file://{bench.directory}"
    with bench.worker(*queues.values(), concurrency=8, result_backend=results) as worker:
        worker.wait_polling()
        # Only now: its countdown runs from when it is sent, its visibility from when it is received.
        bench.send(queues["countdown"], "work", "countdown", countdown=3 * VISIBILITY_S)
        yield Rows(worker, queues)


def test_stock_row_01_a_countdown_beyond_the_visibility_runs_the_job_twice(rows: Rows):
    wait_until(lambda: rows.runs("countdown"))

    wait_still(
        lambda: rows.runs("countdown") > 1, 1, "delays of its own (`scheduled`, visibility), not countdown and eta"
    )


def test_stock_row_02_retries_are_new_messages_and_end_deleted_not_dead_lettered(rows: Rows):
    wait_until(lambda: rows.runs("retry") == 3)
    wait_until(rows.queues["retry"].is_empty)

    begun = rows.worker.events("begin", "retry")
    # A RedrivePolicy of two receives, three runs, each of a message that says it was received once.
    assert [line["receives"] for line in begun] == [1, 1, 1], mended(2, "Redeliver in place of Task.retry")
    assert rows.worker.requests("SendMessage") == 2
    assert rows.queues["retry"].dead_letters() == 0, mended(2, "Redeliver in place of Task.retry")


def test_stock_row_03_a_job_longer_than_the_visibility_runs_twice_at_the_same_time(rows: Rows):
    wait_until(lambda: rows.times("long", "end"))

    wait_still(lambda: rows.runs("long") == 2, 3, "the heartbeat that extends visibility")
    assert rows.times("long", "begin")[1] < rows.times("long", "end")[0]
    assert rows.worker.events("begin", "long")[1]["receives"] == 2
    # And as the policy is two receives, the job that succeeded twice is a dead letter as well.
    wait_until(lambda: rows.queues["long"].dead_letters() == 1)


def test_stock_row_04_a_failed_job_is_deleted_and_never_dead_lettered(rows: Rows):
    wait_until(lambda: rows.worker.events("on_failure", "failure"))
    wait_until(rows.queues["failure"].is_empty)

    assert rows.runs("failure") == 1
    assert rows.queues["failure"].dead_letters() == 0, mended(4, "acks_on_failure_or_timeout=False")


@pytest.mark.parametrize("job", ["unknown", "rejected"])
def test_stock_row_04_without_a_redrive_policy_what_is_rejected_is_deleted(rows: Rows, job: str):
    said = {"unknown": "Received unregistered task", "rejected": "raised unexpected: RuntimeError"}
    wait_until(lambda: said[job] in rows.worker.log)

    departure = "to dead-letter unknown tasks, and to refuse a queue without RedrivePolicy"
    # Deleted: a message that is hidden is counted as well.
    wait_still(rows.queues[job].is_empty, 4, departure, timeout_s=LONG_VISIBILITY_S / 2)
    assert rows.runs(job) == {"unknown": 0, "rejected": 1}[job]


def test_stock_row_16_a_hard_time_limit_is_handled_twice_and_comes_back_at_once(rows: Rows):
    wait_still(lambda: len(rows.times("overrun", "on_timeout")) == 2, 16, "to count and record hard limits itself")

    failures = rows.worker.events("on_failure", "overrun")
    assert len(failures) == 2, mended(16, "a guard against the second of on_failure and on_timeout")
    # No backoff: hidden for wait_time_seconds (1 here), whatever the attempt; SQS's own counter ends it.
    begun = rows.times("overrun", "begin")
    assert begun[1] - rows.times("overrun", "on_timeout")[0] < LONG_VISIBILITY_S / 2
    wait_until(lambda: rows.queues["overrun"].dead_letters() == 1)
    letter = _dead_letter(rows.queues["overrun"])
    assert "MessageAttributes" not in letter, mended(16, "to record an attempt that hit its hard limit, and why")


def _dead_letter(queue: Queue) -> Any:
    assert queue.dlq_url is not None
    (message,) = queue.sqs.receive_message(QueueUrl=queue.dlq_url, MessageAttributeNames=["All"])["Messages"]
    return message


def _letter_of(queue: Queue, body: str) -> Any:
    """Return the dead letter with this body, of however many."""
    assert queue.dlq_url is not None
    answer = queue.sqs.receive_message(
        QueueUrl=queue.dlq_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], VisibilityTimeout=1
    )
    return next((message for message in answer.get("Messages", []) if message["Body"] == body), None)


def test_stock_row_17_an_expired_job_is_deleted_unrun(rows: Rows):
    wait_until(lambda: "Discarding revoked task: work" in rows.worker.log)

    wait_until(rows.queues["expired"].is_empty)
    assert rows.runs("expired") == 0
    assert rows.queues["expired"].dead_letters() == 0, mended(17, "cooperative cancel in place of expires and revoke")


def test_stock_row_19_a_raised_retry_logs_its_reason_and_loses_the_job(rows: Rows, bench: Bench):
    wait_until(lambda: rows.worker.events("on_retry", "raised"))

    assert f"retry: {SECRET}" in rows.worker.log, mended(19, "codes alone in Redeliver's message")
    assert rows.worker.events("task_retry", "raised")
    # Raised without publishing, it is acknowledged: nothing will run it again.
    wait_until(rows.queues["raised"].is_empty)
    assert rows.runs("raised") == 1, mended(19, "SqsRequest.on_retry")
    stored = "".join(path.read_text("utf-8") for path in bench.directory.glob("celery-task-meta-*"))
    assert SECRET in stored, mended(19, "task_ignore_result")


@pytest.fixture(scope="module")
def our_worker(ours: Ours) -> Iterator[WorkerProcess]:
    with ours.worker(kinds="probe,brief", concurrency=4) as worker:
        yield worker.wait_polling()


def test_ours_row_01_there_is_no_countdown_a_wait_hides_the_same_message(ours: Ours, our_worker: WorkerProcess):
    # Together with row 2: the API takes neither countdown nor eta, and a retry's wait is the message's visibility.
    answer = ours.client.post("/v1/jobs/probe", json={"job": "countdown", "countdown": 60})

    assert answer.status_code == 422


def test_ours_row_02_and_04_a_failing_job_ends_in_the_dlq_with_its_reason(ours: Ours, our_worker: WorkerProcess):
    dead = ours.queue.dead_letters()
    sent = our_worker.requests("SendMessage")

    view = ours.wait_for(ours.submit("fails", fails=True), "dead_lettered")

    assert (view["attempt"], view["error"]["code"]) == (MAX_ATTEMPTS, "probed")
    assert len(our_worker.events("begin", "fails")) == MAX_ATTEMPTS
    wait_until(lambda: ours.queue.dead_letters() == dead + 1)
    # The dead letter: retries publish nothing.
    assert our_worker.requests("SendMessage") == sent + 1


def test_ours_row_03_a_job_longer_than_the_visibility_runs_once(ours: Ours, our_worker: WorkerProcess):
    view = ours.wait_for(
        ours.submit("long", seconds=OUR_VISIBILITY_S + 2), "succeeded", timeout_s=OUR_VISIBILITY_S + 20
    )

    assert view["attempt"] == 1
    assert len(our_worker.events("begin", "long")) == 1


@pytest.mark.parametrize("body", ["no envelope", '{"body": "[[{}], {}, {}]", "headers": {"task": "next"}}'])
def test_ours_row_04_what_is_unknown_is_dead_lettered_with_a_reason(ours: Ours, our_worker: WorkerProcess, body: str):
    ours.sqs.send_message(QueueUrl=ours.queue.url, MessageBody=body)

    letter = wait_until(lambda: _letter_of(ours.queue, body))
    reason = json.loads(letter["MessageAttributes"]["sayline.reason"]["StringValue"])
    assert reason["code"] in {"unreadable_message", "unknown_task"}


def test_ours_row_04_a_queue_without_a_redrive_policy_is_refused(ours: Ours):
    with ours.without_redrive_policy(), ours.worker() as worker:
        assert worker.process.wait(60) != 0

    assert "RedrivePolicy" in worker.log


def test_ours_row_16_a_time_limit_is_one_attempt_with_its_reason(ours: Ours, our_worker: WorkerProcess):
    # The soft limit; the hard one comes 15 s later, and is for tests/acceptance.
    view = ours.wait_for(ours.submit("overrun", kind="brief", seconds=60), "dead_lettered", timeout_s=60)

    assert (view["attempt"], view["error"]["code"]) == (MAX_ATTEMPTS, "timed_out")
    assert len(our_worker.events("begin", "overrun")) == MAX_ATTEMPTS


def test_ours_row_19_a_retry_logs_a_code_and_keeps_its_reason_to_itself(ours: Ours, our_worker: WorkerProcess):
    ours.wait_for(ours.submit(SECRET, fails=True), "dead_lettered")

    assert "probed" in our_worker.log
    assert SECRET not in our_worker.log
