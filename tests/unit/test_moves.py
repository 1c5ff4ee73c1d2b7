"""What the table must refuse, said once more without it: a guard that is dropped from a row is missed here.

The model test takes the table's rows for granted; this takes the reasons for them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ops.memory import MemoryJobStore
from schemas import moves, purging
from schemas.conditions import Facts
from schemas.errors import RefusedError
from schemas.job import (
    Attempt,
    CountAfter,
    Job,
    Lease,
    Payload,
    Progress,
    dead_shard,
    dead_shards,
    open_shard,
    open_shards,
    parked_shard,
)
from schemas.move import Change, Move
from schemas.moves import Amended, Holder
from schemas.status import FINAL, TRANSITIONS, Status
from tests.conftest import ManualClock, new_job
from tests.life_cycle import ERROR, build

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = ManualClock().now
LIVE = Lease(token="mine", until=NOW + timedelta(seconds=60), worker="host:1")
DEAD = Lease(token="lost", until=NOW - timedelta(milliseconds=1), worker="host:1")
OTHERS = Lease(token="another's", until=NOW + timedelta(seconds=60), worker="host:2")

RUNNING: dict[str, object] = {"status": Status.RUNNING, "attempt": 1, "lease": LIVE}
#: For every move a record that allows it, of two attempts at most, to who holds the lease `mine` or saw epoch 0.
READY: dict[str, dict[str, object]] = {
    "release": {"status": Status.SCHEDULED, "due_at": NOW},
    "claim": {"status": Status.QUEUED},
    "take_over": RUNNING | {"lease": DEAD},
    "bury": RUNNING | {"lease": DEAD, "attempt": 2},
    "extend": RUNNING,
    "report": RUNNING,
    "succeed": RUNNING,
    "fail": RUNNING,
    "retry": RUNNING,
    "park": RUNNING,
    "hand_back": RUNNING,
    "wait": RUNNING,
    "dead_letter": RUNNING | {"attempt": 2},
    "cancel": {"status": Status.QUEUED},
    "request_cancel": RUNNING,
    "stop": RUNNING | {"cancel_requested": True},
    "drop": RUNNING | {"lease": DEAD, "cancel_requested": True},
    "redrive": {"status": Status.DEAD_LETTERED, "attempt": 2},
    "discard": {"status": Status.DEAD_LETTERED, "attempt": 2, "finished_at": NOW},
    "restore": {"status": Status.FAILED, "attempt": 2, "finished_at": NOW, "next_check_at": None, "open_shard": None},
    "forget": {"status": Status.SUCCEEDED, "finished_at": NOW},
}
SOURCES = {name: {fields["status"]} for name, fields in READY.items()}
SOURCES["claim"] |= {Status.RETRYING}
SOURCES["cancel"] |= {Status.RETRYING, Status.SCHEDULED}
SOURCES["redrive"] |= {Status.FAILED}

ENDS_OF_THE_HOLDER = ("succeed", "fail", "retry", "park", "hand_back", "dead_letter", "stop")
UNLESS_CANCELLED = (
    "take_over",
    "bury",
    "report",
    "succeed",
    "fail",
    "retry",
    "park",
    "hand_back",
    "wait",
    "dead_letter",
)
#: Those that lead from a state that is open to one that is final.
ENDS = sorted(name for name, row in TRANSITIONS.items() if row.target in FINAL and not row.sources & FINAL)
#: Who finds the job of a dead worker.
OF_THE_NEXT = ("take_over", "bury", "drop")


def spoilt() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every guard of every move: the move, the condition that does not hold, and what is so instead."""
    follows = {"n": CountAfter(name="n", by=1, day="2026-11-21")}
    rows: tuple[tuple[tuple[str, ...], str, dict[str, Any]], ...] = (
        ((*ENDS_OF_THE_HOLDER, "wait", "extend", "report"), "holds_lease", {"lease": OTHERS}),
        (("claim", *OF_THE_NEXT, "redrive", "discard", "restore"), "same_epoch", {"epoch": 1}),
        (OF_THE_NEXT, "lease_expired", {"lease": LIVE}),
        (("take_over", "retry", "park"), "attempts_left", {"attempt": 2}),
        (("bury", "dead_letter"), "attempts_used_up", {"attempt": 1}),
        (UNLESS_CANCELLED, "no_cancel_requested", {"cancel_requested": True}),
        (("stop", "drop"), "cancel_requested", {"cancel_requested": False}),
        (("redrive", "discard", "restore", "forget"), "nothing_follows", {"after": follows}),
        (("release",), "due", {"due_at": NOW + timedelta(milliseconds=1)}),
    )
    yield from ((name, condition, fields) for names, condition, fields in rows for name in names)


def attempt(name: str, **fields: Any) -> tuple[MemoryJobStore, Job, Move]:
    """A store with a record of these fields, the record, and the move as who saw epoch 0 makes it."""
    clock = ManualClock()
    job = new_job("job-1", clock, **{"updated_at": NOW - timedelta(seconds=1)} | fields)
    store = MemoryJobStore()
    store.create(job)
    move = build(name, job.model_copy(update={"epoch": 0}), "mine", clock, follows=False)
    return store, job, move


def test_every_move_is_looked_at():
    assert READY.keys() == TRANSITIONS.keys()


@pytest.mark.parametrize(
    ("name", "source"), [(name, source) for name in SOURCES for source in sorted(SOURCES[name], key=str)]
)
def test_a_move_is_made_where_it_may_be(name: str, source: Status):
    store, _, move = attempt(name, **READY[name] | {"status": source})

    assert store.apply(move).status is TRANSITIONS[name].target


@pytest.mark.parametrize(
    ("name", "source"), [(name, source) for name in SOURCES for source in Status if source not in SOURCES[name]]
)
def test_a_move_is_refused_in_any_other_state(name: str, source: Status):
    store, job, move = attempt(name, **READY[name] | {"status": source})

    with pytest.raises(RefusedError) as refused:
        store.apply(move)

    assert [condition.name for condition in refused.value.unmet] == ["allowed_state"]
    assert store.get(job.id) == job


@pytest.mark.parametrize(("name", "unmet", "fields"), list(spoilt()), ids=lambda value: str(value)[:20])
def test_a_move_is_refused_where_one_guard_does_not_hold(name: str, unmet: str, fields: dict[str, object]):
    store, job, move = attempt(name, **READY[name] | fields)

    with pytest.raises(RefusedError) as refused:
        store.apply(move)

    assert [condition.name for condition in refused.value.unmet] == [unmet]
    assert store.get(job.id) == job


@pytest.mark.parametrize("name", OF_THE_NEXT)
def test_a_lease_is_live_up_to_its_last_instant(name: str):
    lease = LIVE.model_copy(update={"until": NOW})
    store, job, move = attempt(name, **READY[name] | {"lease": lease})

    with pytest.raises(RefusedError):
        store.apply(move)

    assert not job.lease_expired(NOW)
    assert job.lease_expired(NOW + timedelta(milliseconds=1))


@pytest.mark.parametrize("name", sorted(name for name, row in TRANSITIONS.items() if row.guards != ()))
def test_a_move_without_the_facts_that_it_rests_on_is_a_defect(name: str):
    move = Move(name, "job-1", Facts(now=NOW), Change())

    if name in {"release", "forget"}:
        assert move.conditions
    else:
        with pytest.raises(ValueError, match="needs the fact"):
            _ = move.conditions


def test_the_same_move_of_another_is_not_taken_for_ones_own():
    clock = ManualClock()
    store, job, _ = attempt("retry", **RUNNING)
    first, second = (
        Holder(kind="tts", job_id=job.id, epoch=0, attempt=1, token=token, worker="w", max_attempts=2)
        for token in ("mine", "lost")
    )
    store.apply(moves.retry(first, ERROR, now=clock()))

    with pytest.raises(RefusedError):
        store.apply(moves.retry(second, ERROR, now=clock.advance(0.001)))


def test_a_claim_says_when_the_attempt_began():
    store, _, move = attempt("claim", **READY["claim"] | {"started_at": NOW - timedelta(hours=1)})

    assert store.apply(move).started_at == NOW


def test_a_take_over_says_when_the_attempt_began_and_whom_it_replaced():
    store, _, move = attempt("take_over", **READY["take_over"] | {"started_at": NOW - timedelta(hours=1)})

    job = store.apply(move)

    assert job.started_at == NOW
    line = Attempt(epoch=0, attempt=1, outcome="take_over", at=NOW, worker="host:1", code="worker_lost")
    assert job.history == (line,)


@pytest.mark.parametrize("name", ENDS_OF_THE_HOLDER)
def test_the_end_of_an_attempt_is_a_line_of_the_history(name: str):
    store, job, move = attempt(name, **READY[name])

    (line,) = store.apply(move).history

    assert (line.outcome, line.attempt, line.at) == (name, job.attempt, NOW)


@pytest.mark.parametrize("name", ["succeed", "stop", "drop", "cancel"])
def test_an_end_that_is_no_error_forgets_the_error_of_the_attempt_before(name: str):
    store, _, move = attempt(name, **READY[name] | {"error": ERROR})

    assert store.apply(move).error is None


def test_a_heartbeat_keeps_the_job_under_the_same_token_and_says_nothing_else():
    store, before, move = attempt("extend", **RUNNING | {"lease": LIVE.model_copy(update={"until": NOW})})

    after = store.apply(move)

    lease = move.change.put["lease"]
    assert (lease.token, lease.until) == ("mine", NOW + timedelta(seconds=60))
    assert after == before.model_copy(update={"lease": lease, "version": 1, "updated_at": NOW})


def test_a_heartbeat_goes_on_after_a_cancel_was_requested_as_the_attempt_does():
    store, _, move = attempt("extend", **RUNNING | {"cancel_requested": True})

    assert store.apply(move).lease == move.change.put["lease"]


def test_a_late_heartbeat_revives_a_lease_that_has_run_out_unless_another_has_taken_the_job_over():
    store, job, move = attempt("extend", **RUNNING | {"lease": LIVE.model_copy(update={"until": DEAD.until})})

    assert not store.apply(move).lease_expired(NOW)

    store, job, move = attempt("extend", **RUNNING | {"lease": LIVE.model_copy(update={"until": DEAD.until})})
    store.apply(moves.take_over(job, lease=OTHERS, max_attempts=2, now=NOW))
    with pytest.raises(RefusedError):
        store.apply(move)


def test_a_claim_whose_answer_was_lost_is_known_though_a_heartbeat_came_in_between():
    store, job, claim = attempt("claim", **READY["claim"])
    store.apply(claim)
    later = NOW + timedelta(seconds=15)
    extended = store.apply(moves.extend(job.id, LIVE.model_copy(update={"until": later}), now=later))

    assert store.apply(claim) == extended


def test_a_claim_of_an_attempt_that_was_handed_back_is_not_taken_for_the_next_one():
    clock = ManualClock()
    store, job, claim = attempt("claim", **READY["claim"])
    store.apply(claim)
    clock.advance(1)
    again = build("claim", job, "mine", clock, follows=False)

    with pytest.raises(RefusedError):
        store.apply(again)


def test_progress_is_of_the_attempt_that_runs():
    store, _, move = attempt("report", **RUNNING)
    assert store.apply(move).progress == Progress(fraction=0.5, note="halfway", at=NOW)

    for name, row in TRANSITIONS.items():
        if Status.RUNNING in row.sources and name not in {"extend", "report", "request_cancel"}:
            store, _, move = attempt(name, **READY[name] | {"progress": Progress(fraction=0.4, at=NOW)})
            assert store.apply(move).progress is None, name


def test_a_job_that_is_begun_is_not_due_any_more():
    store, _, move = attempt("claim", **READY["claim"] | {"due_at": NOW})

    assert store.apply(move).due_at is None


def test_a_dropped_job_says_whose_attempt_it_was():
    store, _, move = attempt("drop", **READY["drop"])

    line = Attempt(epoch=0, attempt=1, outcome="drop", at=NOW, worker="host:1", code="worker_lost")
    assert store.apply(move).history == (line,)


def test_a_released_job_is_looked_at_as_if_it_were_new():
    store, _, move = attempt("release", **READY["release"] | {"checks": 5, "next_check_at": NOW})

    job = store.apply(move)

    assert (job.checks, job.next_check_at) == (0, NOW + timedelta(minutes=20))


def test_a_job_runs_again_with_what_an_operator_has_changed():
    store, before, _ = attempt("redrive", **READY["redrive"])
    amended = Amended(kind="slow", request=Payload(inline={"text": "Hello!"}))

    after = store.apply(moves.redrive(before, next_check_at=NOW, now=NOW, amended=amended))

    assert (after.kind, after.request, after.open_shard) == ("slow", amended.request, open_shard("slow", "job-1"))
    assert after.request_digest == before.request_digest


def test_a_redriven_job_begins_as_if_it_were_new():
    ended = {
        "attempt": 2,
        "checks": 5,
        "error": ERROR,
        "cancel_requested": True,
        "open_shard": None,
        "next_check_at": None,
        "started_at": NOW,
        "finished_at": NOW,
        "expires_at": NOW,
    }
    store, before, move = attempt("redrive", **READY["redrive"] | ended)

    after = store.apply(move)

    began = {name: Job.model_fields[name].get_default() for name in ended}
    began |= {"open_shard": open_shard("tts", "job-1"), "next_check_at": NOW + timedelta(minutes=20)}
    written = {"status": Status.QUEUED, "epoch": 1, "version": 1, "updated_at": NOW, "queued_at": NOW}
    assert after == before.model_copy(update=began | written)


@pytest.mark.parametrize("name", ENDS)
def test_every_end_says_when_it_was_and_lets_go_of_lease_and_open_index(name: str):
    store, _, move = attempt(name, **READY[name])

    job = store.apply(move)

    assert (job.lease, job.due_at) == (None, None)
    dead = (dead_shard("tts", "job-1"), NOW) if name in {"bury", "dead_letter"} else (None, None)
    assert (job.open_shard, job.next_check_at) == dead
    assert (job.finished_at, job.expires_at) == (NOW, (NOW + timedelta(days=30)).replace(microsecond=0))


@pytest.mark.parametrize("name", ["bury", "dead_letter"])
def test_a_dead_letter_takes_its_place_among_the_dead_once_nothing_follows_it(name: str):
    store, _, move = attempt(name, **READY[name])
    after = {"n": CountAfter(name="n", by=1, day="2026-11-21")}
    end = {"after": after, "next_check_at": NOW + timedelta(minutes=1)}
    put = {name: value for name, value in move.change.put.items() if name != "open_shard"} | end
    job = store.apply(replace(move, change=replace(move.change, put=put)))
    assert (job.open_shard, job.is_open) == (open_shard("tts", "job-1"), True)

    rested = store.complete_after(job, "n")

    assert rested is not None
    assert (rested.open_shard, rested.next_check_at) == (dead_shard("tts", "job-1"), NOW)


def test_a_job_that_is_given_up_is_looked_for_by_nobody_and_may_be_taken_back():
    store, dead, move = attempt("discard", **READY["discard"] | {"open_shard": dead_shard("tts", "job-1")})

    job = store.apply(move)

    assert (job.status, job.open_shard, job.next_check_at) == (Status.FAILED, None, None)
    restored = store.apply(purging.restore(job, now=NOW + timedelta(hours=1)))
    assert (restored.status, restored.open_shard) == (Status.DEAD_LETTERED, dead.open_shard)
    assert restored.next_check_at == NOW


def test_only_a_dead_letter_that_was_given_up_may_be_one_again():
    died = Attempt(epoch=1, attempt=2, outcome="bury", at=NOW)
    failed = {"status": Status.FAILED, "epoch": 1, "history": (died,)}
    _, job, _ = attempt("claim", **failed)
    assert purging.was_discarded(job)

    for other in ({"epoch": 2}, {"history": (died.model_copy(update={"outcome": "fail"}),)}, {"status": "queued"}):
        _, job, _ = attempt("claim", **failed | other)
        assert not purging.was_discarded(job)


@pytest.mark.parametrize("name", ["retry", "park", "hand_back"])
def test_a_job_that_waits_again_has_no_lease_and_stays_in_the_open_index(name: str):
    store, before, move = attempt(name, **READY[name])

    job = store.apply(move)

    assert job.lease is None
    assert job.open_shard == (parked_shard("tts") if name == "park" else before.open_shard)


def test_the_open_jobs_of_a_kind_are_spread_over_all_its_shards():
    assert {open_shard("tts", f"job-{n}") for n in range(100)} == set(open_shards("tts"))
    assert {dead_shard("tts", f"job-{n}") for n in range(100)} == set(dead_shards("tts"))


def test_an_attempt_that_is_handed_back_is_not_burnt_and_no_other_is_given_back():
    attempts = {}
    for name in ("hand_back", "retry", "park"):
        store, _, move = attempt(name, **READY[name])
        attempts[name] = store.apply(move).attempt

    assert attempts == {"hand_back": 0, "retry": 1, "park": 1}


def test_a_scheduled_job_that_is_cancelled_is_not_due_any_more():
    store, _, move = attempt("cancel", **READY["cancel"] | {"status": Status.SCHEDULED, "due_at": NOW})

    assert store.apply(move).due_at is None
