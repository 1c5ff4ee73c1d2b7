# ruff: noqa: SLF001 - internals are what this is about
"""The internals of Celery and kombu on which the transport rests: this fails where a new version changes them.

After an upgrade, read what has changed of each before the versions below are raised.
"""

from __future__ import annotations

import inspect
import json
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pytest
from billiard.einfo import ExceptionInfo, ExceptionWithTraceback
from billiard.pool import Pool as BilliardPool
from celery import Task, bootsteps
from celery.app.trace import TraceInfo
from celery.apps.worker import Worker as WorkerProgram
from celery.concurrency import base, get_implementation, prefork, thread
from celery.exceptions import Retry, TaskRevokedError, WorkerShutdown
from celery.worker import WorkController, components, state
from celery.worker.consumer.consumer import Consumer
from celery.worker.request import Request
from kombu.asynchronous.hub import Hub
from kombu.asynchronous.semaphore import LaxBoundedSemaphore
from kombu.transport import SQS, virtual

from ops.sqs_transport.channel import Channel
from ops.sqs_transport.request import SqsRequest
from tests.celery_bench import Bench, raised
from tests.transport import QUEUE, body, in_thread, url
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable


def source(of: Any) -> str:
    return inspect.getsource(of)


def test_the_versions_are_those_whose_internals_are_relied_on():
    assert (version("celery"), version("kombu")) == ("5.7.0", "5.7.0")


@pytest.mark.parametrize(
    ("called", "parameters"),
    [
        (virtual.Channel.basic_consume, "self queue no_ack callback consumer_tag kwargs"),
        (SQS.Channel.basic_consume, "self queue no_ack callback consumer_tag args kwargs"),
        (SQS.Channel._message_to_python, "self message queue_name q_url"),
        (SQS.Channel.basic_ack, "self delivery_tag multiple"),
        (SQS.Channel.basic_reject, "self delivery_tag requeue"),
        (SQS.Channel.new_sqs_client, "self region access_key_id secret_access_key session_token"),
        (SQS.Channel._size, "self queue"),
        (virtual.QoS.ack, "self delivery_tag"),
        (Hub.call_soon, "self callback args"),
        (Hub.call_repeatedly, "self delay callback args"),
        (Request.execute_using_pool, "self pool kwargs"),
        (Request.on_accepted, "self pid time_accepted"),
        (Request.on_success, "self failed__retval__runtime kwargs"),
        (Request.on_failure, "self exc_info send_failed_event return_ok"),
        (Request.on_retry, "self exc_info"),
        (Request.on_timeout, "self soft timeout"),
        (Retry.__init__, "self message exc when is_eager sig kwargs"),
        (state.task_ready, None),
        (state.task_reserved, None),
        (Task.start_strategy, "self app consumer kwargs"),
        (WorkController.register_with_event_loop, "self hub"),
    ],
    ids=lambda value: getattr(value, "__qualname__", ""),
)
def test_what_is_called_or_overridden_is_as_it_was(called: Callable[..., Any], parameters: str | None):
    if parameters is not None:
        assert list(inspect.signature(called).parameters) == parameters.split()
    else:
        assert next(iter(inspect.signature(called).parameters)) == "request"


def test_a_request_is_made_of_what_the_strategy_gives():
    given = {"message", "on_ack", "on_reject", "app", "hostname", "task", "connection_errors", "body", "headers"}

    assert given | {"decoded"} <= inspect.signature(Request.__init__).parameters.keys()
    assert Bench().request().task_name == "sayline.tts"


# --- kombu ---


def test_consuming_makes_a_callback_for_the_queue_and_cancelling_removes_it():
    bench = Bench()
    assert bench.channel.connection._callbacks.keys() == {QUEUE}

    bench.channel.basic_cancel("tag")

    assert bench.channel.connection._callbacks == {}


def test_an_sqs_message_becomes_kombus_with_the_receipt_handle_as_its_tag():
    told = {"Body": body(), "ReceiptHandle": "one", "MessageAttributes": {"sayline.reason": {}}}

    payload = Bench().channel._message_to_python(told, QUEUE, url())

    assert payload["properties"]["delivery_tag"] == "one"
    assert payload["properties"]["delivery_info"]["sqs_message"] == told
    assert payload["body"] == json.loads(body())["body"]


def test_kombu_restores_nothing_of_a_channel_that_says_so():
    assert virtual.Channel.do_restore is True
    assert Channel.do_restore is False
    assert "not self.channel.do_restore" in source(virtual.QoS.restore_unacked_once)


def test_kombu_polls_only_from_the_method_that_is_passed_by():
    assert "_schedule_queue" in source(SQS.Channel.basic_consume)
    assert "_schedule_queue" not in source(virtual.Channel.basic_consume)


def test_a_predefined_queue_needs_no_request():
    """Neither a look for its URL, nor its making."""
    bench = Bench()  # whose client is a bare object

    assert bench.channel._new_queue(QUEUE) == url()
    assert bench.channel.queue_declare(QUEUE).queue == QUEUE


def test_the_event_loop_is_woken_from_another_thread():
    """A loop that waits in its poll, with nothing to wait for, runs what a thread asks for at once."""
    ran: list[str] = []
    hub = Hub()
    loop = hub.create_loop()
    hub.call_repeatedly(3600, lambda: None)
    turns: list[None] = []

    def turn() -> None:
        while not ran:
            turns.append(next(loop))

    turning = in_thread(turn)
    wait_until(lambda: hub._waker is not None and hub._loop_thread is not None)
    hub.call_soon(ran.append, "soon")
    turning.result(timeout=30)
    hub.close()

    assert ran == ["soon"]


def test_calls_from_many_threads_are_all_run():
    ran: list[int] = []
    hub = Hub()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: hub.call_soon(ran.append, number), range(500)))

    for call in hub._pop_ready():
        call()

    assert sorted(ran) == list(range(500))


# --- Celery: from the message to the pool ---


def test_a_task_names_its_strategy_by_a_path():
    bench = Bench()
    task_class: Any = type("Named", (Task,), {"name": "named", "Strategy": "ops.sqs_transport.request:strategy"})
    task = bench.app.register_task(task_class())

    on_message = task.start_strategy(bench.app, Bench.consumer())

    assert on_message.__qualname__ == "strategy.<locals>.on_message"


def test_celery_rejects_what_its_strategy_calls_invalid_and_takes_other_errors_for_its_own():
    handler = source(Consumer.create_task_handler)

    assert "except (InvalidTaskError, ContentDisallowed) as exc:" in handler
    assert "except DecodeError as exc:" in handler
    assert "reject_log_error" in source(Consumer.on_invalid_task)
    assert "reject_log_error" in source(Consumer.on_unknown_task)
    assert "reject_log_error" in source(Consumer.on_unknown_message)
    assert ".ack()" in source(Consumer.on_decode_error)


def test_a_revoked_request_gives_its_slot_in_the_pool_back():
    released: list[str] = []

    class Handed:
        def execute_using_pool(self, _pool: object) -> None:
            raise TaskRevokedError("handed back")

    worker: Any = WorkController.__new__(WorkController)
    worker.pool, worker._quick_release = None, lambda: released.append("slot")

    worker._process_task(Handed())

    assert released == ["slot"]


def test_a_consumer_that_begins_anew_forgets_what_waits_for_the_pool():
    given: list[str] = []
    semaphore = LaxBoundedSemaphore(1)
    semaphore.acquire(given.append, "one")
    semaphore.acquire(given.append, "two")

    semaphore.clear()
    semaphore.release()

    assert given == ["one"]
    assert "semaphore.clear()" in source(Consumer.on_close)


def test_a_requests_callbacks_are_those_that_are_overridden():
    bench = Bench()
    request = bench.request()

    request.execute_using_pool(bench.pool)

    assert {"callback", "error_callback", "accept_callback", "timeout_callback"} <= bench.pool.given[0].keys()
    assert issubclass(SqsRequest, Request)


# --- Celery: from the pool back ---


def test_a_retry_comes_wrapped_from_a_thread_and_bare_from_a_process():
    wrapped = raised(Retry("code", when=1)).exception

    assert type(wrapped) is ExceptionWithTraceback
    assert type(wrapped.exc) is Retry
    bare, arguments = wrapped.__reduce__()
    assert type(bare(*arguments)) is Retry
    assert Retry("code").exc is None  # for which it was once taken


def test_a_task_that_retries_is_handed_over_as_its_error_and_published_by_nobody():
    assert "return einfo" in source(TraceInfo.handle_retry)
    assert "apply_async" not in source(TraceInfo.handle_retry)


def test_a_thread_that_exits_calls_back_with_the_error_alone():
    told: list[Any] = []

    def leave() -> None:
        raise SystemExit(1)

    base.apply_target(leave, callback=told.append)

    assert isinstance(told[0], ExceptionInfo)


def test_at_its_hard_limit_a_process_is_told_to_end_and_then_killed():
    """The children ignore SIGTERM; the limit must end them all the same."""
    kill = source(inspect.getmodule(BilliardPool))

    assert kill.index("job._set(job._job, (False, ExceptionInfo()))") < kill.index("job.handle_timeout(soft=False)")
    assert "_kill(worker.pid, SIGKILL)" in kill


def test_a_process_of_the_pool_resets_its_signals_before_it_is_ours():
    initializer = source(prefork.process_initializer)

    assert {"SIGTERM", "SIGHUP"} <= set(prefork.WORKER_SIGRESET)
    assert "SIGINT" in prefork.WORKER_SIGIGNORE
    assert initializer.index("signals.reset") < initializer.index("worker_process_init.send")


# --- Celery: the worker's begin and end ---


def test_both_pools_are_those_that_are_allowed():
    assert get_implementation("prefork") is prefork.TaskPool
    assert get_implementation("threads") is thread.TaskPool
    assert (prefork.TaskPool.uses_semaphore, thread.TaskPool.uses_semaphore) == (True, False)


def test_a_step_after_the_pool_begins_before_the_consumer():
    steps = source(WorkController.Blueprint)

    assert components.Pool.__module__ == "celery.worker.components"
    assert steps.index("celery.worker.components:Pool") < steps.index("celery.worker.components:Consumer")
    assert issubclass(components.Pool, bootsteps.StartStopStep)
    assert components.Consumer.last is True


def test_the_loop_ends_when_it_is_told_to_stop_with_code_0(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(state, "should_stop", 0)

    with pytest.raises(WorkerShutdown) as stopped:
        state.maybe_shutdown()

    assert stopped.value.code == 0


def test_celery_sets_its_signal_handlers_before_the_worker_is_ready():
    assert "install_platform_tweaks" in source(WorkerProgram.on_start)
    assert "worker_ready.send" in source(WorkerProgram.on_consumer_ready)
