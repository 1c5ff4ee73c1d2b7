"""What comes after the storm: everybody goes on without a fault, and then the accounts must be right."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from schemas import histories
from schemas.conversation import conversation_folder, turn_of_key
from schemas.envelope import REASON_ATTRIBUTE
from schemas.retention import REQUESTS_PREFIX
from schemas.status import Status
from tests.interleavings.handler import ECHO, FILE, TALK
from tests.interleavings.system import OWNER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemas.job import Job
    from tests.interleavings.system import System

#: So many rounds are more than any job needs, however late its checks are by now.
_ROUNDS = 150
_SHORTEST_S = 20.0
#: What is asked for an hour ahead, parked, and checked for the seventh time.
_LONGEST = timedelta(days=2)


def calm_down(system: System) -> None:
    """Let time pass, and everybody do what is due, until nothing is."""
    system.stage.say("--- calm")
    began = system.clock()
    for actor in list(system.actors):
        system.finish(actor)
    for _ in range(_ROUNDS):
        if _is_quiet(system):
            break
        pass_time(system)
    system.calm_took = system.clock() - began


def pass_time(system: System) -> None:
    """Go on to the next thing that is due, and have everybody do what is due then."""
    system.clock.advance(_until_next(system))
    for turn in range(2):
        for worker in list(system.workers):
            system.finish(worker.round())
        if turn == 0:
            _receive_all(system)
    system.finish(system.sweep())


def _is_quiet(system: System) -> bool:
    is_done = not any(job.is_open for job in system.table.jobs)
    return is_done and not system.queue.messages and all(worker.is_idle for worker in system.workers)


def _until_next(system: System) -> float:
    """How long nothing at all is due."""
    now = system.clock()
    checks = [
        (job.next_check_at - now).total_seconds() for job in system.table.jobs if job.is_open and job.next_check_at
    ]
    visible = [message.visible_at - system.now_s() for message in system.queue.messages]
    return max(_SHORTEST_S, min([*checks, *visible], default=0.0))


def _receive_all(system: System) -> None:
    for message in system.queue.receivable(again=False):
        worker = system.workers[message.number % len(system.workers)]
        system.receive(worker, message)
    for worker in list(system.workers):
        while child := worker.begin():
            system.finish(child)


def findings(system: System) -> Iterator[str]:
    """Name all that is wrong once everything is calm."""
    table, queue = system.table, system.queue
    yield from (f"message {message.number} is left" for message in queue.messages)
    yield from (
        f"{job_id[-4:]} was accepted and is lost" for job_id in sorted(system.accepted) if not table.get(job_id)
    )
    yield from (
        f"{job_id[-4:]} stands, though it was refused by {who}"
        for job_id, who in system.refused.items()
        if table.get(job_id) and not any("table." in at for at in system.faults.get(who, ()))
    )
    if len(system.keyed) > 1:
        yield f"one key has made {len(system.keyed)} jobs"
    if system.calm_took > _LONGEST:
        yield f"calm took {system.calm_took}"
    for job in table.jobs:
        yield from (f"{what}: {job.id[-4:]} {job.status} {job.epoch}.{job.attempt}" for what in _of_job(system, job))
    yield from _of_dead_letters(system)
    yield from _of_conversation(system)
    left = set(system.bucket.keys(REQUESTS_PREFIX)) - {job.request.key for job in table.jobs}
    if left and not system.is_request_left:
        yield f"requests without a record, {sorted(left)}"
    successes = sum(job.status is Status.SUCCEEDED for job in table.jobs)
    for name, by in ECHO.counters.items():
        counted = table.counted(OWNER, name)
        if counted != successes * by:
            yield f"counter {name} is {counted} after {successes} successes"


def _of_job(system: System, job: Job) -> Iterator[str]:
    if job.is_open:
        yield "open"
    if system.table.ends[job.id, job.epoch] != 1:
        yield f"ended {system.table.ends[job.id, job.epoch]} times"
    if any(system.table.ends[job.id, epoch] != 1 for epoch in range(job.epoch)):
        yield "an epoch without an end"
    if (job.result is not None) != (job.status is Status.SUCCEEDED):
        yield "result"
    if (job.id, job.epoch) in system.cancelled and job.status is not Status.CANCELLED:
        yield "its owner was told that it is cancelled"
    if job.request.key and job.request.key not in system.bucket.objects:
        yield "its request is gone"
    yield from _of_objects(system, job)


def _of_objects(system: System, job: Job) -> Iterator[str]:
    """A result is of one attempt, the one whose end was recorded, and nothing else is left."""
    expected = set(job.files.values()) | ({job.result.key} if job.result and job.result.key else set())
    found = set(system.bucket.keys(f"{job.kind}/{job.id}/"))
    if missing := expected - found:
        yield f"objects are missing, {sorted(missing)}"
    elif job.result:
        run = system.bucket.get(job.files[FILE]).decode()
        said = system.payloads.load(job.result)["run"]
        if said != run or system.handler.runs[run] != system.table.winners[job.id]:
            yield f"result of {said}, file of {run}"
    if (left := found - expected) and job.id not in system.troubled:
        yield f"objects are left, {sorted(left)}"


def _of_conversation(system: System) -> Iterator[str]:
    """Each success is one turn, there are no others, and no number is missing."""
    head = system.table.conversations.get(OWNER, TALK)
    kept = [turn_of_key(key) for key in system.bucket.keys(conversation_folder(OWNER, TALK))]
    results = {job.id: system.payloads.load(job.result) for job in system.table.jobs if job.result}
    turns = {result["turn"]: (job_id, result["run"]) for job_id, result in results.items() if result["turn"]}
    if head is None or head.deleted:
        if turns and head is None:
            yield "turns of no conversation"
        if kept and not system.is_history_left:
            yield f"turns of a deleted conversation, {kept}"
        return
    history = histories.read(head, system.bucket)
    said = {turn.number: (turn.job_id, turn.message) for turn in history.turns}
    if len(said) != len(history.turns) or sorted(said) != list(range(1, head.turns + 1)):
        yield f"turns are {[turn.number for turn in history.turns]} of {head.turns}"
    if said != turns:
        yield f"the conversation has {said}, the jobs {turns}"
    if not system.is_history_left and set(kept) - {head.turns - 1, head.turns}:
        yield f"of {head.turns} turns {kept} are kept"


def _of_dead_letters(system: System) -> Iterator[str]:
    dead = {(job.id, job.epoch): job for job in system.table.jobs if job.status is Status.DEAD_LETTERED}
    letters = [(letter.envelope, letter.attributes.get(REASON_ATTRIBUTE)) for letter in system.queue.dead]
    current = {(e.job_id, e.epoch) for e, _ in letters if (job := system.table.get(e.job_id)) and job.epoch == e.epoch}
    yield from (f"dead letter of {job_id[-4:]}@{epoch}, not dead" for job_id, epoch in current - dead.keys())
    yield from (f"no dead letter of {job_id[-4:]}@{epoch}" for job_id, epoch in dead.keys() - current)
    for envelope, reason in letters:
        job = dead.get((envelope.job_id, envelope.epoch))
        if reason is None or (job and job.error and reason != job.error.code):
            yield f"dead letter of {envelope.job_id[-4:]} says {reason}"
