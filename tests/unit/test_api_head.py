from __future__ import annotations

import asyncio
from typing import Any

import pytest
from structlog.testing import capture_logs

from producers.head import with_head
from schemas.job import Payload
from tests.api import ApiBench

MISSING = "00000000-0000-7000-8000-000000000000"
AUDIO: dict[str, Any] = {"key": "echo/1/speech.wav", "mime": "audio/wav", "bytes": 4, "sha256": "0" * 64}


@pytest.fixture(scope="module")
def bench() -> ApiBench:
    return ApiBench()


@pytest.fixture(scope="module")
def paths(bench: ApiBench) -> dict[str, str]:
    """Paths by what is found there."""
    finished = bench.submitted(owner="developer")
    bench.succeed(finished, Payload(inline={"text": "Hello", "file": AUDIO}), files={"speech.wav": AUDIO["key"]})
    return {
        "open": f"/v1/jobs/{bench.submitted(owner='developer')}",
        "finished": f"/v1/jobs/{finished}",
        "file": f"/v1/jobs/{finished}/result/speech.wav",
        "no file": f"/v1/jobs/{finished}/result/none",
        "list": "/v1/jobs",
        "bad limit": "/v1/jobs?limit=0",
        "no job": f"/v1/jobs/{MISSING}",
        "nothing": "/nothing",
        "kinds": "/v1/kinds",
        "alive": "/healthz",
        "ready": "/readyz",
        "description": "/openapi.json",
        "page": "/docs",
    }


def ask(bench: ApiBench, method: str, path: str, **headers: str) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Speak ASGI: the test client leaves out the body of an answer to HEAD by itself."""
    start: dict[str, Any] = {}
    pieces: list[bytes] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            pieces.append(message["body"])

    path, _, query = path.partition("?")
    named = {"x-request-id": "r", **headers}
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in named.items()],
    }
    asyncio.run(bench.app(scope, receive, send))
    return start["status"], sorted(start["headers"]), b"".join(pieces)


@pytest.mark.parametrize(
    ("found", "status"),
    [
        ("open", 200),
        ("finished", 200),
        ("file", 307),
        ("no file", 404),
        ("list", 200),
        ("bad limit", 422),
        ("no job", 404),
        ("nothing", 404),
        ("kinds", 200),
        ("alive", 200),
        ("ready", 200),
        ("description", 200),
        ("page", 200),
    ],
)
def test_head_is_answered_like_get_without_a_body(bench: ApiBench, paths: dict[str, str], found: str, status: int):
    got_status, got_headers, got_body = ask(bench, "GET", paths[found])
    assert got_status == status
    assert dict(got_headers)[b"content-length"] == str(len(got_body)).encode()
    assert ask(bench, "HEAD", paths[found]) == (status, got_headers, b"")


def test_head_of_an_unchanged_job_says_so(bench: ApiBench, paths: dict[str, str]):
    _, headers, _ = ask(bench, "HEAD", paths["open"])
    etag = dict(headers)[b"etag"].decode()
    got = ask(bench, "GET", paths["open"], if_none_match=etag)
    assert got[0] == 304
    assert ask(bench, "HEAD", paths["open"], if_none_match=etag) == got


def test_outages_and_defects_have_no_body_either():
    bench = ApiBench(missing=("table",))
    assert ask(bench, "HEAD", "/readyz") == (*ask(bench, "GET", "/readyz")[:2], b"")

    def crash(_: str) -> None:
        raise KeyError

    bench.store.inner.get = crash
    status, headers, body = ask(bench, "HEAD", f"/v1/jobs/{MISSING}")
    assert (status, body) == (500, b"")
    assert int(dict(headers)[b"content-length"]) > 0


def test_head_is_logged_as_head_by_its_template(bench: ApiBench, paths: dict[str, str]):
    with capture_logs() as logs:
        ask(bench, "HEAD", paths["open"])
    (entry,) = [entry for entry in logs if entry["event"] == "request_finished"]
    assert (entry["method"], entry["path"], entry["status"]) == ("HEAD", "/v1/jobs/{job_id}", 200)
    assert paths["open"].endswith(entry["job_id"])


@pytest.mark.parametrize(
    ("allow", "expected"),
    [("GET", "GET, HEAD"), ("HEAD, GET", "GET, HEAD"), ("POST", "POST"), ("POST, GET", "GET, HEAD, POST")],
)
def test_where_get_is_allowed_head_is(allow: str, expected: str):
    assert with_head(allow) == expected
