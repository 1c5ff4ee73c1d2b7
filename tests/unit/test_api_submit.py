from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.job import open_shard
from tests.api import ECHO, INLINE_MAX_BYTES, ApiBench

if TYPE_CHECKING:
    from collections.abc import Iterator

#: For requests that leave nothing behind.
BENCH = ApiBench()
JSON = {"Content-Type": "application/json"}


def test_accepted_job_is_recorded_and_sent():
    bench = ApiBench()
    answer = bench.submit("Hello", owner="mina")
    job = bench.job(answer.json()["id"])
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/v1/jobs/{job.id}"
    assert answer.headers["Retry-After"] == "1"
    assert (answer.json()["kind"], answer.json()["status"], answer.json()["attempt"]) == ("echo", "queued", 0)
    assert answer.json()["links"] == {"self": f"/v1/jobs/{job.id}"}
    assert (job.owner, job.version, job.epoch) == ("mina", 0, 0)
    assert job.request.inline == {"text": "Hello", "lines": []}
    assert job.open_shard == open_shard("echo", job.id)
    assert job.next_check_at is not None
    assert (job.next_check_at - bench.clock()).total_seconds() == 600
    (envelope,) = bench.queues.inner.sent
    assert (envelope.job_id, envelope.kind, envelope.epoch) == (job.id, "echo", 0)


def test_long_request_is_kept_in_the_bucket():
    bench = ApiBench()
    job = bench.job(bench.submitted("Hello " * INLINE_MAX_BYTES))
    assert job.request.key == f"requests/{job.id}.json"
    assert job.request.key in bench.objects.inner.objects


def test_unknown_kind_is_told_the_known_ones():
    answer = ApiBench().http.post("/v1/jobs/secret", content=b"{")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_kind")
    assert answer.json()["detail"].startswith("The kinds are: echo, ")
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nope",
        b'{"text": NaN}',
        b'{"text": "\\ud800"}',
        b'{"text": "\xff"}',
        b"[" * 5000,
        b"",
    ],
)
def test_body_that_is_no_json_is_refused(body: bytes):
    answer = ApiBench().http.post("/v1/jobs/echo", content=body, headers=JSON)
    expected = (400, "malformed_json") if body else (422, "validation_error")
    assert (answer.status_code, answer.json()["code"]) == expected


@pytest.mark.parametrize(
    "media_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1", "application/jsonx"],
)
def test_other_media_types_are_refused(media_type: str):
    answer = ApiBench().http.post("/v1/jobs/echo", content=b'{"text": "a"}', headers={"Content-Type": media_type})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("media_type", ["application/json", "Application/JSON; charset=UTF-8"])
def test_json_in_utf_8_is_taken(media_type: str):
    body = '{"text": "안녕하세요"}'.encode()
    bench = ApiBench()
    answer = bench.http.post("/v1/jobs/echo", content=body, headers={"Content-Type": media_type})
    assert answer.status_code == 202
    assert bench.records[0].request.inline == {"text": "안녕하세요", "lines": []}


@pytest.mark.parametrize(
    ("request_body", "field", "code"),
    [
        ({}, "text", "missing"),
        ({"text": ""}, "text", "string_too_short"),
        ({"text": 5}, "text", "string_type"),
        ({"text": "a", "lines": [{"times": 99}]}, "lines[0].times", "less_than_equal"),
        ({"text": "a", "voise": "x"}, "voise", "extra_forbidden"),
        ({"text": "a", "what a learner said": "x"}, "*", "extra_forbidden"),
        ([], "", "model_attributes_type"),
    ],
)
def test_invalid_field_is_named_by_its_path(request_body: object, field: str, code: str):
    answer = ApiBench().http.post("/v1/jobs/echo", json=request_body)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == (field, code)
    assert error["message"]


def body_of(size: int) -> bytes:
    frame = b'{"text": "a", "lines": []}'
    return frame + b" " * (size - len(frame))


def test_largest_body_is_taken_and_one_byte_more_is_not():
    bench = ApiBench()
    largest = body_of(ECHO.request_max_bytes)
    assert bench.http.post("/v1/jobs/echo", content=largest, headers=JSON).status_code == 202
    answer = bench.http.post("/v1/jobs/echo", content=largest + b" ", headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "request_too_large")
    assert answer.headers["Connection"] == "close"


def post(bench: ApiBench, chunks: Iterator[bytes], headers: dict[bytes, bytes]) -> list[dict[str, Any]]:
    """Speak ASGI: the test client would read a whole body before it sends any."""
    answers: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": next(chunks), "more_body": True}

    async def send(message: Any) -> None:
        answers.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/jobs/echo",
        "query_string": b"",
        "headers": list(({b"content-type": b"application/json"} | headers).items()),
    }
    asyncio.run(bench.app(scope, receive, send))
    return answers


@given(st.integers(1, 4096))
def test_endless_body_is_read_no_further_than_its_limit(chunk_bytes: int):
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while True:
            sent += chunk_bytes
            yield b" " * chunk_bytes

    start, body = post(BENCH, endless(), {b"transfer-encoding": b"chunked"})
    assert start["status"] == 413
    assert json.loads(body["body"])["code"] == "request_too_large"
    assert ECHO.request_max_bytes < sent <= ECHO.request_max_bytes + chunk_bytes


def test_announced_size_is_refused_before_anything_is_read():
    start, body = post(BENCH, iter(()), {b"content-length": str(ECHO.request_max_bytes + 1).encode()})
    assert start["status"] == 413
    assert json.loads(body["body"])["code"] == "request_too_large"


def test_listed_kind_that_every_client_may_send_is_accepted():
    bench = ApiBench()
    bench.upload_examples()
    for kind in bench.http.get("/v1/kinds").json()["kinds"]:
        answer = bench.http.post(kind["links"]["submit"], json=kind["example"])
        assert answer.status_code == 202
