"""Many jobs with one request."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from producers.batches import LARGEST, MAX_BYTES
from producers.submission import Submission
from schemas.errors import UnavailableError
from schemas.status import Status
from tests.api import ECHO, INLINE_MAX_BYTES, ApiBench

if TYPE_CHECKING:
    from schemas.envelope import Envelope

LONG = "Hello " * INLINE_MAX_BYTES


def echo(text: str = "Hello", **more: Any) -> dict[str, Any]:
    return {"kind": "echo", "request": {"text": text, **more}}


def ask(bench: ApiBench, *jobs: Any, key: str | None = None) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return bench.http.post("/v1/batches", json={"jobs": jobs}, headers=headers)


def test_each_job_of_a_batch_is_recorded_and_sent():
    bench = ApiBench()
    answer = ask(bench, *(echo(f"Hello {n}") for n in range(LARGEST)))
    assert answer.status_code == 202
    shown = answer.json()["jobs"]
    assert [one["status"] for one in shown] == [202] * LARGEST
    assert [bench.job(one["job"]["id"]).request.inline for one in shown] == [
        {"text": f"Hello {n}", "lines": []} for n in range(LARGEST)
    ]
    assert [envelope.job_id for envelope in bench.queues.inner.sent] == [one["job"]["id"] for one in shown]


def test_the_messages_of_a_batch_are_one_call():
    bench = ApiBench()
    sizes: list[int] = []
    bench.queues.inner.send_batch = lambda messages: sizes.append(len(messages))
    ask(bench, echo("one"), echo("two"), echo("three"))
    assert sizes == [3]


@pytest.mark.parametrize(
    ("item", "status", "code", "field"),
    [
        ({"kind": "nope", "request": {}}, 404, "unknown_kind", None),
        (echo(""), 422, "validation_error", "text"),
        (echo("a", lines=[{"times": 99}]), 422, "validation_error", "lines[0].times"),
        (echo("a", **{"a learner's own words": 1}), 422, "validation_error", "*"),
        (echo("x" * ECHO.request_max_bytes), 413, "request_too_large", None),
    ],
)
def test_a_job_that_is_refused_leaves_the_others_alone(item: Any, status: int, code: str, field: str | None):
    bench = ApiBench()
    answer = ask(bench, echo("one"), item, echo("two"))
    first, refused, last = answer.json()["jobs"]
    assert (answer.status_code, first["status"], last["status"]) == (202, 202, 202)
    assert (refused["status"], refused["job"], refused["problem"]["code"]) == (status, None, code)
    alone = bench.http.post(f"/v1/jobs/{item['kind']}", json=item["request"])
    assert (alone.status_code, alone.json()["code"]) == (status, code)
    if field:
        assert refused["problem"]["errors"] == alone.json()["errors"]
        assert refused["problem"]["errors"][0]["field"] == field
    assert len(bench.records) == len(bench.queues.inner.sent) == 2
    assert "learner" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        {"jobs": []},
        {"jobs": [echo()] * (LARGEST + 1)},
        {"jobs": [{"kind": "echo"}]},
        {"jobs": [{**echo(), "owner": "juno"}]},
        {"jobs": [{"kind": "echo", "request": "text"}]},
        {},
        [],
    ],
)
def test_what_is_no_batch_is_refused_as_a_whole(body: Any):
    bench = ApiBench()
    answer = bench.http.post("/v1/batches", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")
    assert bench.records == []


def test_a_batch_has_a_largest_size():
    bench = ApiBench()
    body = json.dumps({"jobs": [echo()]}).encode()
    headers = {"Content-Type": "application/json"}
    fits = bench.http.post("/v1/batches", content=body.ljust(MAX_BYTES), headers=headers)
    larger = bench.http.post("/v1/batches", content=body.ljust(MAX_BYTES + 1), headers=headers)
    assert (fits.status_code, larger.status_code, larger.json()["code"]) == (202, 413, "request_too_large")


def test_jobs_that_are_due_later_are_sent_one_by_one_with_their_delay():
    """The route takes no time for a batch; whoever calls the library may."""
    bench = ApiBench()
    submissions = bench.app.state.services.submissions
    now = bench.clock()
    times = (None, now + timedelta(seconds=60), now + timedelta(hours=1))
    answers = submissions.submit_many(
        [Submission(owner="mina", kind=ECHO, request=ECHO.example, run_at=run_at) for run_at in times]
    )
    at_once, soon, later = (answer.job for answer in answers)
    assert bench.queues.inner.delays == {at_once.id: 0, soon.id: 60}
    assert later.status is Status.SCHEDULED


def test_a_batch_with_its_key_makes_no_job_twice():
    bench = ApiBench()
    first = ask(bench, echo("one"), echo("one"), key="k").json()["jobs"]
    bench.clock.advance(1)
    again = ask(bench, echo("one"), echo("one"), key="k").json()["jobs"]
    assert [one["job"]["id"] for one in first] == [one["job"]["id"] for one in again]
    assert first[0]["job"]["id"] != first[1]["job"]["id"]
    assert [one["replayed"] for one in first + again] == [False, False, True, True]
    assert len(bench.records) == 2
    assert len(bench.queues.inner.sent) == 4  # vouched for once each, as the repeat of a single job is


def test_a_batchs_key_is_not_the_key_of_a_job():
    bench = ApiBench()
    ask(bench, echo("one"), key="k")
    for key in ("k", "k/0", "k0", "k\\n0"):
        assert bench.submit("other", key=key).status_code == 202


def test_a_job_that_changed_under_the_batchs_key_is_refused_alone():
    bench = ApiBench()
    ask(bench, echo("one"), echo("two"), key="k")
    bench.clock.advance(1)
    shown = ask(bench, echo("one"), echo("changed"), echo("three"), key="k").json()["jobs"]
    assert [one["status"] for one in shown] == [202, 422, 202]
    assert shown[1]["problem"]["code"] == "idempotency_key_reused"


def fail_for(bench: ApiBench, text: str) -> None:
    """The messages of jobs with this text can't be sent."""
    send = bench.queues.inner.send

    def send_others(envelope: Envelope, *, owner: str, delay_s: int = 0) -> None:
        if (bench.job(envelope.job_id).request.inline or {}).get("text") == text:
            raise UnavailableError("SQS", "OutOfReach")
        send(envelope, owner=owner, delay_s=delay_s)

    bench.queues.inner.send = send_others


def test_a_job_whose_message_could_not_be_sent_is_taken_back_alone():
    bench = ApiBench()
    fail_for(bench, "two")
    shown = ask(bench, echo("one"), echo("two"), echo("three")).json()["jobs"]
    assert [one["status"] for one in shown] == [202, 503, 202]
    assert shown[1]["problem"]["code"] == "unavailable"
    assert [(job.request.inline or {})["text"] for job in bench.records] == ["one", "three"]


def test_a_job_that_can_be_neither_sent_nor_taken_back_is_left_to_the_clock():
    bench = ApiBench()
    fail_for(bench, "two")
    bench.store.before = {"withdraw"}
    shown = ask(bench, echo("one"), echo("two")).json()["jobs"]
    assert [one["status"] for one in shown] == [202, 202]
    late = list(bench.store.inner.due_for_check("echo", now=bench.clock.advance(10)))
    assert [job.id for job in late] == [shown[1]["job"]["id"]]


@pytest.mark.parametrize(("twin", "method"), [("store", "create"), ("queues", "send_batch")])
def test_a_batch_of_which_nothing_could_be_done_is_refused_as_a_whole(twin: str, method: str):
    bench = ApiBench()
    getattr(bench, twin).before = {method}
    answer = ask(bench, echo(LONG), echo(LONG))
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "2"
    assert (bench.records, bench.queues.inner.sent, bench.objects.inner.objects) == ([], [], {})


def test_the_description_has_an_example_that_is_accepted():
    bench = ApiBench()
    document = bench.http.get("/openapi.json").json()
    operation = document["paths"]["/v1/batches"]["post"]
    bench.upload_examples()
    (example,) = operation["requestBody"]["content"]["application/json"]["examples"].values()
    answer = bench.http.post("/v1/batches", json=example["value"])
    assert {one["status"] for one in answer.json()["jobs"]} == {202}
    shown = operation["responses"]["202"]["content"]["application/json"]["schema"]
    assert shown == {"$ref": "#/components/schemas/BatchView"}
    described = document["components"]["schemas"]["BatchAnswer"]["properties"]
    assert set(answer.json()["jobs"][0]) == set(described)
