"""A twin of SQS, with what is easily forgotten of it.

A message is delivered again when its visibility ends, or earlier: at least once. Each receive has a receipt handle of
its own, and those before may still delete the message (as on AWS) or be refused (as by emulators).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from schemas.envelope import REASON_ATTRIBUTE, from_message, to_message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from schemas.envelope import Envelope
    from schemas.job import JobError
    from tests.conftest import ManualClock

VISIBILITY_S = 60
#: The backstop of the queues' RedrivePolicy.
MAX_RECEIVES = 100


@dataclass(eq=False)
class Message:
    body: str
    attributes: dict[str, str]
    visible_at: float
    number: int
    receipts: list[str] = field(default_factory=list)

    @property
    def envelope(self) -> Envelope:
        return from_message(self.body)


class Queue:
    """One queue of jobs with its dead-letter queue."""

    def __init__(self, clock: ManualClock, *, are_stale_handles_good: bool) -> None:
        self._clock = clock
        self.are_stale_handles_good = are_stale_handles_good
        self._numbers = 0
        self.messages: list[Message] = []
        self.dead: list[Message] = []

    def _new(self, body: str, attributes: dict[str, str], delay_s: float = 0) -> Message:
        self._numbers += 1
        return Message(body, attributes, self.now_s + delay_s, self._numbers)

    @property
    def now_s(self) -> float:
        return self._clock().timestamp()

    # --- ports of the API, the clock and the runner ---

    def send(self, envelope: Envelope, *, owner: str, delay_s: int = 0) -> None:
        self.messages.append(self._new(to_message(envelope, task="sayline.echo", queue="echo"), {}, delay_s))

    def send_batch(self, messages: Sequence[tuple[Envelope, str]]) -> None:
        for envelope, owner in messages:
            self.send(envelope, owner=owner)

    def bury(self, envelope: Envelope, *, error: JobError, context: Mapping[str, str | int]) -> None:
        self.dead.append(
            self._new(to_message(envelope, task="sayline.echo", queue="echo"), {REASON_ATTRIBUTE: error.code})
        )

    def depth(self, kind: str) -> int:
        return len(self.messages)

    # --- receiving ---

    def receivable(self, *, again: bool) -> list[Message]:
        """What may be received now; `again`: though it is in flight."""
        now = self.now_s
        return [m for m in self.messages if m.visible_at <= now or (again and m.receipts)]

    def receive(self, message: Message) -> str | None:
        """Deliver a message, and return the receipt handle."""
        if len(message.receipts) >= MAX_RECEIVES:
            self.messages.remove(message)
            self.dead.append(message)
            return None
        receipt = f"receipt-{message.number}-{len(message.receipts)}"
        message.receipts.append(receipt)
        message.visible_at = self.now_s + VISIBILITY_S
        return receipt

    def move_back(self, dead: Message) -> None:
        """Move a dead letter to the queue, as the console does: with its attributes."""
        self.dead.remove(dead)
        self.messages.append(self._new(dead.body, dead.attributes))

    # --- the keeper's client ---

    def delete_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        return self._each(Entries, self._delete)

    def change_message_visibility_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        return self._each(Entries, self._hide)

    def _each(self, entries: list[dict[str, Any]], do: Any) -> dict[str, Any]:
        refused = [
            {"Id": entry["Id"], "Code": "ReceiptHandleIsInvalid", "SenderFault": True}
            for entry in entries
            if not do(entry, self._found(entry["ReceiptHandle"]))
        ]
        return {"Failed": refused} if refused else {}

    def _found(self, receipt: str) -> Message | None:
        return next((message for message in self.messages if receipt in message.receipts), None)

    def _is_good(self, receipt: str, message: Message) -> bool:
        return self.are_stale_handles_good or receipt == message.receipts[-1]

    def _delete(self, entry: dict[str, Any], message: Message | None) -> bool:
        if message is None:
            return True
        if not self._is_good(entry["ReceiptHandle"], message):
            return False
        self.messages.remove(message)
        return True

    def _hide(self, entry: dict[str, Any], message: Message | None) -> bool:
        if message is None or message.visible_at <= self.now_s or not self._is_good(entry["ReceiptHandle"], message):
            return False
        message.visible_at = self.now_s + entry["VisibilityTimeout"]
        return True
