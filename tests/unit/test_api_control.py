"""Cancelling a job, and running it again, over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from producers.sending import RESEND_AFTER
from schemas import moves
from schemas.job import CountAfter, JobError, Payload, Progress
from schemas.status import Status
from tests.api import ApiBench

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.job import Job
    from schemas.move import Move

MISSING = "00000000-0000-7000-8000-000000000000"
ERROR = JobError(code="engine_crashed", message="The engine crashed.", retryable=True)


def cancel(bench: ApiBench, job_id: str, **headers: str) -> Any:
    return bench.http.post(f"/v1/jobs/{job_id}/cancel", headers=headers)


def redrive(bench: ApiBench, job_id: str, **headers: str) -> Any:
    return bench.http.post(f"/v1/jobs/{job_id}/redrive", headers=headers)


def dead_letter(bench: ApiBench, job_id: str) -> None:
    holder = bench.claim(job_id)
    last = moves.Holder(**{**vars(holder), "max_attempts": 1})
    bench.store.inner.apply(moves.dead_letter(last, ERROR, end=bench._end(), now=bench.clock()))  # noqa: SLF001


def retrying(bench: ApiBench, job_id: str) -> None:
    bench.store.inner.apply(moves.retry(bench.claim(job_id), ERROR, now=bench.clock()))


def parked(bench: ApiBench, job_id: str) -> None:
    due_at = bench.clock() + timedelta(hours=1)
    bench.store.inner.apply(moves.park(bench.claim(job_id), ERROR, due_at=due_at, now=bench.clock()))


def untouched(_bench: ApiBench, _job_id: str) -> None:
    pass


class Meanwhile:
    """Others move the job first: each of these is done once, just before a move of the API's."""

    def __init__(self, bench: ApiBench, *done: Callable[[], object]) -> None:
        self.done = list(done)
        self.apply = bench.store.inner.apply
        bench.store.inner.apply = self

    def __call__(self, move: Move) -> Job:
        if self.done and move.name in {"cancel", "request_cancel", "redrive"}:
            self.done.pop(0)()
        return self.apply(move)


@pytest.mark.parametrize("state", [untouched, retrying, parked])
def test_a_job_that_waits_is_cancelled_at_once(state: Callable[[ApiBench, str], None]):
    bench = ApiBench()
    job_id = bench.submitted()
    state(bench, job_id)
    answer = cancel(bench, job_id)
    shown = answer.json()
    assert (answer.status_code, shown["status"], shown["id"], shown["error"]) == (202, "cancelled", job_id, None)
    assert "Retry-After" not in answer.headers
    job = bench.job(job_id)
    assert (job.open_shard, job.due_at, job.finished_at) == (None, None, bench.clock())
    assert job.expires_at == (bench.clock() + timedelta(days=30)).replace(microsecond=0)


def test_a_job_that_runs_is_asked_to_stop():
    bench = ApiBench()
    job_id = bench.submitted()
    bench.claim(job_id)
    answer = cancel(bench, job_id)
    shown = answer.json()
    assert (answer.status_code, shown["status"], shown["cancel_requested"]) == (202, "running", True)
    assert answer.headers["Retry-After"] == "1"
    assert bench.job(job_id).cancel_requested


@pytest.mark.parametrize("state", [untouched, ApiBench.claim])
def test_a_second_cancel_changes_nothing(state: Callable[[ApiBench, str], object]):
    bench = ApiBench()
    job_id = bench.submitted()
    state(bench, job_id)
    first = cancel(bench, job_id)
    before = bench.job(job_id)
    bench.clock.advance(1)
    assert cancel(bench, job_id).json() == first.json()
    assert bench.job(job_id) == before


@pytest.mark.parametrize("end", ["succeeded", "failed", "dead_lettered"])
def test_a_job_that_has_ended_otherwise_is_not_cancelled(end: str):
    bench = ApiBench()
    job_id = bench.submitted()
    ends = {
        "succeeded": lambda: bench.succeed(job_id, Payload(inline={})),
        "failed": lambda: bench.fail(job_id),
        "dead_lettered": lambda: dead_letter(bench, job_id),
    }
    ends[end]()
    before = bench.job(job_id)
    answer = cancel(bench, job_id)
    assert (answer.status_code, answer.json()["code"]) == (409, "already_finished")
    assert end in answer.json()["detail"]
    assert bench.job(job_id) == before


@pytest.mark.parametrize("ask", [cancel, redrive])
def test_jobs_of_others_are_as_good_as_none(ask: Callable[..., Any]):
    bench = ApiBench()
    job_id = bench.submitted(owner="mina")
    bench.fail(job_id)
    before = bench.job(job_id)
    for asked in (job_id, MISSING, "no-id"):
        answer = ask(bench, asked, **{"X-Sayline-Owner": "juno"})
        assert (answer.status_code, answer.json()["code"]) == (404, "job_not_found")
    assert bench.job(job_id) == before


def test_a_job_that_begins_while_it_is_cancelled_is_asked_to_stop():
    bench = ApiBench()
    job_id = bench.submitted()
    Meanwhile(bench, lambda: bench.claim(job_id))
    answer = cancel(bench, job_id)
    assert (answer.status_code, answer.json()["cancel_requested"]) == (202, True)


def test_a_job_that_goes_to_and_fro_while_it_is_cancelled_is_cancelled():
    bench = ApiBench()
    job_id = bench.submitted()
    holders: list[moves.Holder] = []

    def begin() -> None:
        holders.append(bench.claim(job_id))

    def wait_again() -> None:
        bench.store.inner.apply(moves.retry(holders[-1], ERROR, now=bench.clock.advance(1)))

    Meanwhile(bench, begin, wait_again, begin, wait_again)
    answer = cancel(bench, job_id)
    assert (answer.status_code, answer.json()["status"]) == (202, "cancelled")


def test_a_job_that_ends_while_it_is_cancelled_has_ended():
    bench = ApiBench()
    job_id = bench.submitted()
    Meanwhile(bench, lambda: bench.succeed(job_id, Payload(inline={})))
    assert cancel(bench, job_id).status_code == 409


def test_a_record_that_goes_while_it_is_cancelled_is_not_found():
    bench = ApiBench()
    job_id = bench.submitted()
    Meanwhile(bench, lambda: bench.store.inner.withdraw(bench.job(job_id)))
    assert cancel(bench, job_id).status_code == 404


def test_a_cancel_that_always_comes_too_late_promises_nothing():
    bench = ApiBench()
    job_id = bench.submitted()

    def toggle() -> None:
        if bench.job(job_id).status is Status.RUNNING:
            holder = moves.Holder(
                kind="echo", job_id=job_id, epoch=0, attempt=1, token="token", worker="w", max_attempts=99
            )
            bench.store.inner.apply(moves.retry(holder, ERROR, now=bench.clock.advance(1)))
        else:
            bench.claim(job_id)

    Meanwhile(bench, *[toggle] * 20)
    assert cancel(bench, job_id).status_code == 503


@pytest.mark.parametrize("end", [ApiBench.fail, dead_letter])
def test_a_job_that_ended_badly_is_run_again(end: Callable[[ApiBench, str], None]):
    bench = ApiBench()
    job_id = bench.submitted()
    end(bench, job_id)
    bench.clock.advance(60)
    answer = redrive(bench, job_id)
    shown = answer.json()
    assert (answer.status_code, shown["status"], shown["epoch"], shown["attempt"]) == (202, "queued", 1, 0)
    assert shown["error"] is None
    first, again = bench.queues.inner.sent
    assert (first.epoch, again.epoch, again.job_id, again.kind) == (0, 1, job_id, "echo")
    job = bench.job(job_id)
    assert job.next_check_at == bench.clock() + timedelta(minutes=10)
    assert job.expires_at is None


@pytest.mark.parametrize("state", ["queued", "running", "succeeded", "cancelled"])
def test_any_other_job_is_not_run_again(state: str):
    bench = ApiBench()
    job_id = bench.submitted()
    states: dict[str, Callable[[], object]] = {
        "queued": lambda: None,
        "running": lambda: bench.claim(job_id),
        "succeeded": lambda: bench.succeed(job_id, Payload(inline={})),
        "cancelled": lambda: cancel(bench, job_id),
    }
    states[state]()
    before = bench.job(job_id)
    answer = redrive(bench, job_id)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_redrivable")
    assert state in answer.json()["detail"]
    assert bench.job(job_id) == before
    assert len(bench.queues.inner.sent) == 1


def test_a_job_whose_message_cannot_be_sent_is_run_again_by_the_clock():
    bench = ApiBench()
    job_id = bench.submitted()
    bench.fail(job_id)
    bench.queues.before = {"send"}
    assert redrive(bench, job_id).status_code == 202
    assert bench.job(job_id).next_check_at == bench.clock() + RESEND_AFTER
    assert [job.id for job in bench.store.inner.due_for_check("echo", now=bench.clock.advance(10))] == [job_id]


def test_nothing_is_sent_for_a_job_whose_record_could_not_be_changed():
    bench = ApiBench()
    job_id = bench.submitted()
    bench.fail(job_id)
    bench.store.before = {"apply"}
    assert redrive(bench, job_id).status_code == 503
    assert (bench.job(job_id).epoch, len(bench.queues.inner.sent)) == (0, 1)


def test_what_follows_the_end_is_done_before_the_job_is_run_again():
    bench = ApiBench()
    job_id = bench.submitted(owner="mina")
    after = {"n": CountAfter(name="n", by=1, day="2026-11-21")}
    end = moves.End(expires_at=bench.clock() + timedelta(days=30), after=after)
    bench.store.inner.apply(moves.fail(bench.claim(job_id), ERROR, end=end, now=bench.clock()))
    assert redrive(bench, job_id, **{"X-Sayline-Owner": "mina"}).status_code == 202
    assert bench.store.inner.counter("mina", "2026-11-21", "n") == 1


def test_two_who_run_a_job_again_at_once_begin_one_epoch():
    bench = ApiBench()
    job_id = bench.submitted()
    bench.fail(job_id)
    Meanwhile(bench, lambda: (bench.clock.advance(1), redrive(bench, job_id)))
    assert redrive(bench, job_id).json()["epoch"] == 1
    assert {envelope.epoch for envelope in bench.queues.inner.sent} == {0, 1}


def test_progress_is_shown_while_the_job_runs():
    bench = ApiBench()
    job_id = bench.submitted()
    holder = bench.claim(job_id)
    said = Progress(fraction=0.4, note="writing", partial="그래. 너는", at=bench.clock())
    before = bench.http.get(f"/v1/jobs/{job_id}").headers["ETag"]
    bench.store.inner.apply(moves.report(holder, said, now=bench.clock()))
    answer = bench.http.get(f"/v1/jobs/{job_id}")
    assert answer.json()["progress"] == {
        "fraction": 0.4,
        "note": "writing",
        "partial": "그래. 너는",
        "at": "2026-11-21T09:00:00.123000Z",
    }
    assert answer.headers["ETag"] != before
    bench.store.inner.apply(moves.fail(holder, ERROR, end=bench._end(), now=bench.clock()))  # noqa: SLF001
    assert bench.http.get(f"/v1/jobs/{job_id}").json()["progress"] is None
