"""Celery's request as it is overridden: however a delivery ends, the custody is told once, and nothing is published."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from billiard.exceptions import TimeLimitExceeded, WorkerLostError
from celery.exceptions import InvalidTaskError, Retry, TaskRevokedError
from celery.worker import state

from ops.sqs_transport.custody import HANDED_BACK
from ops.sqs_transport.held import Lost, Refused
from ops.sqs_transport.request import Redeliver
from schemas.outcome import Hidden, Left, Settled
from tests.celery_bench import Bench, raised
from tests.transport import body

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def bench() -> Iterator[Bench]:
    yield Bench()
    state.reset_state()


def crossed(error: BaseException) -> Any:
    """An error, having crossed from a process of the pool."""
    return pickle.loads(pickle.dumps(raised(error)))  # noqa: S301 - made here


# --- into the pool ---


def test_a_delivery_goes_to_the_pool_with_its_limits_and_is_the_pools_then(bench: Bench):
    request = bench.request()

    request.execute_using_pool(bench.pool)

    [options] = bench.pool.given
    assert (options["callback"], options["error_callback"]) == (request.on_success, request.on_failure)
    assert (options["accept_callback"], options["timeout_callback"]) == (request.on_accepted, request.on_timeout)
    assert [held.is_given for held in bench.custody.held()] == [True]


def test_a_delivery_that_was_handed_back_while_it_waited_is_not_run(bench: Bench):
    request = bench.request()
    bench.custody.close()
    bench.custody.drain()

    with pytest.raises(TaskRevokedError):
        request.execute_using_pool(bench.pool)

    assert bench.pool.given == []
    assert bench.endings() == []
    assert request not in state.reserved_requests
    assert bench.channel.qos._delivered.keys() == bench.channel.qos._dirty  # noqa: SLF001


def test_who_runs_a_delivery_is_noted(bench: Bench):
    request = bench.request()

    request.on_accepted(4711, 0.0)

    [held] = bench.custody.held()
    assert held.worker.endswith(":4711")
    assert held.started_at is not None
    assert bench.endings() == []


# --- out of it ---


@pytest.mark.parametrize("code", [None, "ok", "engine_crashed"])
def test_a_task_that_returns_has_its_message_deleted(bench: Bench, code: str | None):
    request = bench.request()

    request.on_success(bench.run(code))

    assert bench.endings() == [("one", Settled(code))]
    assert request.acknowledged
    assert request not in state.reserved_requests


@pytest.mark.parametrize("how", ["failure", "success"])
@pytest.mark.parametrize("pool", [raised, crossed], ids=["threads", "prefork"])
@pytest.mark.parametrize(
    ("outcome", "ending"),
    [
        (Redeliver("engine_crashed", when=7), Hidden(7, "engine_crashed")),
        (Redeliver("throttled", when=9, retry_after_s=30.5), Hidden(9, "throttled", 30.5)),
        (Redeliver("handed_back", when=0), HANDED_BACK),
        (Redeliver("left"), Left()),
    ],
)
def test_a_retry_hides_the_message_for_its_time_and_publishes_nothing(
    bench: Bench, how: str, pool: Callable[[BaseException], Any], outcome: Redeliver, ending: Any
):
    request = bench.request()

    if how == "failure":
        request.on_failure(pool(outcome), return_ok=True)
    else:
        request.on_success((True, pool(outcome), 0.1))

    assert bench.endings() == [("one", ending)]
    assert request.acknowledged


def test_redeliver_crosses_to_the_parent_as_it_is():
    assert isinstance(Redeliver("code", when=1), Retry)
    assert str(Redeliver("code", when=1)) == "code"

    there = pickle.loads(pickle.dumps(Redeliver("code", when=1, retry_after_s=2.5)))  # noqa: S301 - made here

    assert type(there) is Redeliver
    assert (there.message, there.when, there.retry_after_s) == ("code", 1, 2.5)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (WorkerLostError("signal 9 (SIGKILL)"), "worker_lost"),
        (SystemExit(1), "worker_lost"),
        (MemoryError(), "worker_lost"),
        (RuntimeError("a defect"), "worker_lost"),
        (TimeLimitExceeded(75), "timed_out"),
    ],
)
def test_an_attempt_that_could_not_say_how_it_ended_is_lost(bench: Bench, error: BaseException, code: str):
    request = bench.request()

    request.on_failure(raised(error))

    assert bench.endings() == [("one", Lost(code))]


def test_a_thread_that_exits_is_lost(bench: Bench):
    """Celery's pool of threads then calls back with the error alone."""
    request = bench.request()

    request.on_success(raised(WorkerLostError("SystemExit(1)")))

    assert bench.endings() == [("one", Lost("worker_lost"))]


@pytest.mark.parametrize("order", [("failure", "timeout"), ("timeout", "failure"), ("failure",), ("timeout",)])
def test_a_hard_limit_settles_once_whichever_celery_calls_first(bench: Bench, order: tuple[str, ...]):
    request = bench.request()
    calls = {
        "failure": lambda: request.on_failure(raised(TimeLimitExceeded(75))),
        "timeout": lambda: request.on_timeout(soft=False, timeout=75),
    }

    for call in order:
        calls[call]()

    assert bench.endings() == [("one", Lost("timed_out"))]


def test_a_soft_limit_is_the_childs_business(bench: Bench):
    bench.request().on_timeout(soft=True, timeout=60)

    assert bench.endings() == []


def test_what_the_pool_says_after_the_keeper_gave_up_changes_nothing(bench: Bench):
    request = bench.request()
    bench.custody.give_up("one", Lost("timed_out"))

    request.on_success(bench.run("ok"))

    assert bench.endings() == [("one", Lost("timed_out"))]
    assert bench.custody.stuck == 0


# --- what is no request ---


def foreign(**headers: Any) -> str:
    message = json.loads(body())
    return json.dumps(message | {"headers": {"task": "sayline.tts", "id": "job-1"} | headers})


def test_an_expired_message_of_somebody_elses_is_refused_and_not_deleted(bench: Bench):
    bench.receive(text=foreign(expires="2020-01-01T00:00:00+00:00"))
    bench.reserve()

    with pytest.raises(TaskRevokedError):
        bench.reserved[-1].execute_using_pool(bench.pool)

    assert bench.endings() == [("one", Refused("unreadable_message"))]


def test_a_message_is_run_when_sqs_delivers_it_whatever_celerys_eta_says(bench: Bench):
    bench.receive(text=foreign(eta="2030-01-01T00:00:00+00:00"))

    bench.reserve()

    [request] = bench.reserved
    request.execute_using_pool(bench.pool)
    assert len(bench.pool.given) == 1


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(json.loads(body()) | {"headers": {"task": "sayline.tts"}}),
        json.dumps(json.loads(body()) | {"body": "[1, 2]"}),
        json.dumps(json.loads(body()) | {"body": "7"}),
        foreign(eta=7),
    ],
)
def test_a_message_of_which_no_request_can_be_made_is_one_that_celery_rejects(bench: Bench, text: str):
    bench.receive(text=text)

    with pytest.raises(InvalidTaskError):
        bench.reserve()

    assert bench.reserved == []
