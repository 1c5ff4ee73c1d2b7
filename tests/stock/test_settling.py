"""How messages are settled and a worker ends: rows 9, 10 and 15 of the list in docs/kombu-defects.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults import Fault, Injection
from tests.stock.front import patient_front
from tests.stock.mended import mended, wait_still
from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.stock.ours import Ours
    from tests.stock.worker import Bench

VISIBILITY_S = 2
#: How long a delete is kept waiting.
SLOW_S = 2.5
#: Where meanwhile a job has to be submitted and begun.
VERY_SLOW_S = 6


def test_stock_row_09_a_failed_delete_is_silent_and_the_job_runs_again(bench: Bench):
    queue = bench.queue("undeleted", visibility_s=VISIBILITY_S)
    bench.send(queue, "work", "again")
    once = {"client-config": {"retries": {"total_max_attempts": 1}}}
    with bench.worker(queue, options=once) as worker:
        worker.fail_once("SQS.DeleteMessage", Fault.UNAVAILABLE)

        wait_still(lambda: len(worker.events("begin", "again")) >= 2, 9, "deletes that are retried")

        assert "succeeded" in worker.log
        said = [line for line in worker.log.splitlines() if "WARNING" in line or "ERROR" in line]
        assert not any("elete" in line or "503" in line for line in said), mended(9, "to report failed deletes itself")


def test_stock_row_09_a_slow_delete_stops_the_event_loop(bench: Bench):
    queue, other = bench.queue("slow-delete"), bench.queue("bystander")
    bench.send(queue, "work", "deleted-slowly")
    with bench.worker(queue, other, concurrency=2, ticks=True) as worker:
        met = worker.fail_once("SQS.DeleteMessage", Injection(Fault.LATENCY, SLOW_S))
        assert met.wait(60)
        bench.send(other, "work", "bystander")
        (begin,) = wait_until(lambda: worker.events("begin", "bystander"))

        # Ten ticks a second, and a process that has nothing to do.
        ticks = [line for line in worker.events("tick") if met.at + 0.2 < line["at"] < met.at + SLOW_S - 0.2]
        assert ticks == [], mended(9, "to delete off the event loop")
        assert begin["at"] > met.at + SLOW_S - 0.2


def test_stock_row_10_a_receive_left_in_flight_at_sigterm_takes_messages_with_it(bench: Bench):
    queue = bench.queue("in-flight")
    with patient_front(bench.port) as port:
        with bench.worker(queue, options={"wait_time_seconds": 20}, behind=port) as worker:
            worker.wait_polling()
            wait_until(lambda: "ready." in worker.log)
            worker.terminate()

        bench.send(queue, "work", "in-flight")

        wait_still(lambda: queue.counts() == (0, 1), 10, "to await its receives before it ends")


def test_stock_rows_10_and_15_prefetched_jobs_are_given_back_one_by_one_hidden_and_counted(bench: Bench):
    queue, wait_s = bench.queue("prefetched", max_receives=10), 6
    for number in range(4):
        bench.send(queue, "work", f"job-{number}", kwargs={"seconds": 4})
    options = {"wait_time_seconds": wait_s}
    with bench.worker(queue, options=options, worker_prefetch_multiplier=4) as worker:
        wait_until(lambda: worker.log.count("received") == 4)
        assert queue.counts() == (0, 4)
        worker.terminate()

        done = {line["job"] for line in worker.events("end")}
        given_back = 4 - len(done)
        assert given_back
        assert worker.requests("ChangeMessageVisibility") == given_back, mended(10, "hand-back in batches")
        # None of them can be received now: each is hidden for wait_time_seconds.
        assert queue.counts() == (0, given_back), mended(10, "visibility 0 at hand-back")
    with bench.worker(queue, options=options) as worker:
        never_run = wait_until(
            lambda: [line for line in worker.events("begin") if line["job"] not in done], timeout_s=wait_s + 20
        )
        assert (never_run[0]["receives"], never_run[0]["retries"]) == (2, 0), mended(15, "attempts of its own")


def test_ours_row_09_a_failed_delete_is_repeated_and_the_job_runs_once(ours: Ours):
    ours.clear()
    with ours.worker() as worker:
        worker.wait_polling()
        failed: list[str] = []

        def fail_four(operation: str) -> Fault:
            if not operation.startswith("SQS.DeleteMessage") or len(failed) == 4:
                return Fault.NONE
            failed.append(operation)
            return Fault.UNAVAILABLE

        worker.fault = fail_four
        ours.wait_for(ours.submit("again"), "succeeded")

        wait_until(ours.queue.is_empty)
        assert len(failed) == 4
        assert len(worker.events("begin", "again")) == 1


def test_ours_row_09_a_slow_delete_holds_up_nobody(ours: Ours):
    ours.clear()
    with ours.worker(concurrency=2) as worker:
        worker.wait_polling()
        slow = Injection(Fault.LATENCY, VERY_SLOW_S)
        worker.fault = lambda name: slow if name.startswith("SQS.DeleteMessage") else Fault.NONE
        ours.submit("slow")
        (first,) = wait_until(lambda: worker.events("end", "slow"))
        ours.submit("bystander")

        (begin,) = wait_until(lambda: worker.events("begin", "bystander"))
        assert begin["at"] - first["at"] < VERY_SLOW_S
        wait_until(ours.queue.is_empty)


def test_ours_row_10_receives_end_before_the_worker_does(ours: Ours):
    ours.clear()
    with patient_front(ours.emulator_port) as port:
        with ours.worker(behind=port) as worker:
            worker.wait_polling()
            worker.terminate()

        job = ours.submit("in-flight")

        # Whatever a receive in flight might still take would be hidden from the next worker.
        assert ours.queue.counts() == (1, 0)
    with ours.worker():
        ours.wait_for(job, "succeeded")


def test_ours_rows_10_and_15_prefetched_jobs_are_handed_back_visible_and_without_an_attempt(ours: Ours):
    ours.clear()
    # There before the worker is: one receive takes them all.
    jobs = [ours.submit(f"job-{number}", seconds=3) for number in range(4)]
    with ours.worker(prefetch=4) as worker:
        wait_until(lambda: worker.events("begin"))
        assert ours.queue.counts() == (0, 4)
        worker.terminate()

    done = {line["job"] for line in worker.events("end")}
    left = len(jobs) - len(done)
    assert left
    assert ours.queue.counts() == (left, 0)
    assert worker.requests("ChangeMessageVisibility") == 0
    with ours.worker(concurrency=4):
        assert {ours.wait_for(job, "succeeded")["attempt"] for job in jobs} == {1}
