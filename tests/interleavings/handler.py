"""The one kind of job there is, and what its handler does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemas.envelope import from_message
from schemas.errors import PermanentError, TransientError
from schemas.kind import Backoff, Kind, Request, Result
from schemas.reply.tasks import Conversation
from tests.interleavings.lockstep import KilledError
from workers.delivery import lease_token

if TYPE_CHECKING:
    from tests.interleavings.lockstep import Actor
    from tests.interleavings.system import System
    from workers.work import OwnerWork

#: What a job's request may ask for.
DEEDS = ("ok", "slow", "fail", "flaky", "broken", "park", "poison", "bomb")
#: The conversation.
TALK = "talk"
#: The file of a result.
FILE = "echo.txt"
#: Makes a request, and a result, too large for a record.
_PADDING = "." * 100


class EchoRequest(Request):
    deed: str
    padding: str = ""
    talks: bool = False
    """Whether it is a turn of the one conversation that there is."""


class EchoResult(Result):
    run: str
    padding: str = ""
    turn: int | None = None


ECHO = Kind(
    name="echo",
    summary="Say it back",
    request=EchoRequest,
    result=EchoResult,
    example=EchoRequest(deed="ok"),
    max_attempts=2,
    timeout_s=120,
    backoff=Backoff(base_s=2.0, cap_s=60.0),
    counters={"practice_count": 1, "minutes": 3},
)


def request_of(what: str) -> EchoRequest:
    """The request of a deed; `long` makes it a large one, `talk` a turn of the conversation."""
    deed, *how = what.split()
    return EchoRequest(deed=deed, padding=_PADDING if "long" in how else "", talks="talk" in how)


def _said(run: str) -> Conversation:
    return Conversation(type="conversation", message=run, conversation=TALK)


class Handler:
    """Does as it is asked; each call is a run, named in what it writes."""

    def __init__(self, system: System) -> None:
        self._system = system
        self.runs: dict[str, str] = {}
        """By run: the token of the delivery that it ran for."""

    def __call__(self, request: EchoRequest, work: OwnerWork[Any]) -> EchoResult:
        stage = self._system.stage
        actor = stage.current
        assert actor is not None
        run = self._system.name("run")
        held = self._system.worker_of(actor).children[actor]
        self.runs[run] = lease_token(held.receipt)
        message = from_message(held.body)
        if self._system.table.begun[self.runs[run]] != (message.job_id, message.epoch):
            self._system.table.findings.append(f"{run} is of another epoch than its message, {message.epoch}")
        stage.say(f"{actor.name}: {run}, {request.deed}")
        dialogue = work.conversation(_said(run)) if request.talks else None
        work.store(FILE, run.encode(), mime="text/plain")
        if request.deed == "slow":
            stage.pause("half of the work")
            work.progress(0.5)
        self._end_badly(request.deed, actor, is_first=self._is_first(run))
        if dialogue:
            dialogue.end(reply=run, recast=None, memory={}, summary=None, summarised_turns=0)
        stage.pause("the end of the work")
        turn = dialogue.turn if dialogue else None
        return EchoResult(run=run, padding=request.padding, turn=turn, engine="echo", model="1")

    def _is_first(self, run: str) -> bool:
        """Whether none has run before in the job's epoch."""
        begun = self._system.table.begun
        return sum(begun[token] == begun[self.runs[run]] for token in self.runs.values()) == 1

    def _end_badly(self, deed: str, actor: Actor, *, is_first: bool) -> None:
        match deed:
            case "fail":
                raise PermanentError("bad_voice", "There is no such voice.")
            case "broken":
                raise TransientError("engine_crashed", "The engine crashed.")
            case "flaky" if is_first:
                raise TransientError("engine_crashed", "The engine crashed.")
            case "park" if is_first:
                raise TransientError("engine_busy", "Come again.", retry_after_s=3600)
            case "bomb":
                self._system.trouble(actor)
                self._system.worker_of(actor).is_over = True
                raise KilledError
            case "poison":
                self._system.trouble(actor)
                raise KilledError
