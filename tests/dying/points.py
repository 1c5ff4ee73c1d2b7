"""The points at which a command is stopped, and by what each is known to have been met.

What a process leaves behind changes with its requests alone, and with the file that it writes: just before and just
after each of these is every state that there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from tests.dying.found import Found

MOVE = "DynamoDB.UpdateItem"
READ = "DynamoDB.BatchGetItem"
SEND = "SQS.SendMessageBatch"
RECEIVE = "SQS.ReceiveMessage"
DELETE = "SQS.DeleteMessageBatch"
#: Messages of a request.
TEN = 10


@dataclass(frozen=True)
class Stop:
    """Before the n-th request of an operation is carried out, or when it was, and its answer is still on the way."""

    operation: str
    nth: int
    is_after: bool


@dataclass(frozen=True)
class Point:
    """A stage of a command."""

    name: str
    operation: str
    is_after: bool
    nth: Sequence[int]
    """The requests of which one is drawn."""
    shows: Callable[[Found, Found, int], bool]
    """Whether what was found before and afterwards, and the number of the request, are those of this stage."""

    def stop(self, rng: Random) -> Stop:
        """Draw a request."""
        return Stop(self.operation, rng.choice(self.nth), self.is_after)


def dealt(points: Sequence[Point], seed: int, count: int) -> list[Point]:
    """Deal points out to the seeds, so that each has others, and a few seeds together have all."""
    return [points[(seed * count + number) % len(points)] for number in range(count)]


def _no_change(before: Found, after: Found, _: int) -> bool:
    return before == after


def _deletes(done: int) -> Callable[[Found, Found, int], bool]:
    """All that were chosen have moved; so many of the batches before this one, and it itself, have gone.

    A batch is of ten messages that were received, and has one at least of those that were chosen.
    """
    return lambda before, after, nth: (
        after.moved >= before.moved and before.letters - TEN * nth <= after.letters <= before.letters - (nth - 1 + done)
    )


REDRIVE = (
    Point("read, nothing moved", READ, is_after=True, nth=(1,), shows=_no_change),
    Point(
        "before a move, all that moved is sent",
        MOVE,
        is_after=False,
        nth=range(1, 91, TEN),
        shows=lambda before, after, nth: (
            (after.begun - before.begun, after.unsent - before.unsent) == (nth - 1, 0)
            and after.letters == before.letters
        ),
    ),
    Point(
        "moved, not sent",
        MOVE,
        is_after=True,
        nth=tuple(n for n in range(1, 91) if n % TEN),
        shows=lambda before, after, nth: (after.begun - before.begun, after.unsent - before.unsent) == (nth, nth % TEN),
    ),
    Point(
        "ten moved, not sent",
        SEND,
        is_after=False,
        nth=range(1, 9),
        shows=lambda before, after, nth: (after.begun - before.begun, after.unsent - before.unsent) == (TEN * nth, TEN),
    ),
    Point(
        "sent, no letter deleted",
        SEND,
        is_after=True,
        nth=range(1, 9),
        shows=lambda before, after, nth: (
            (after.begun - before.begun, after.unsent, after.letters) == (TEN * nth, before.unsent, before.letters)
        ),
    ),
    Point(
        "all sent, letters in hand",
        RECEIVE,
        is_after=True,
        nth=(1,),
        shows=lambda before, after, _: after.begun > before.begun and after.letters == before.letters,
    ),
    Point("before letters are deleted", DELETE, is_after=False, nth=range(1, 9), shows=_deletes(0)),
    Point("letters deleted", DELETE, is_after=True, nth=range(1, 9), shows=_deletes(1)),
)

PURGE = (
    Point("part of the file is written", READ, is_after=True, nth=range(2, 9), shows=_no_change),
    Point("the file is written, nothing given up", MOVE, is_after=False, nth=(1,), shows=_no_change),
    Point(
        "given up, letters there",
        MOVE,
        is_after=True,
        nth=range(1, 91),
        shows=lambda before, after, nth: (after.given_up - before.given_up, after.letters) == (nth, before.letters),
    ),
    Point("before letters are deleted", DELETE, is_after=False, nth=range(1, 9), shows=_deletes(0)),
    Point("letters deleted", DELETE, is_after=True, nth=range(1, 9), shows=_deletes(1)),
)

IMPORT = (
    Point("read, nothing sent", READ, is_after=True, nth=(1,), shows=_no_change),
    Point(
        "letters sent, no record says so",
        SEND,
        is_after=True,
        nth=range(1, 20),
        shows=lambda before, after, nth: (
            after.letters == before.letters + TEN * nth and before.given_up - after.given_up == TEN * (nth - 1)
        ),
    ),
    Point(
        "some records say so",
        MOVE,
        is_after=True,
        nth=tuple(n for n in range(1, 200) if n % TEN),
        shows=lambda before, after, nth: (
            before.given_up - after.given_up == nth and after.letters - before.letters == nth + TEN - nth % TEN
        ),
    ),
)
