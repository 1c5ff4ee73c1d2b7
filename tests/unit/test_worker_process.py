"""What a worker is put together from: its settings of Celery, its limits, what a delivery is read from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded

from ops.lifeline import process_name
from ops.settings import Settings
from ops.sqs_transport.request import Redeliver
from schemas.envelope import Envelope
from schemas.errors import TransientError
from schemas.kinds import registry
from workers import app, process
from workers.outcome import Hidden, Left, Settled

if TYPE_CHECKING:
    from celery import Celery

SETTINGS = Settings(_env_file=None, concurrency=3, long_poll_s=7)
URLS = {f"sayline-dev-{kind}": f"http://sqs/sayline-dev-{kind}" for kind in registry()}


@pytest.fixture
def celery(monkeypatch: pytest.MonkeyPatch) -> Celery:
    class Queues:
        def __init__(self, *_: object) -> None: ...

        def url(self, queue: str) -> str:
            return f"http://sqs/{queue}"

    monkeypatch.setattr(app, "SqsQueues", Queues)
    return app.create_app(SETTINGS)


def test_a_message_is_deleted_after_its_task_and_not_where_its_process_died(celery: Celery):
    assert celery.conf.task_acks_late is True
    assert celery.conf.task_reject_on_worker_lost is True
    assert celery.conf.task_acks_on_failure_or_timeout is False


def test_a_worker_holds_no_more_messages_than_it_runs_and_as_many_again_of_none(celery: Celery):
    assert celery.conf.worker_prefetch_multiplier == 1
    assert celery.conf.worker_concurrency == 3
    assert celery.conf.worker_pool == "prefork"


def test_a_lost_connection_cancels_nothing_that_runs_and_ends_no_worker(celery: Celery):
    assert celery.conf.worker_cancel_long_running_tasks_on_connection_loss is False
    assert celery.conf.broker_connection_retry_on_startup is True


def test_a_worker_reads_json_alone_and_listens_to_its_queues_alone(celery: Celery):
    assert celery.conf.accept_content == ["json"]
    assert celery.conf.worker_enable_remote_control is False
    assert {queue.name for queue in celery.conf.task_queues} == URLS.keys()


def test_the_transport_is_told_of_the_queues_and_of_how_long_to_poll(celery: Celery):
    options = celery.conf.broker_transport_options

    assert options["predefined_queues"] == {name: {"url": url} for name, url in URLS.items()}
    assert options["wait_time_seconds"] == 7
    assert options["sqs_base64_encoding"] is False


@pytest.mark.parametrize("kind", registry().values(), ids=lambda kind: kind.name)
def test_an_attempt_has_a_soft_limit_and_time_to_record_its_end_before_the_hard_one(kind: Any, celery: Celery):
    task = celery.tasks[kind.task]

    assert task.soft_time_limit == kind.timeout_s
    assert kind.timeout_s + 10 <= task.time_limit < kind.visibility_s


def test_a_kind_that_there_is_not_is_refused():
    with pytest.raises(app.UnknownKindError, match="nonesuch"):
        app.kinds_served(SETTINGS.model_copy(update={"kinds": ("nonesuch",)}))


def test_a_settled_delivery_is_deleted_as_its_task_returns():
    app._settle(Settled())  # noqa: SLF001 - what the task does


@pytest.mark.parametrize(("outcome", "when"), [(Hidden(0, "r"), 0), (Hidden(20, "r"), 20), (Left(), None)])
def test_any_other_outcome_is_told_to_the_parent_process(outcome: Hidden | Left, when: int | None):
    with pytest.raises(Redeliver) as told:
        app._settle(outcome)  # noqa: SLF001

    assert told.value.when == when


def test_a_process_of_the_pool_dies_with_its_parent_and_has_a_runner_of_its_own(monkeypatch: pytest.MonkeyPatch):
    done: list[object] = []
    monkeypatch.setattr(app, "_runner", None)
    monkeypatch.setattr(app, "die_with_parent", done.append)

    def build(settings: Settings) -> str:
        done.append(settings)
        return "runner"

    monkeypatch.setattr(app, "build_runner", build)

    app._start_process(SETTINGS, 4711)  # noqa: SLF001

    assert done == [4711, SETTINGS]
    runner: Any = app._runner  # noqa: SLF001
    assert runner == "runner"


def test_no_job_runs_in_the_parent_process(celery: Celery):
    with pytest.raises(RuntimeError, match="pool"):
        celery.tasks["sayline.tts"].run({})


def test_a_soft_limit_is_a_transient_error_of_the_attempt(monkeypatch: pytest.MonkeyPatch):
    def too_slow(*_: object) -> None:
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(process, "load_handler", lambda _kind: too_slow)
    runner = process.build_runner(SETTINGS)

    with pytest.raises(TransientError, match="timed_out"):
        runner.handler("tts")(None, None)


def received(handle: str, *, at: float = 1_800_000_000.1239) -> Any:
    return {"delivery_info": {"received_at": at, "sqs_message": {"ReceiptHandle": handle, "MessageId": "the same"}}}


MESSAGE = {"v": 1, "job_id": "job-1", "kind": "tts", "epoch": 2}


def test_a_delivery_began_when_it_was_received_and_not_when_it_is_run():
    delivery = process.delivery_of(MESSAGE, received("handle"))

    assert delivery.envelope == Envelope(job_id="job-1", kind="tts", epoch=2)
    assert delivery.received_at == datetime.fromtimestamp(1_800_000_000, UTC) + timedelta(milliseconds=124)


def test_two_receives_of_one_message_share_no_token_and_a_token_deletes_nothing():
    first, second = (process.delivery_of(MESSAGE, received(handle)).token for handle in ("handle-1", "handle-2"))

    assert first != second
    assert "handle" not in first + second


def test_a_lease_ends_before_its_message_is_visible_again():
    kind = registry()["tts"]
    delivery = process.delivery_of(MESSAGE, received("handle"))

    lease = delivery.lease(kind)

    assert lease.until == delivery.received_at + timedelta(seconds=kind.visibility_s - 5)
    assert (lease.token, lease.worker) == (delivery.token, process_name())
