"""The in-memory twin of the dead-letter queues' other end."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count, islice
from typing import TYPE_CHECKING

from schemas.dead_letters import DeadLetter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ops.memory import MemoryQueues
    from schemas.envelope import Envelope
    from schemas.job import JsonObject
    from schemas.ports import Clock

    #: Id, envelope or None, body, reason.
    Entry = tuple[str, Envelope | None, str, JsonObject]

_BATCH = 10


class MemoryDeadLetterBox:
    """Receives what `MemoryQueues` has buried."""

    def __init__(self, queues: MemoryQueues, clock: Clock) -> None:
        self._queues = queues
        self._clock = clock
        self._hidden: dict[str, tuple[str, datetime]] = {}
        """By message: the receipt of its latest receive, and until when it is hidden."""
        self._receives = count()

    def receive(self, kind: str, *, hide_s: int) -> Sequence[DeadLetter]:
        """Return up to ten messages, hidden for a while."""
        visible = (entry for entry in self._entries(kind) if not self._is_hidden(entry[0]))
        return [self._received(entry, hide_s) for entry in islice(visible, _BATCH)]

    def delete(self, kind: str, letters: Sequence[DeadLetter]) -> None:
        """Delete messages."""
        del kind
        gone = {letter.id for letter in letters if self._hidden.get(letter.id, ("",))[0] == letter.receipt}
        self._queues.dead = [entry for entry in self._queues.dead if str(id(entry)) not in gone]
        self._queues.foreign = [entry for entry in self._queues.foreign if str(id(entry)) not in gone]

    def put_back(self, kind: str, receipts: Sequence[str]) -> None:
        """Show messages again at once."""
        del kind
        for message, (receipt, _) in tuple(self._hidden.items()):
            if receipt in receipts:
                self._hidden[message] = receipt, self._clock()

    def held(self, kind: str) -> Mapping[str, int]:
        """Return how many messages there are."""
        hidden = [self._is_hidden(message) for message, *_ in self._entries(kind)]
        return {"visible": hidden.count(False), "in_flight": hidden.count(True), "delayed": 0}

    def _entries(self, kind: str) -> Iterator[Entry]:
        for ours in self._queues.dead:
            envelope, error = ours
            if envelope.kind == kind:
                reason = {"code": error.code, "message": error.message, "epoch": envelope.epoch}
                yield str(id(ours)), envelope, envelope.model_dump_json(), reason
        for foreign in self._queues.foreign:
            queue, body, code = foreign
            if queue.endswith(f"-{kind}"):
                yield str(id(foreign)), None, body, {"code": code}

    def _is_hidden(self, message: str) -> bool:
        return message in self._hidden and self._hidden[message][1] > self._clock()

    def _received(self, entry: Entry, hide_s: int) -> DeadLetter:
        message, envelope, body, reason = entry
        receipt = f"{message}-{next(self._receives)}"
        self._hidden[message] = receipt, self._clock() + timedelta(seconds=hide_s)
        return DeadLetter(id=message, receipt=receipt, body=body, envelope=envelope, reason=reason)
