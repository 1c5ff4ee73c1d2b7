"""Actors that run one at a time: each stands still before all that it asks of the outside, until it is told to go on.

An actor is a thread, but never do two run: whoever gives the word waits until the actor stands still again. So the
order of everything is the caller's, to be repeated at will; to kill an actor where it stands is to kill it between any
two of its writes.
"""

from __future__ import annotations

import threading
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from schemas.envelope import Envelope
from schemas.job import Job
from schemas.move import Move

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import ManualClock


class Fate(StrEnum):
    """What becomes of a request."""

    GO = "go"
    OUT = "out"
    """It is not carried out, and answered with an error."""
    LOST = "lost"
    """It is carried out, and its answer is lost."""


class KilledError(BaseException):
    """The process is no more."""


class Actor:
    """Somebody who does one thing, step by step."""

    def __init__(self, stage: Stage, name: str, work: Callable[[], object]) -> None:
        self.name = name
        self.at = "begin"
        """What it does next."""
        self.is_done = False
        self.is_killed = False
        self._stage = stage
        self._work = work
        self._fate = Fate.GO
        self._error: BaseException | None = None
        self._go, self._back = threading.Lock(), threading.Lock()
        self._go.acquire()
        self._back.acquire()
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def _run(self) -> None:
        self._go.acquire()
        try:
            if not self.is_killed:
                self._work()
        except KilledError:
            self.is_killed = True
        except BaseException as error:  # noqa: BLE001 - raised where the actor was told to go on
            self._error = error
        self.is_done = True
        self._back.release()

    def step(self, fate: Fate = Fate.GO) -> None:
        """Have it do one thing, and stand still before the next."""
        if self.is_done:
            return
        self._fate, self._stage.current = fate, self
        self._go.release()
        self._back.acquire()
        self._stage.current = None
        if self._error:
            raise self._error

    def finish(self) -> None:
        """Have it go on to its end."""
        while not self.is_done:
            self.step()

    def kill(self) -> None:
        """End it where it stands."""
        if not self.is_done:
            self._stage.say(f"{self.name}: killed before {self.at}")
            self.is_killed = True
            self.step()

    def pause(self, what: str) -> Fate:
        """Stand still; for the actor itself."""
        if self.is_killed:
            raise KilledError  # the dead ask for nothing, whatever their `finally` says
        self.at = what
        self._back.release()
        self._go.acquire()
        if self.is_killed:
            raise KilledError
        return self._fate


class Stage:
    """Where actors are, and what they have done."""

    def __init__(self, clock: ManualClock) -> None:
        self.current: Actor | None = None
        self.lines: list[str] = []
        self._clock = clock
        self._began = clock()

    def say(self, line: str) -> None:
        self.lines.append(f"{(self._clock() - self._began).total_seconds():8.1f} {line}")

    def pause(self, what: str) -> Fate:
        """Stand still, if this is an actor."""
        return self.current.pause(what) if self.current else Fate.GO


class Wire:
    """A port as actors reach it: each request is a step, and may meet its fate."""

    def __init__(self, stage: Stage, name: str, inner: Any, error: Callable[[], Exception]) -> None:
        self._stage = stage
        self._name = name
        self._inner = inner
        self._error = error

    def __getattr__(self, method: str) -> Any:
        call = getattr(self._inner, method)

        def request(*args: Any, **kwargs: Any) -> Any:
            actor = self._stage.current
            if actor is None:
                return call(*args, **kwargs)
            what = f"{self._name}.{method}({', '.join(map(_brief, [*args, *kwargs.values()]))})"
            fate = actor.pause(what)
            if fate is Fate.OUT:
                self._stage.say(f"{actor.name}: {what} -> out")
                raise self._error()
            try:
                answer = call(*args, **kwargs)
            except Exception as error:
                self._stage.say(f"{actor.name}: {what} -> {fate if fate is Fate.LOST else error}")
                if fate is Fate.LOST:
                    raise self._error() from None
                raise
            self._stage.say(f"{actor.name}: {what} -> {fate if fate is Fate.LOST else _brief(answer)}")
            if fate is Fate.LOST:
                raise self._error()
            return answer

        return request


def _brief(value: Any) -> str:
    """Name a job, a move or a message in a word."""
    match value:
        case None | bool() | str() | int():
            return str(value)
        case dict() | list() | tuple():
            return f"[{', '.join(map(_brief, value))}]"
        case Move():
            return f"{value.name} {value.job_id[-4:]}"
        case Job():
            return f"{value.id[-4:]} {value.status} {value.epoch}.{value.attempt}"
        case Envelope():
            return f"message {value.job_id[-4:]} epoch {value.epoch}"
        case _:
            return type(value).__name__
