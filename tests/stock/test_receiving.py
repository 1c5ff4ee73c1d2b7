"""How messages are received: rows 5-8, 12 and 14 of the list in docs/kombu-defects.md."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults import Fault, FaultProxy, Injection
from tests.stock.app import new_app
from tests.stock.mended import mended, wait_still
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stock.ours import Ours
    from tests.stock.worker import Bench, Queue, WorkerProcess

#: kombu means to give up after 20 s (`AsyncHTTPSConnection.timeout`): it must be seen that it doesn't.
SILENCE_S = 25
#: A worker that polls does so at least this often: a receive waits for 1 s, and kombu for another.
POLLS_S = 4


@dataclass(frozen=True)
class Silence:
    """A worker of which one receive is never answered; made first, and looked at last."""

    worker: WorkerProcess
    queue: Queue
    began_at: float


@pytest.fixture(scope="module", autouse=True)
def silence(bench: Bench) -> Iterator[Silence]:
    queue = bench.queue("silence")
    with bench.worker(queue) as worker:
        worker.wait_polling()
        assert worker.fail_once("SQS.ReceiveMessage", Injection(Fault.BLACK_HOLE, 600)).wait(20)
        began_at = time.monotonic()
        bench.send(queue, "work", "waits")
        yield Silence(worker, queue, began_at)


@pytest.mark.parametrize(
    ("row", "fault", "said"),
    [
        (5, Fault.UNAVAILABLE, "AttributeError(\"'list' object has no attribute 'get'\")"),
        (6, Fault.EXPIRED_TOKEN, "Exception('Request HTTP Error  HTTP 403"),
    ],
    ids=["row_05_one_503", "row_06_one_403"],
)
def test_stock_rows_05_and_06_one_error_on_receive_ends_or_silences_the_worker(
    bench: Bench, row: int, fault: Fault, said: str
):
    queue = bench.queue("refused")
    with bench.worker(queue) as worker:
        worker.wait_polling()
        assert worker.fail_once("SQS.ReceiveMessage", fault).wait(20)

        # Which of them depends on whether curl's socket or its timer was seen to first; a timer's error is swallowed.
        dead, silent = f"Unrecoverable error: {said}", f"Error in timer: {said}"
        wait_still(lambda: dead in worker.log or silent in worker.log, row, "receives of its own")
        receives = worker.requests("ReceiveMessage")
        bench.send(queue, "work", "waits")
        time.sleep(POLLS_S)
        assert worker.requests("ReceiveMessage") == receives, mended(row, "receives of its own")
        assert queue.counts() == (1, 0)
        if dead in worker.log:
            worker.process.wait(30)
        else:
            assert worker.process.poll() is None


def test_stock_row_08_at_prefetch_one_it_sleeps_a_second_after_each_job(bench: Bench):
    queue, jobs = bench.queue("slow"), 5
    for number in range(jobs):
        bench.send(queue, "work", f"job-{number}")
    with bench.worker(queue) as worker:
        wait_until(lambda: len(worker.events("end")) == jobs)

        begun = [line["at"] for line in worker.events("begin")]
        # polling_interval is 1 s, and jobs take nothing.
        assert begun[-1] - begun[0] > (jobs - 1) * 0.8, mended(8, "to wake its receivers on acknowledgement")


def test_stock_row_12_without_predefined_queues_it_makes_queues_that_lose_jobs(bench: Bench):
    name = f"made-by-kombu-{bench.port}"
    with bench.worker(task_default_queue=name) as worker:
        worker.wait_polling()

        assert worker.requests("ListQueues") >= 1
        assert worker.requests("CreateQueue") >= 1, mended(12, "predefined queues")
        url = bench.sqs.get_queue_url(QueueName=name)["QueueUrl"]
        attributes = bench.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        assert attributes["VisibilityTimeout"] == "1800", mended(12, "predefined queues")
        assert "RedrivePolicy" not in attributes


@pytest.mark.parametrize(("prefix", "left"), [("", (0, 1)), ("pre-", (0, 0))])
def test_stock_row_12_a_queue_name_prefix_disables_the_backoff_policy_and_deletes(
    bench: Bench, prefix: str, left: tuple[int, int]
):
    queue = bench.queue(f"{prefix}backoff", max_receives=None)
    settings = {"url": queue.url, "backoff_policy": {1: 30}, "backoff_tasks": ["fail_unacknowledged"]}
    options: dict[str, Any] = {"predefined_queues": {queue.name: settings}, "queue_name_prefix": prefix}
    name = queue.name.removeprefix(prefix)
    new_app(bench.conf(**options)).send_task("fail_unacknowledged", kwargs={"job": "backed-off"}, queue=name)
    with bench.worker(options=options, task_default_queue=name) as worker:
        wait_until(lambda: worker.events("on_failure"))

        wait_still(lambda: queue.counts() == left, 12, "full queue names")
        # A message is hidden from its receive on, so that the count alone does not say that it was put off.
        wait_still(lambda: worker.requests("ChangeMessageVisibility") == left[1], 12, "full queue names")


def test_stock_row_14_each_consumer_and_each_publishing_connection_asks_for_the_queues_attributes(bench: Bench):
    queues = [bench.queue("asked") for _ in range(3)]
    with bench.worker(*queues) as worker:
        worker.wait_polling()
        wait_until(lambda: "ready." in worker.log)
        assert worker.requests("GetQueueAttributes") == len(queues), mended(14, "nothing: it is at start only")
    seen: list[str] = []
    with FaultProxy(bench.port) as proxy:
        proxy.fault = lambda operation: (seen.append(operation), Fault.NONE)[1]  # type: ignore[func-returns-value]
        app = new_app(bench.conf(queues[0], port=proxy.port))
        for _ in range(2):
            with app.connection_for_write() as connection:
                app.send_task("work", queue=queues[0].name, connection=connection)
    assert seen == ["SQS.GetQueueAttributes", "SQS.SendMessage"] * 2, mended(14, "to send without kombu")


def test_stock_row_07_after_a_receive_without_an_answer_it_never_polls_again(silence: Silence):
    receives = silence.worker.requests("ReceiveMessage")
    wait_until(lambda: time.monotonic() - silence.began_at > SILENCE_S)

    assert silence.worker.events("begin") == [], mended(7, "time-outs and a watchdog of its own")
    assert silence.worker.requests("ReceiveMessage") == receives
    assert silence.queue.counts() == (1, 0)
    assert silence.worker.process.poll() is None


@pytest.mark.parametrize("fault", [Fault.UNAVAILABLE, Fault.EXPIRED_TOKEN, Fault.THROTTLED, Fault.RESET])
def test_ours_rows_05_and_06_an_error_on_receive_is_survived(ours: Ours, fault: Fault):
    with ours.worker() as worker:
        worker.wait_polling()
        worker.fault = lambda operation: fault if operation == "SQS.ReceiveMessage" else Fault.NONE
        receives = worker.requests("ReceiveMessage")
        wait_until(lambda: worker.requests("ReceiveMessage") > receives + 2)
        worker.fault = lambda _: Fault.NONE

        ours.wait_for(ours.submit("after"), "succeeded")
        assert worker.process.poll() is None


@pytest.mark.timeout(90)
def test_ours_row_07_a_receive_without_an_answer_is_given_up(ours: Ours):
    with ours.worker() as worker:
        worker.wait_polling()
        assert worker.fail_once("SQS.ReceiveMessage", Injection(Fault.BLACK_HOLE, 600)).wait(20)

        # The wait of 1 s and the margin of 10 s.
        ours.wait_for(ours.submit("after"), "succeeded", timeout_s=25)


def test_ours_row_08_at_prefetch_one_a_job_follows_at_once(ours: Ours):
    ours.clear()
    jobs = [ours.submit(f"job-{number}") for number in range(10)]
    with ours.worker() as worker:
        for job in jobs:
            ours.wait_for(job, "succeeded")

        begun = [line["at"] for line in worker.events("begin")]
        # Stock Celery sleeps a second after each.
        assert begun[-1] - begun[0] < (len(jobs) - 1) * 0.7


def test_ours_rows_12_and_14_no_queue_is_listed_or_made_and_attributes_are_read_at_start_only(ours: Ours):
    ours.clear()
    with ours.worker() as worker:
        worker.wait_polling()
        ours.wait_for(ours.submit("first"), "succeeded")
        asked = worker.requests("GetQueueAttributes")
        for job in [ours.submit(f"job-{number}") for number in range(3)]:
            ours.wait_for(job, "succeeded")

        assert (worker.requests("ListQueues"), worker.requests("CreateQueue")) == (0, 0)
        assert worker.requests("GetQueueAttributes") == asked
