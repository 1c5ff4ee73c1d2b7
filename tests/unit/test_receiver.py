"""Receivers: what they ask for, what comes of each message, and that no error of SQS ends them."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import NoCredentialsError, ReadTimeoutError

from ops.sqs_transport.custody import HANDED_BACK, Custody
from ops.sqs_transport.held import Refused
from ops.sqs_transport.receiver import Receiver, SharedClient
from tests.transport import HEARTBEAT_S, QUEUE, VISIBILITY_S, body, in_thread, out_of_reach, refusal, url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.sqs_transport.held import Held


def message(receipt: str = "one", text: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"ReceiptHandle": receipt, "Body": body() if text is None else text, **fields}


@dataclass
class Bench:
    """A receiver whose client answers as a test says, and then closes the custody."""

    answers: list[Any] = field(default_factory=list)
    """Messages, or an error, of each receive."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    clients: int = 0
    rests: list[float] = field(default_factory=list)
    delivered: list[tuple[str, Held, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.custody = Custody(slots=30, pool_size=30, guards={})
        custody: Any = self.custody
        custody.rest = self.rests.append
        self.receiver = Receiver(
            queue=QUEUE,
            url=url(),
            kind="tts",
            custody=self.custody,
            client=SharedClient(self.new_client),
            deliver=self.deliver,
            wait_s=20,
            visibility_s=VISIBILITY_S,
            heartbeat_s=HEARTBEAT_S,
        )

    def new_client(self) -> Any:
        self.clients += 1
        return self

    def deliver(self, queue: str, messages: Sequence[tuple[Held, Any]]) -> None:
        self.delivered += [(queue, held, told) for held, told in messages]

    def receive_message(self, **request: Any) -> dict[str, Any]:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if not self.answers:
            self.custody.close()
        if isinstance(answer, Exception):
            raise answer
        return {"Messages": answer} if answer else {}

    def run(self, *answers: Any) -> None:
        """Receive so often, and once more."""
        self.answers = [*answers, []]
        self.receiver.run()


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_receive_asks_for_all_that_a_worker_needs_to_know(bench: Bench):
    bench.run()

    assert bench.asked == [
        {
            "QueueUrl": url(),
            "MaxNumberOfMessages": 10,
            "WaitTimeSeconds": 20,
            "VisibilityTimeout": VISIBILITY_S,
            "MessageSystemAttributeNames": ["ApproximateReceiveCount"],
            "MessageAttributeNames": ["sayline.reason"],
        }
    ]


def test_what_is_received_is_in_hand_before_it_is_delivered(bench: Bench):
    in_hand: list[list[str]] = []
    bench.receiver.deliver = lambda *_: in_hand.append([held.receipt for held in bench.custody.held()])

    bench.run([message("one"), message("two")])

    assert in_hand == [["one", "two"]]


def test_a_message_is_delivered_as_it_was_received(bench: Bench):
    told = message("one", MessageAttributes={"sayline.reason": {}})

    bench.run([told])

    [(queue, held, delivered)] = bench.delivered
    assert (queue, delivered) == (QUEUE, told)
    assert (held.queue, held.url, held.receipt, held.body) == (QUEUE, url(), "one", body())
    assert held.received_at > 1_700_000_000
    assert held.visible_at - held.beat_at == VISIBILITY_S - HEARTBEAT_S
    assert not held.is_given


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no JSON", "unreadable_message"),
        ("", "unreadable_message"),
        ("{}", "unreadable_message"),
        ('{"body": "[[{}],{},{}]"}', "unreadable_message"),
        ("[" * 100_000, "unreadable_message"),
        (body(kind="image"), "unknown_task"),
    ],
)
def test_a_message_that_is_no_job_of_the_queue_is_refused_and_never_reaches_celery(bench: Bench, text: str, code: str):
    bench.run([message("foreign", text), message("one")])

    refused = [(held.receipt, ending) for held, ending in bench.custody.drain() if isinstance(ending, Refused)]
    assert refused == [("foreign", Refused(code))]
    assert [held.receipt for _, held, _ in bench.delivered] == ["one"]


@pytest.mark.parametrize(
    "error",
    [
        out_of_reach(),
        ReadTimeoutError(endpoint_url=url()),
        NoCredentialsError(),
        refusal(500),
        refusal(503),
        refusal(429, "ThrottlingException"),
        refusal(400, "AWS.SimpleQueueService.NonExistentQueue"),
        KeyError("a defect"),
    ],
)
def test_no_error_ends_a_receiver(bench: Bench, error: Exception):
    bench.run(error, [message()])

    assert [held.receipt for _, held, _ in bench.delivered] == ["one"]
    assert len(bench.rests) == 1
    assert bench.clients == 1
    assert bench.custody.is_closed


def test_receives_that_fail_back_off_and_a_good_one_ends_that(bench: Bench):
    bench.run(*[refusal(500)] * 8, [], refusal(500))

    longest = [0.5, 1, 2, 4, 8, 16, 20, 20, 0.5]
    assert len(bench.rests) == len(longest)
    assert all(most / 2 <= rest <= most for rest, most in zip(bench.rests, longest, strict=True))


def test_receives_that_fail_hold_no_slots_while_they_rest(bench: Bench):
    custody: Any = bench.custody
    empty: list[bool] = []
    custody.rest = lambda _seconds: empty.append(bench.custody.is_empty)

    bench.run(refusal(500))

    assert empty == [True]


def test_expired_credentials_are_read_anew_by_a_new_client(bench: Bench):
    bench.run(refusal(403, "ExpiredToken"), [message()])

    assert bench.clients == 2
    assert len(bench.delivered) == 1


def test_a_client_that_cannot_be_made_is_made_later(bench: Bench):
    errors: list[Exception] = [NoCredentialsError(), OSError("no file")]
    new_client = bench.new_client

    def fail_first() -> Any:
        if errors:
            raise errors.pop()
        return new_client()

    bench.receiver._client = SharedClient(fail_first)  # noqa: SLF001

    bench.run([message()])

    assert len(bench.rests) == 2
    assert len(bench.delivered) == 1


def test_a_client_is_renewed_once_though_every_receiver_was_refused():
    made: list[Any] = []

    def new() -> Any:
        made.append(object())
        return made[-1]

    shared = SharedClient(new)
    first = shared.get()
    for _ in range(2):  # two receivers
        shared.renew(first)
        shared.get()

    assert len(made) == 2


def test_what_comes_while_the_worker_ends_is_handed_back(bench: Bench):
    bench.answers = [[message("late")]]  # the custody is closed while it is received

    bench.receiver.run()

    assert [(held.receipt, ending) for held, ending in bench.custody.drain()] == [("late", HANDED_BACK)]


def test_the_watch_sees_since_when_a_poll_is_under_way(bench: Bench):
    polling, answer = threading.Event(), threading.Event()
    receive = bench.receive_message

    def slowly(**request: Any) -> dict[str, Any]:
        polling.set()
        assert answer.wait(10)
        return receive(**request)

    bench.receive_message = slowly  # type: ignore[method-assign]
    bench.answers = [[]]
    running = in_thread(bench.receiver.run)
    assert polling.wait(10)
    assert bench.receiver.polling_since is not None
    answer.set()
    running.result(timeout=10)

    assert bench.receiver.polling_since is None
