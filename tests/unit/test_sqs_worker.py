# ruff: noqa: SLF001 - what its steps do
"""How the transport begins and ends with Celery's worker."""

from __future__ import annotations

import signal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from celery import signals
from celery.concurrency.gevent import TaskPool as Green
from celery.concurrency.prefork import TaskPool as Prefork
from celery.concurrency.solo import TaskPool as Solo
from celery.concurrency.thread import TaskPool as Threads
from celery.worker import state

from ops.sqs_transport import worker
from ops.sqs_transport.custody import HANDED_BACK
from ops.sqs_transport.keeper import Keeper
from ops.sqs_transport.preflight import NotFitError
from ops.sqs_transport.receiver import Receiver
from ops.sqs_transport.worker import Keeping, Parts, QueueOfKind
from tests.transport import OTHER, QUEUE, FakeAttempts, FakeSqs, held, url

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> Parts:
    """Parts whose threads never begin."""
    monkeypatch.setattr(Receiver, "start", lambda _self: None)
    monkeypatch.setattr(Keeper, "start", lambda _self: None)
    sqs: Any = FakeSqs()
    return Parts(
        queues={
            QUEUE: QueueOfKind(url=url(), kind="tts", limit_s=85),
            OTHER: QueueOfKind(url=url(OTHER), kind="image", limit_s=9),
        },
        keeper_client=lambda: sqs,
        polling_client=lambda: sqs,
        attempts=FakeAttempts(),
        pool_size=2,
        prefetch=3,
        wait_s=20,
        visibility_s=60,
        heartbeat_s=15,
        grace_s=100,
    )


class Hub:
    def __init__(self) -> None:
        self.soon: list[Any] = []
        self.repeatedly: list[tuple[float, Any]] = []

    def call_soon(self, callback: Any) -> None:
        self.soon.append(callback)

    def call_repeatedly(self, seconds: float, callback: Any) -> None:
        self.repeatedly.append((seconds, callback))


def celery_worker(parts: Parts, pool: type = Prefork) -> Any:
    conf = SimpleNamespace(broker_transport_options={"parts": parts})
    return SimpleNamespace(app=SimpleNamespace(conf=conf), pool_cls=pool, hub=Hub())


@pytest.fixture
def step() -> Keeping:
    return Keeping(SimpleNamespace())


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)
    handlers = [signal.getsignal(number) for number in numbers]
    receivers = signals.worker_ready.receivers
    signals.worker_ready.receivers = []
    yield
    signals.worker_ready.receivers = receivers
    for number, handler in zip(numbers, handlers, strict=True):
        signal.signal(number, handler)
    state.should_stop = None


def test_a_worker_has_slots_for_its_pool_times_its_prefetch(parts: Parts):
    parts.receive(QUEUE, lambda *_: None)

    assert parts.custody.reserve(QUEUE) == 6


def test_each_queue_has_one_receiver_and_the_watch_sees_them_all(parts: Parts):
    for queue in (QUEUE, OTHER, QUEUE):
        parts.receive(queue, lambda *_: None)

    assert list(parts.receivers) == [QUEUE, OTHER]
    assert list(parts.watch.receivers) == list(parts.receivers.values())


def test_a_consumer_that_begins_anew_is_delivered_to_and_what_the_old_one_forgot_is_handed_back(parts: Parts):
    parts.receive(QUEUE, lambda *_: None)
    parts.custody.take(QUEUE, [held("forgotten")])

    def anew(*_: object) -> None: ...

    parts.receive(QUEUE, anew)

    assert parts.receivers[QUEUE].deliver is anew
    assert [ending for _, ending in parts.custody.drain()] == [HANDED_BACK]


@pytest.mark.parametrize("pool", [Solo, Green])
def test_a_pool_under_which_nothing_is_kept_is_refused(step: Keeping, parts: Parts, pool: type):
    with pytest.raises(NotFitError, match=r"must be prefork or threads"):
        step.start(celery_worker(parts, pool))

    assert parts.keeper is None


@pytest.mark.parametrize("pool", [Prefork, Threads])
def test_the_keeper_begins_with_the_pool_and_knows_each_queues_limit(step: Keeping, parts: Parts, pool: type):
    step.start(celery_worker(parts, pool))

    assert parts.keeper is not None
    assert [parts.keeper.limit_s(queue) for queue in (QUEUE, OTHER)] == [85, 9]


TERM, INT, QUIT = signal.SIGTERM, signal.SIGINT, signal.SIGQUIT


@pytest.mark.parametrize(
    ("numbers", "called"),
    [
        ([TERM], ["drain 100"]),
        ([INT], ["drain 100"]),
        ([INT, TERM], ["drain 100", "drain 100"]),  # Ctrl-C, and then the supervisor
        ([TERM, TERM], ["drain 100", "drain 100"]),
        ([INT, INT], ["drain 100", "hurry"]),
        ([TERM, INT], ["drain 100", "hurry"]),
        ([QUIT], ["hurry"]),
    ],
)
def test_signals_drain_the_worker_once_it_is_ready_and_insistence_hurries_it(
    step: Keeping, parts: Parts, monkeypatch: pytest.MonkeyPatch, numbers: list[signal.Signals], called: list[str]
):
    step.start(celery_worker(parts))
    keeper = parts.keeper
    assert keeper is not None
    told: list[str] = []
    drain, hurry = keeper.drain, keeper.hurry

    def noted_drain(grace_s: float) -> None:
        told.append(f"drain {grace_s:g}")
        drain(grace_s)

    def noted_hurry() -> None:
        told.append("hurry")
        hurry()

    monkeypatch.setattr(keeper, "drain", noted_drain)
    monkeypatch.setattr(keeper, "hurry", noted_hurry)
    signals.worker_ready.send(sender=None)

    for number in numbers:
        signal.raise_signal(number)

    assert told == called


class FakePresence:
    def __init__(self) -> None:
        self.told: list[Any] = []

    def attend(self, custody: Any) -> None:
        self.told.append(custody)

    def leave(self) -> None:
        self.told.append("left")


def test_a_worker_attends_before_anything_is_received_and_leaves_once_it_is_drained(step: Keeping, parts: Parts):
    presence: Any = FakePresence()
    parts.presence = presence
    step.start(celery_worker(parts))
    assert (presence.told, parts.receivers) == ([parts.custody], {})
    assert parts.keeper is not None

    parts.keeper.on_drained()

    assert presence.told == [parts.custody, "left"]


def test_a_drained_worker_stops_celery_and_wakes_its_loop(step: Keeping, parts: Parts):
    parent = celery_worker(parts)
    step.start(parent)
    assert parts.keeper is not None

    parts.keeper.on_drained()

    assert state.should_stop == 0
    assert len(parent.hub.soon) == 1


def test_the_event_loop_looks_at_the_keeper(step: Keeping, parts: Parts, monkeypatch: pytest.MonkeyPatch):
    left: list[str] = []
    monkeypatch.setattr(worker, "_leave", left.append)
    parent = celery_worker(parts)
    step.register_with_event_loop(parent, parent.hub)
    [(seconds, look)] = parent.hub.repeatedly

    look()
    assert (seconds, left) == (1.0, [])

    monkeypatch.setattr(parts.watch, "from_loop", lambda: "keeper_stalled")
    look()
    assert left == ["keeper_stalled"]


@pytest.mark.parametrize(("reason", "code"), [("grace_period_over", 0), ("keeper_failed", 75), ("pool_stuck", 75)])
def test_a_worker_that_leaves_says_whether_it_was_in_good_order(
    monkeypatch: pytest.MonkeyPatch, reason: str, code: int
):
    codes: list[int] = []
    monkeypatch.setattr("os._exit", codes.append)

    worker._leave(reason)

    assert codes == [code]
