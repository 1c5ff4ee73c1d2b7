"""Jobs that are asked for later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas.job import open_shard, parked_shard
from schemas.status import Status
from tests.api import ApiBench


def ask(bench: ApiBench, run_at: str | datetime, *, key: str | None = None, text: str = "Hello") -> Any:
    text_of_time = run_at.isoformat() if isinstance(run_at, datetime) else run_at
    headers = {"Idempotency-Key": key} if key else {}
    return bench.http.post("/v1/jobs/echo", json={"text": text}, params={"run_at": text_of_time}, headers=headers)


def ahead(bench: ApiBench, seconds: float) -> datetime:
    return bench.clock() + timedelta(seconds=seconds)


@pytest.mark.parametrize(("seconds", "delay_s"), [(0, 0), (0.001, 1), (59.5, 60), (900, 900)])
def test_a_job_that_is_due_within_a_quarter_of_an_hour_waits_in_its_queue(seconds: float, delay_s: int):
    bench = ApiBench()
    due_at = ahead(bench, seconds)
    answer = ask(bench, due_at)
    assert answer.status_code == 202
    shown = answer.json()
    assert (shown["status"], datetime.fromisoformat(shown["due_at"])) == ("queued", due_at)
    job = bench.job(shown["id"])
    assert (job.open_shard, job.next_check_at) == (open_shard("echo", job.id), due_at + timedelta(minutes=10))
    assert bench.queues.inner.delays == {job.id: delay_s}


@pytest.mark.parametrize("seconds", [900.001, 3600, 365 * 24 * 3600])
def test_a_job_that_is_due_later_is_scheduled_and_has_no_message(seconds: float):
    bench = ApiBench()
    due_at = ahead(bench, seconds)
    shown = ask(bench, due_at).json()
    assert (shown["status"], datetime.fromisoformat(shown["due_at"])) == ("scheduled", due_at)
    job = bench.job(shown["id"])
    assert (job.status, job.due_at, job.next_check_at) == (Status.SCHEDULED, due_at, due_at)
    assert job.open_shard == parked_shard("echo")
    assert bench.queues.inner.sent == []
    assert list(bench.store.inner.due_for_check("echo", now=due_at - timedelta(milliseconds=1))) == []
    assert list(bench.store.inner.due_for_check("echo", now=due_at)) == [job]


def test_a_scheduled_job_needs_no_queue():
    bench = ApiBench()
    bench.queues.before = {"send"}
    assert ask(bench, ahead(bench, 3600)).status_code == 202


@pytest.mark.parametrize(
    ("run_at", "code"),
    [
        ("2026-11-21T09:00:00Z", "in_the_past"),
        ("2026-11-21T18:00:00.122+09:00", "in_the_past"),
        ("2027-11-22T09:00:00Z", "too_far_ahead"),
        ("2026-11-21T10:00:00", "value_error"),
        ("2026-11-21T10:00:00 09:00", "value_error"),
        ("2026-11-21", "value_error"),
        ("1795255200", "value_error"),
        ("tomorrow", "value_error"),
        ("", "value_error"),
        ("2026-13-41T99:00:00Z", "datetime_from_date_parsing"),
    ],
)
def test_times_that_cannot_be_kept_are_refused(run_at: str, code: str):
    bench = ApiBench()
    answer = ask(bench, run_at)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("run_at", code)
    assert error["message"]
    assert bench.records == []


def test_an_offset_is_understood():
    bench = ApiBench()
    shown = ask(bench, "2026-11-21T18:30:00+09:00").json()
    assert bench.job(shown["id"]).due_at == datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def test_a_time_is_kept_to_the_millisecond_as_the_table_does():
    bench = ApiBench()
    shown = ask(bench, "2026-11-21T10:00:00.123456Z").json()
    assert bench.job(shown["id"]).due_at == datetime(2026, 11, 21, 10, 0, 0, 123_000, tzinfo=UTC)


@pytest.mark.parametrize("seconds", [60, 3600])
def test_the_same_key_and_time_make_one_job_though_the_time_is_over_by_then(seconds: float):
    bench = ApiBench()
    due_at = ahead(bench, seconds)
    first = ask(bench, due_at, key="k")
    for _ in range(2):
        bench.clock.advance(seconds * 0.75)
        again = ask(bench, due_at, key="k")
        assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])
        assert again.headers["Idempotency-Replayed"] == "true"
    assert len(bench.records) == 1


def test_the_same_key_with_another_time_is_another_request():
    bench = ApiBench()
    ask(bench, ahead(bench, 3600), key="k")
    for other in (ask(bench, ahead(bench, 3601), key="k"), bench.submit(key="k")):
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_a_time_that_is_over_is_refused_whatever_the_key_has_made():
    bench = ApiBench()
    bench.submitted(key="k")
    answer = ask(bench, ahead(bench, -1), key="k")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "in_the_past")


def test_a_repeat_does_not_bring_a_job_forward():
    bench = ApiBench()
    due_at = ahead(bench, 600)
    job_id = ask(bench, due_at, key="k").json()["id"]
    bench.clock.advance(100)
    ask(bench, due_at, key="k")
    assert bench.queues.inner.delays == {job_id: 500}
    assert bench.job(job_id).next_check_at == due_at + timedelta(minutes=10)


def test_the_clock_does_not_bring_a_job_forward_whose_message_could_not_be_sent():
    bench = ApiBench()
    due_at = ahead(bench, 600)
    bench.queues.before, bench.store.before = {"send"}, {"withdraw"}
    job_id = ask(bench, due_at).json()["id"]
    assert bench.job(job_id).next_check_at == due_at + timedelta(seconds=10)
    assert list(bench.store.inner.due_for_check("echo", now=due_at)) == []


def test_a_job_that_has_begun_is_not_due_any_more():
    bench = ApiBench()
    job_id = ask(bench, ahead(bench, 60)).json()["id"]
    bench.clock.advance(60)
    bench.claim(job_id)
    assert bench.http.get(f"/v1/jobs/{job_id}").json()["due_at"] is None
