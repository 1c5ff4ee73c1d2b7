"""What is said to SQS about messages in hand: deletions and changes of visibility, ten to a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from botocore.exceptions import BotoCoreError, ClientError

from ops.aws.batches import BATCH
from ops.aws.errors import reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from mypy_boto3_sqs import SQSClient

    from ops.sqs_transport.held import Held

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be said about a message: hide it for so many seconds from now, or delete it (None)."""

    held: Held
    hide_s: int | None


class Batches:
    """Says orders to SQS; each is one of done, gone (its receipt is no longer good) or failed."""

    def __init__(self, client: SQSClient) -> None:
        self._client = client
        self._is_out = False

    def say(self, orders: Iterable[Order]) -> tuple[list[Order], list[Order]]:
        """Say the orders, and return those that are done and those that failed; the rest are gone."""
        self._is_out = False
        groups: dict[tuple[str, bool], list[Order]] = {}
        for order in orders:
            groups.setdefault((order.held.url, order.hide_s is None), []).append(order)
        done: list[Order] = []
        failed: list[Order] = []
        for (url, is_deletion), group in groups.items():
            request = self._delete if is_deletion else self._hide
            for start in range(0, len(group), BATCH):
                batch = group[start : start + BATCH]
                # One time-out is enough: one for each batch would take the keeper too long.
                said = ([], batch) if self._is_out else self._batch(request, url, batch)
                done += said[0]
                failed += said[1]
        return done, failed

    def _batch(
        self, request: Callable[[str, Sequence[Order]], Any], url: str, batch: Sequence[Order]
    ) -> tuple[list[Order], list[Order]]:
        try:
            entries = request(url, batch).get("Failed", [])
        except (BotoCoreError, ClientError) as error:
            log.warning("settling_failed", count=len(batch), reason=reason(error))
            self._is_out = isinstance(error, BotoCoreError)
            return [], list(batch)
        failures = {int(entry["Id"]): entry for entry in entries}
        for number, entry in failures.items():
            log.info("settling_refused", code=entry["Code"], gone=entry["SenderFault"], receipt=number)
        done = [order for number, order in enumerate(batch) if number not in failures]
        again = [batch[number] for number, entry in failures.items() if not entry["SenderFault"]]
        return done, again

    def _delete(self, url: str, batch: Sequence[Order]) -> Any:  # noqa: ANN401 - either operation's answer
        return self._client.delete_message_batch(
            QueueUrl=url,
            Entries=[{"Id": str(n), "ReceiptHandle": order.held.receipt} for n, order in enumerate(batch)],
        )

    def _hide(self, url: str, batch: Sequence[Order]) -> Any:  # noqa: ANN401
        return self._client.change_message_visibility_batch(
            QueueUrl=url,
            Entries=[
                {"Id": str(n), "ReceiptHandle": order.held.receipt, "VisibilityTimeout": order.hide_s or 0}
                for n, order in enumerate(batch)
            ],
        )
