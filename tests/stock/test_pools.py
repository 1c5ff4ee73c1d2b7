"""What depends on the pool, and what there is no more of on SQS: rows 11, 13 and 18 of docs/kombu-defects.md."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest
from kombu.transport.SQS.exceptions import UndefinedQueueException

from tests.stock.app import TICK_S, new_app
from tests.stock.mended import mended
from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.stock.ours import Ours
    from tests.stock.worker import Bench


def test_stock_row_11_there_is_no_remote_control(bench: Bench):
    queue = bench.queue("deaf")
    with bench.worker(queue, worker_enable_remote_control=True) as worker:
        worker.wait_polling()
        said = "reply-celery-pidbox' must be defined in 'predefined_queues'"
        with new_app(bench.conf(queue)) as app, pytest.raises(UndefinedQueueException, match=said):
            app.control.ping(timeout=2)


def test_stock_row_13_a_message_is_base64_of_base64(bench: Bench):
    queue, text = bench.queue("encoded"), "a sentence to be spoken " * 100
    bench.send(queue, "work", "encoded", kwargs={"text": text})

    (message,) = bench.sqs.receive_message(QueueUrl=queue.url)["Messages"]

    inner = json.loads(base64.b64decode(message["Body"]))
    assert inner["properties"]["body_encoding"] == "base64"
    grown = len(message["Body"]) / len(text)
    assert grown > 4 / 3 * 4 / 3, mended(13, "sqs_base64_encoding=False, and a body of its own")


def test_stock_row_18_solo_stops_the_timers_during_a_job(bench: Bench):
    queue = bench.queue("solo")
    with bench.worker(queue, pool="solo", ticks=True) as worker:
        wait_until(lambda: len(worker.events("tick")) > 2)
        bench.send(queue, "work", "long", kwargs={"seconds": 2})
        (end,) = wait_until(lambda: worker.events("end"))
        (begin,) = worker.events("begin")

        during = [line for line in worker.events("tick") if begin["at"] + TICK_S < line["at"] < end["at"]]
        assert during == [], mended(18, "to refuse the solo pool")


def test_stock_row_18_threads_have_no_hard_limit_and_settle_on_the_executors_thread(bench: Bench):
    queue = bench.queue("threads")
    bench.send(queue, "overrun", "overrun", kwargs={"seconds": 3})
    bench.send(queue, "raise_retry", "raised")
    with bench.worker(queue, pool="threads", concurrency=2) as worker:
        (end,) = wait_until(lambda: worker.events("end", "overrun"))
        (begin,) = worker.events("begin", "overrun")
        (settled,) = wait_until(lambda: worker.events("on_retry", "raised"))

        # Its hard limit is 1 s.
        assert end["at"] - begin["at"] >= 3, mended(18, "leases in place of hard limits for threads")
        assert worker.events("on_timeout") == []
        assert settled["thread"] != "MainThread", mended(18, "to settle in a thread of its own")


def test_ours_row_11_the_api_knows_what_runs(ours: Ours):
    ours.clear()
    with ours.worker():
        job = ours.submit("seen", seconds=3)

        assert ours.wait_for(job, "running")["attempt"] == 1
        ours.wait_for(job, "succeeded")


def test_ours_rows_13_and_17_a_message_is_json_as_it_is_and_does_not_expire(ours: Ours):
    body = ours.only_sent("plain")

    assert json.loads(json.loads(body)["body"])[0][0]["kind"] == "probe"
    assert "expires" not in body


@pytest.mark.parametrize("pool", ["solo", "gevent", "eventlet"])
def test_ours_row_18_pools_that_stop_timers_are_refused(ours: Ours, pool: str):
    with ours.worker(pool=pool) as worker:
        assert worker.process.wait(60) != 0

    assert "prefork" in worker.log


def test_ours_row_18_threads_run_jobs_and_keep_their_leases(ours: Ours):
    ours.clear()
    with ours.worker(pool="threads", concurrency=2) as worker:
        view = ours.wait_for(ours.submit("threads", seconds=1), "succeeded")

        assert view["attempt"] == 1
        assert worker.events("begin", "threads")[0]["thread"] != "MainThread"
