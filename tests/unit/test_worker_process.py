"""What a worker is put together from: its settings of Celery, its limits, what a delivery is read from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ops.aws.clients import Clients
from ops.lifeline import process_name
from ops.settings import Settings
from ops.sqs_transport.preflight import NotFitError
from ops.sqs_transport.request import Redeliver
from ops.sqs_transport.worker import Keeping
from schemas.envelope import Envelope
from schemas.errors import TransientError
from schemas.kinds import registry
from schemas.outcome import Hidden, Left, Settled
from workers import app, parts, process, task

if TYPE_CHECKING:
    from celery import Celery

    from ops.sqs_transport.worker import Parts

SETTINGS = Settings(_env_file=None, concurrency=3, long_poll_s=7)
URLS = {f"sayline-dev-{kind}": f"http://sqs/sayline-dev-{kind}" for kind in registry()}


class Queues:
    def __init__(self, *_: object) -> None: ...

    def url(self, queue: str) -> str:
        return f"http://sqs/{queue}"


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """SQS is there; the queues that are looked at before the worker begins."""
    looked_at: list[Any] = []
    monkeypatch.setattr(parts, "SqsQueues", Queues)
    monkeypatch.setattr(parts, "check", lambda _client, queues: looked_at.append(queues))
    return looked_at


@pytest.fixture(scope="module")
def celery() -> Celery:
    """The app of a worker; made once, as it takes a while."""
    with pytest.MonkeyPatch.context() as sqs:
        sqs.setattr(parts, "SqsQueues", Queues)
        sqs.setattr(parts, "check", lambda *_: None)
        return app.create_app(SETTINGS)


def parts_of(celery: Celery) -> Parts:
    parts: Parts = celery.conf.broker_transport_options["parts"]
    return parts


def test_a_message_is_not_settled_before_its_task(celery: Celery):
    assert celery.conf.task_acks_late is True
    assert celery.conf.task_ignore_result is True


def test_a_worker_holds_no_more_messages_than_it_runs_and_as_many_again_of_none(celery: Celery):
    assert celery.conf.worker_prefetch_multiplier == parts_of(celery).prefetch == 1
    assert celery.conf.worker_concurrency == parts_of(celery).pool_size == 3
    assert celery.conf.worker_pool == "prefork"


@pytest.mark.usefixtures("checked")
def test_the_pool_is_the_one_that_is_set():
    celery = app.create_app(SETTINGS.model_copy(update={"pool": "threads"}))

    assert celery.conf.worker_pool == "threads"
    assert parts_of(celery).prefetch == 1


def test_a_process_that_has_died_is_missed_soon(celery: Celery):
    assert celery.conf.worker_lost_wait <= 2


def test_every_queue_is_looked_at_before_anything_is_received(checked: list[Any]):
    app.create_app(SETTINGS)

    assert checked == [URLS]


@pytest.mark.usefixtures("checked")
def test_a_queue_that_is_not_fit_ends_the_start(monkeypatch: pytest.MonkeyPatch):
    def not_fit(*_: object) -> None:
        raise NotFitError("no RedrivePolicy")

    monkeypatch.setattr(parts, "check", not_fit)

    with pytest.raises(NotFitError):
        app.create_app(SETTINGS)


def test_a_lost_connection_cancels_nothing_that_runs_and_ends_no_worker(celery: Celery):
    assert celery.conf.worker_cancel_long_running_tasks_on_connection_loss is False
    assert celery.conf.broker_connection_retry_on_startup is True


def test_a_worker_reads_json_alone_and_listens_to_its_queues_alone(celery: Celery):
    assert celery.conf.accept_content == ["json"]
    assert celery.conf.worker_enable_remote_control is False
    assert {queue.name for queue in celery.conf.task_queues} == URLS.keys()


def test_the_transport_is_told_of_the_queues_and_of_all_times(celery: Celery):
    options, parts = celery.conf.broker_transport_options, parts_of(celery)

    assert options["predefined_queues"] == {name: {"url": url} for name, url in URLS.items()}
    assert options["sqs_base64_encoding"] is False
    kinds = {SETTINGS.queue_name(kind): kind for kind in registry()}
    assert {name: (queue.url, queue.kind) for name, queue in parts.queues.items()} == {
        name: (URLS[name], kind) for name, kind in kinds.items()
    }
    assert (parts.wait_s, parts.visibility_s, parts.heartbeat_s, parts.grace_s) == (7, 60, 15, 100)
    assert parts.guards.keys() == URLS.keys()


def test_the_keeper_starts_and_ends_with_the_worker(celery: Celery):
    assert Keeping in celery.steps["worker"]


@pytest.mark.parametrize("kind", registry().values(), ids=lambda kind: kind.name)
def test_the_transport_makes_the_requests_of_every_kind(kind: Any, celery: Celery):
    assert celery.tasks[kind.task].Strategy == "ops.sqs_transport.request:strategy"


@pytest.mark.parametrize("kind", registry().values(), ids=lambda kind: kind.name)
def test_an_attempt_has_time_to_record_its_end_before_the_hard_limit_and_no_other_limit_of_celerys(
    kind: Any, celery: Celery
):
    task = celery.tasks[kind.task]

    assert task.soft_time_limit is None
    assert task.time_limit >= kind.timeout_s + 10
    limit_s = parts_of(celery).queues[SETTINGS.queue_name(kind.name)].limit_s
    assert limit_s >= task.time_limit + 5, "the keeper ends only what the pool has not"


def test_a_kind_that_there_is_not_is_refused():
    with pytest.raises(parts.UnknownKindError, match="nonesuch"):
        parts.kinds_served(SETTINGS.model_copy(update={"kinds": ("nonesuch",)}))


@pytest.mark.parametrize("code", [None, "ok", "engine_crashed"])
def test_a_settled_delivery_is_deleted_as_its_task_returns_how_the_engine_did(code: str | None):
    assert task.settle(Settled(code)) == code


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (Hidden(0, "leased"), ("leased", 0, None)),
        (Hidden(20, "throttled", 30.0), ("throttled", 20, 30.0)),
        (Left(), ("left", None, None)),
    ],
)
def test_any_other_outcome_is_told_to_the_parent_process(outcome: Hidden | Left, told: tuple[object, ...]):
    with pytest.raises(Redeliver) as raised:
        task.settle(outcome)

    assert (raised.value.message, raised.value.when, raised.value.retry_after_s) == told


def test_a_process_of_the_pool_dies_with_its_parent_and_has_a_runner_of_its_own(monkeypatch: pytest.MonkeyPatch):
    done: list[object] = []
    monkeypatch.setattr(task, "_runner", None)
    monkeypatch.setattr(task, "die_with_parent", done.append)

    def build(settings: Settings, clients: object) -> str:
        done.extend([settings, type(clients)])
        return "runner"

    monkeypatch.setattr(task, "build_runner", build)

    task.start_process(SETTINGS, 4711)

    assert done == [4711, SETTINGS, Clients]
    runner: Any = task._runner  # noqa: SLF001
    assert runner == "runner"


def test_no_job_runs_in_the_parent_process(celery: Celery):
    with pytest.raises(RuntimeError, match="pool"):
        celery.tasks["sayline.tts"].run({})


def test_a_handler_has_its_kinds_time(monkeypatch: pytest.MonkeyPatch):
    def within(seconds: float, _handler: object) -> Any:
        raise TransientError("timed_out", f"{seconds:g} s")

    monkeypatch.setattr(process, "within", within)
    runner = process.build_runner(SETTINGS, Clients(SETTINGS))

    with pytest.raises(TransientError, match="timed_out: 120 s"):
        runner.handler("tts")


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


def test_a_lease_is_the_receives_and_lasts_from_the_claim():
    delivery = process.delivery_of(MESSAGE, received("handle"))
    now = delivery.received_at + timedelta(seconds=3)

    lease = delivery.lease(SETTINGS.lease_s, now)

    assert lease.until == now + timedelta(seconds=40)
    assert (lease.token, lease.worker) == (delivery.token, process_name())


@pytest.mark.parametrize(("visibility_s", "heartbeat_s"), [(60, 15), (30, 10), (43_200, 15), (11, 0.5)])
def test_a_lease_ends_before_its_message_is_visible_whenever_it_was_claimed(visibility_s: int, heartbeat_s: float):
    settings = Settings(_env_file=None, visibility_s=visibility_s, heartbeat_s=heartbeat_s)
    latest_claim_s, skew_s = heartbeat_s, 5  # from the receive; a later claim is extended before

    assert settings.lease_s > 0
    assert latest_claim_s + settings.lease_s + skew_s <= visibility_s
    extended = process.build_attempts(settings, Clients(settings)).lease
    assert extended == timedelta(seconds=visibility_s - skew_s)


def test_a_dead_letter_that_somebody_has_moved_back_is_known_by_its_reason():
    info = received("handle")
    assert not process.delivery_of(MESSAGE, info).redriven

    info["delivery_info"]["sqs_message"]["MessageAttributes"] = {"sayline.reason": {"StringValue": "{}"}}

    assert process.delivery_of(MESSAGE, info).redriven


@pytest.mark.parametrize("probing", [True, False])
def test_a_delivery_knows_whether_it_probes(probing: bool):  # noqa: FBT001
    info = received("handle")
    info["delivery_info"]["probing"] = probing

    assert process.delivery_of(MESSAGE, info).probing is probing


def test_the_parent_is_not_patient_as_all_it_keeps_would_wait():
    attempts = process.build_attempts(SETTINGS, Clients(SETTINGS))

    stop: Any = attempts.runner.finisher._patiently.stop  # noqa: SLF001
    assert stop.max_delay == 0
