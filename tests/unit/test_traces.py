"""A caller's trace goes with the job, its message, and every line of the log about them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from schemas.envelope import envelope_of
from schemas.errors import TransientError, UnavailableError
from schemas.trace import traced, valid_traceparent
from tests.api import ApiBench
from tests.conftest import ManualClock, new_job
from tests.workers import Bench

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from workers.work import Work

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
VALID = f"00-{TRACE}-00f067aa0ba902b7-01"
BROKEN = ["", "x", VALID.upper(), VALID.replace("00-4", "ff-4"), f"00-{'0' * 32}-00f067aa0ba902b7-01", f"{VALID}-x"]


def logged() -> AbstractContextManager[list[Any]]:
    return capture_logs(processors=[merge_contextvars])


def traces(lines: list[Any]) -> dict[str, Any]:
    return {line["event"]: line.get("trace_id") for line in lines}


def ask(bench: ApiBench, header: str | None) -> Any:
    headers = {} if header is None else {"traceparent": header}
    return bench.http.post("/v1/jobs/echo", json={"text": "Hello"}, headers=headers)


def test_a_valid_trace_goes_with_the_job_and_its_message():
    bench = ApiBench()

    answer = ask(bench, VALID)

    assert bench.job(answer.json()["id"]).trace == VALID
    assert bench.queues.inner.sent[0].traceparent == VALID


@pytest.mark.parametrize("header", BROKEN)
def test_a_broken_trace_is_no_reason_to_refuse_and_is_not_logged(header: str):
    assert (valid_traceparent(header), traced(header)) == (None, {})
    with logged() as lines:
        assert ask(ApiBench(), header).status_code == 202
    assert traces(lines) == {"request_finished": None}


def test_the_lines_of_a_request_have_its_trace(monkeypatch: pytest.MonkeyPatch):
    bench = ApiBench()

    def out(*_: Any, **__: Any) -> None:
        raise UnavailableError("SQS", "EndpointConnectionError")

    monkeypatch.setattr(bench.queues.inner, "send", out)
    for header, trace_id in ((VALID, TRACE), (None, None)):
        with logged() as lines:
            ask(bench, header)
        assert traces(lines) == dict.fromkeys(("message_not_sent", "service_unavailable", "request_finished"), trace_id)


@pytest.mark.parametrize(("traceparent", "trace_id"), [(VALID, TRACE), (None, None), ("a learner's words", None)])
def test_a_workers_lines_about_a_job_have_its_trace(clock: ManualClock, traceparent: str | None, trace_id: str | None):
    bench = Bench(clock)
    job = bench.submit(trace=traceparent)

    with logged() as lines:
        bench.runner().run(replace(bench.delivery(), envelope=envelope_of(job)))

    assert traces(lines) == {"job_started": trace_id, "job_finished": trace_id}


def test_so_have_those_about_an_attempt_that_its_process_could_not_end(clock: ManualClock):
    bench = Bench(clock)
    job, lost = bench.submit(trace=VALID), TransientError("worker_lost", "The worker is gone.")

    def die(_request: Any, _work: Work[Any]) -> Any:
        raise KeyboardInterrupt

    bench.handle = die
    delivery = replace(bench.delivery(), envelope=envelope_of(job))
    with pytest.raises(KeyboardInterrupt):
        bench.runner().run(delivery)
    with logged() as lines:
        bench.runner().abandon(delivery, lost)

    assert traces(lines)["job_finished"] == TRACE
    assert set(traces(lines).values()) == {TRACE}


def test_what_is_said_of_a_record_has_its_trace(clock: ManualClock):
    assert new_job("a", clock, trace=VALID).log_context()["trace_id"] == TRACE
    assert "trace_id" not in new_job("a", clock).log_context()
