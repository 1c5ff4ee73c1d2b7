from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from producers.problems import CODES
from producers.validation import field_errors
from tests.api import ApiBench, TestClient

CANARY = "카나리아 c4n4ry"
#: One app for all examples: what it holds changes no refusal.
BENCH = ApiBench()

SPOILT = st.recursive(
    st.sampled_from([CANARY, CANARY * 3000, 7, None, True]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["text", CANARY]), inner, max_size=3),
    max_leaves=5,
)


@given(
    body=st.dictionaries(st.sampled_from(["text", "lines", "format", "voice", "rate", "marks", CANARY]), SPOILT),
    kind=st.sampled_from(["echo", "tts", CANARY]),
)
def test_no_problem_and_no_log_holds_what_was_sent(body: dict[str, Any], kind: str):
    with capture_logs() as logs:
        answer = BENCH.http.post(f"/v1/jobs/{kind}", json=body)
    if answer.status_code == 202:
        return
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "c4n4ry" not in answer.text
    assert "c4n4ry" not in json.dumps(logs)


def test_rule_whose_message_quotes_the_input_is_told_without():
    (error,) = field_errors([{"type": "union_tag_invalid", "loc": ("body", "x"), "msg": f"Input tag '{CANARY}' found"}])
    assert (error.field, error.message) == ("x", "The value is not valid")


@pytest.mark.parametrize(
    ("method", "path", "status", "code", "allow"),
    [
        ("GET", "/", 404, "not_found", None),
        ("GET", "/v1/jobs/", 404, "not_found", None),
        ("POST", "/v1/jobs/a/b", 404, "not_found", None),
        ("PUT", "/v1/jobs/echo", 405, "method_not_allowed", "POST"),
        ("DELETE", "/v1/jobs/00000000-0000-7000-8000-000000000000", 405, "method_not_allowed", "GET, HEAD"),
        ("POST", "/v1/jobs", 405, "method_not_allowed", "GET, HEAD"),
        ("POST", "/healthz", 405, "method_not_allowed", "GET, HEAD"),
        ("POST", "/openapi.json", 405, "method_not_allowed", "GET, HEAD"),
    ],
)
def test_paths_and_methods_that_are_not(method: str, path: str, status: int, code: str, allow: str | None):
    answer = BENCH.http.request(method, path)
    assert (answer.status_code, answer.json()["code"], answer.headers.get("Allow")) == (status, code, allow)
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_problem_has_the_members_of_rfc_9457():
    answer = BENCH.http.get("/nothing")
    assert answer.json() == {
        "type": "urn:sayline:problem:not_found",
        "title": "There is nothing here",
        "status": 404,
        "detail": "No resource has this path.",
        "code": "not_found",
    }


def test_defect_is_logged_once_and_told_by_its_id_alone():
    bench = ApiBench()

    def crash(_: str) -> None:
        raise KeyError(CANARY)

    bench.store.inner.get = crash
    with capture_logs() as logs:
        answer = bench.http.get("/v1/jobs/00000000-0000-7000-8000-000000000000")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (500, "internal_error")
    (logged,) = [entry for entry in logs if entry["log_level"] == "error"]
    assert problem["instance"] == f"urn:uuid:{logged['error_id']}"
    assert logged["error"] == "KeyError"
    assert "in crash" in logged["stack"]
    assert "c4n4ry" not in answer.text + json.dumps(logs)


def test_every_response_bears_its_request_id_and_forbids_sniffing():
    for path in ("/healthz", "/nothing", "/v1/kinds"):
        answer = BENCH.http.get(path, headers={"X-Request-Id": "req-1"})
        assert (answer.headers["X-Request-Id"], answer.headers["X-Content-Type-Options"]) == ("req-1", "nosniff")
        made = BENCH.http.get(path, headers={"X-Request-Id": "no good id"}).headers["X-Request-Id"]
        assert len(made) == 36


def test_request_is_logged_once_by_its_template():
    bench = ApiBench()
    with capture_logs() as logs:
        job_id = bench.submitted()
        etag = bench.http.get(f"/v1/jobs/{job_id}").headers["ETag"]
        bench.http.get(f"/v1/jobs/{job_id}", headers={"If-None-Match": etag})
        bench.http.get(f"/v1/{CANARY}")
        bench.http.get("/healthz")
    finished = [entry for entry in logs if entry["event"] == "request_finished"]
    assert [(e["method"], e["path"], e["status"], e.get("job_id"), e["log_level"]) for e in finished] == [
        ("POST", "/v1/jobs/echo", 202, job_id, "info"),
        ("GET", "/v1/jobs/{job_id}", 200, job_id, "info"),
        ("GET", "/v1/jobs/{job_id}", 304, job_id, "debug"),
        ("GET", None, 404, None, "info"),
        ("GET", "/healthz", 200, None, "debug"),
    ]
    assert all(entry["duration_ms"] >= 0 for entry in finished)


def test_statuses_are_of_errors():
    assert all(400 <= status < 600 and title for status, title in CODES.values())


def test_lifespan_gives_a_thread_to_each_connection():
    with TestClient(ApiBench().app) as http:
        assert http.get("/healthz").status_code == 200
