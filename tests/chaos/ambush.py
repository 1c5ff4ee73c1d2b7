"""Ambushes: a process is struck between two writes, where its next request of a sort passes the proxy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.faults import CALM, Fault, FaultPlan, Injection

if TYPE_CHECKING:
    from collections.abc import Callable

#: Requests of a worker on either side of which it may die: claim and end, what follows, files, dead letter, settling.
WORKER_WRITES = (
    "DynamoDB.UpdateItem",
    "DynamoDB.TransactWriteItems",
    "S3.PutObject",
    "S3.DeleteObjects",
    "SQS.SendMessage",
    "SQS.DeleteMessage",
)
#: Likewise of the API.
API_WRITES = ("S3.PutObject", "DynamoDB.PutItem", "SQS.SendMessage")
#: Where a worker is in the midst of an attempt.
IN_AN_ATTEMPT = ("DynamoDB.UpdateItem", "S3.PutObject")


@dataclass(frozen=True)
class Ambush:
    """What is done at the next request that an operation's name begins."""

    operation: str
    injection: Injection


class Lookout:
    """Decides on the requests of one process: an ambush that was laid for it, else the plan of all."""

    def __init__(self) -> None:
        self.plan: FaultPlan = CALM
        self.ambush: Ambush | None = None

    def __call__(self, operation: str) -> Injection:
        """Return what becomes of a request."""
        ambush = self.ambush
        # Batches are meant, too: `DeleteMessage` and `DeleteMessageBatch`.
        if ambush is None or not operation.startswith(ambush.operation):
            return self.plan(operation)
        self.ambush = None
        return ambush.injection

    def lay(self, operation: str, fault: Fault, act: Callable[[], None]) -> None:
        """Lay an ambush, in the place of one that nothing came by yet."""
        self.ambush = Ambush(operation, Injection(fault, act=act))
