"""Doubles for the tests of the transport: time that a test sets, SQS and a life cycle that remember what was said."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, EndpointConnectionError

from ops.sqs_transport.held import Held
from schemas.envelope import Envelope, to_message
from schemas.errors import UnavailableError
from schemas.outcome import Outcome, Settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from ops.sqs_transport.held import Ending

QUEUE, OTHER = "sayline-dev-tts", "sayline-dev-image"
VISIBILITY_S, HEARTBEAT_S = 60, 15.0


def url(queue: str = QUEUE) -> str:
    return f"http://sqs/{queue}"


def body(kind: str = "tts", job_id: str = "job-1", *, task: str | None = None) -> str:
    return to_message(Envelope(job_id=job_id, kind=kind), task=task or f"sayline.{kind}", queue=QUEUE)


def held(receipt: str = "one", *, queue: str = QUEUE, **fields: Any) -> Held:
    """What was received at second 0."""
    times = {"received_at": 1_800_000_000.0, "visible_at": float(VISIBILITY_S), "beat_at": HEARTBEAT_S}
    return Held(queue=queue, url=url(queue), receipt=receipt, **{"body": body(), **times, **fields})


def refusal(status: int, code: str = "Refused") -> ClientError:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "AnyOperation")


def in_thread(call: Callable[..., Any], *arguments: Any, **named: Any) -> Future[Any]:
    """Call in a thread that ends with the tests, be it stuck; wait for the future with a time-out."""
    future: Future[Any] = Future()

    def run() -> None:
        try:
            future.set_result(call(*arguments, **named))
        except BaseException as error:  # noqa: BLE001 - the test's to see
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


class FakeTime:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class FakeSqs:
    """Remembers what it was told; fails where it is told to."""

    said: list[tuple[str, str, dict[str, int | None]]] = field(default_factory=list)
    """Of each batch: the operation, the URL, and the seconds (None: deletion) of each receipt."""
    faults: dict[str, bool] = field(default_factory=dict)
    """Receipts that are refused, and whether that is the sender's fault."""
    error: Exception | None = None
    journal: list[str] = field(default_factory=list)

    def delete_message_batch(self, **request: Any) -> dict[str, Any]:
        return self._answer("delete", request)

    def change_message_visibility_batch(self, **request: Any) -> dict[str, Any]:
        return self._answer("hide", request)

    def _answer(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        entries = request["Entries"]
        self.journal.append(operation)
        self.said.append(
            (operation, request["QueueUrl"], {e["ReceiptHandle"]: e.get("VisibilityTimeout") for e in entries})
        )
        if self.error:
            raise self.error
        refused = [entry for entry in entries if entry["ReceiptHandle"] in self.faults]
        return {
            "Failed": [
                {"Id": entry["Id"], "Code": "Refused", "SenderFault": self.faults[entry["ReceiptHandle"]]}
                for entry in refused
            ]
        }

    def receipts(self, operation: str) -> list[str]:
        """All receipts that the operation was said of, in order."""
        return [receipt for said, _, entries in self.said if said == operation for receipt in entries]


def out_of_reach() -> EndpointConnectionError:
    return EndpointConnectionError(endpoint_url=url())


@dataclass
class FakeAttempts:
    """A life cycle that says what it is told to."""

    journal: list[str] = field(default_factory=list)
    others: set[str] = field(default_factory=set)
    """Receipts whose job is another's by now."""
    is_out: bool = False
    outcome: Outcome = field(default_factory=Settled)
    told: list[tuple[str, ...]] = field(default_factory=list)

    def extend(self, held: Held) -> bool:
        self._tell("extend", held.receipt)
        return held.receipt not in self.others

    def abandon(self, held: Held, code: str) -> Outcome:
        self._tell("abandon", held.receipt, code)
        return self.outcome

    def hand_back(self, held: Held) -> None:
        self._tell("hand_back", held.receipt)

    def refuse(self, queue: str, body: str, code: str) -> None:
        self._tell("refuse", queue, body, code)

    def _tell(self, *told: str) -> None:
        self.journal.append(told[0])
        self.told.append(told)
        if self.is_out:
            raise UnavailableError("DynamoDB", "EndpointConnectionError")


@dataclass
class FakeAllowance:
    count: int
    retry_in_s: float = 3.0
    probing: bool = False


@dataclass
class FakeGuard:
    """A guard that says what it is told to; `ends` is called as an attempt ends."""

    allowed: FakeAllowance = field(default_factory=lambda: FakeAllowance(10))
    is_open: bool = False
    asked: list[int] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    endings: list[tuple[Ending, int]] = field(default_factory=list)
    ends: Callable[[], None] = lambda: None

    def allowance(self, in_hand: int) -> Any:
        self.asked.append(in_hand)
        return self.allowed

    def took(self, count: int) -> int:
        self.taken.append(count)
        return 7

    def ended(self, ending: Ending, *, generation: int) -> None:
        self.endings.append((ending, generation))
        self.ends()
