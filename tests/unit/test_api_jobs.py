from __future__ import annotations

from typing import Any

import pytest

from schemas.job import Payload
from tests.api import INLINE_MAX_BYTES, ApiBench

AUDIO: dict[str, Any] = {"key": "echo/1/speech.wav", "mime": "audio/wav", "bytes": 4, "sha256": "0" * 64}
RESULT = {"engine": "echo", "model": "1", "text": "Hello", "file": AUDIO}
MISSING = "00000000-0000-7000-8000-000000000000"


def finished(bench: ApiBench, **how: Any) -> str:
    job_id = bench.submitted(**how)
    bench.succeed(job_id, Payload(inline=RESULT), files={"speech.wav": AUDIO["key"]})
    return job_id


def test_open_job_shows_its_request_and_when_to_look_again():
    bench = ApiBench()
    job_id = bench.submitted("Hello " * INLINE_MAX_BYTES)
    answer = bench.http.get(f"/v1/jobs/{job_id}")
    shown = answer.json()
    assert answer.status_code == 200
    assert answer.headers["Retry-After"] == "1"
    assert answer.headers["Cache-Control"] == "no-store"
    assert (shown["status"], shown["attempt"], shown["max_attempts"], shown["epoch"]) == ("queued", 0, 3, 0)
    assert shown["request"]["text"].startswith("Hello Hello")
    assert (shown["result"], shown["result_expired"], shown["error"]) == (None, False, None)


def test_finished_job_shows_its_result_and_files():
    bench = ApiBench()
    job_id = finished(bench)
    answer = bench.http.get(f"/v1/jobs/{job_id}")
    shown = answer.json()
    assert "Retry-After" not in answer.headers
    assert (shown["status"], shown["engine"], shown["model"]) == ("succeeded", "echo", "1")
    assert shown["result"] == RESULT
    assert shown["files"] == {"speech.wav": f"/v1/jobs/{job_id}/result/speech.wav"}
    assert [(line["outcome"], line["attempt"]) for line in shown["history"]] == [("succeed", 1)]


def test_internals_are_not_shown():
    bench = ApiBench()
    job_id = bench.submitted(owner="developer")
    bench.claim(job_id, token="lease-token")
    text = bench.http.get(f"/v1/jobs/{job_id}").text
    for internal in ("lease", "owner", "developer", "host:1", "digest", "open_shard", "next_check", "expires_at"):
        assert internal not in text


def test_failed_job_shows_why():
    bench = ApiBench()
    job_id = bench.submitted()
    bench.fail(job_id)
    shown = bench.http.get(f"/v1/jobs/{job_id}").json()
    assert shown["error"] == {"code": "bad_voice", "message": "There is no such voice.", "retryable": False}
    assert shown["history"][0]["code"] == "bad_voice"


def test_result_from_the_bucket_is_shown_until_its_retention_is_over():
    bench = ApiBench()
    job_id = bench.submitted()
    bench.objects.put("echo/result.json", b'{"text": "Hello"}', mime="application/json")
    bench.succeed(job_id, Payload(key="echo/result.json"))
    assert bench.http.get(f"/v1/jobs/{job_id}").json()["result"] == {"text": "Hello"}
    bench.objects.delete(["echo/result.json"])
    shown = bench.http.get(f"/v1/jobs/{job_id}").json()
    assert (shown["status"], shown["result"], shown["result_expired"]) == ("succeeded", None, True)


def test_unchanged_job_costs_no_body():
    bench = ApiBench()
    job_id = bench.submitted()
    etag = bench.http.get(f"/v1/jobs/{job_id}").headers["ETag"]
    for sent in (etag, etag.removeprefix("W/"), f'"other", {etag}', "*"):
        answer = bench.http.get(f"/v1/jobs/{job_id}", headers={"If-None-Match": sent})
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", etag)
        assert answer.headers["Retry-After"] == "1"


def test_every_move_changes_the_etag():
    bench = ApiBench()
    job_id = bench.submitted()
    etag = bench.http.get(f"/v1/jobs/{job_id}").headers["ETag"]
    bench.claim(job_id)
    answer = bench.http.get(f"/v1/jobs/{job_id}", headers={"If-None-Match": etag})
    assert (answer.status_code, answer.json()["status"]) == (200, "running")
    assert answer.headers["ETag"] != etag


def test_others_job_cannot_be_told_from_none():
    bench = ApiBench()
    job_id = finished(bench, owner="mina")
    juno = {"X-Sayline-Owner": "juno"}
    for tail in ("", "/result/speech.wav", "/result/none"):
        paths = (f"/v1/jobs/{one}{tail}" for one in (job_id, MISSING, "tts", "not-an-id", "%00", job_id.upper()))
        answers = [bench.http.get(path, headers=juno) for path in paths]
        assert {answer.status_code for answer in answers} == {404}
        assert {answer.json()["code"] for answer in answers} == {"job_not_found"}
        assert len({answer.content for answer in answers}) == 1
        assert len({tuple(sorted(answer.headers.keys())) for answer in answers}) == 1


def test_list_holds_the_callers_latest_jobs():
    bench = ApiBench()
    bench.submitted(owner="juno")
    ids = []
    for _ in range(5):
        bench.clock.advance(1)
        ids.append(bench.submitted(owner="mina"))
    answer = bench.http.get("/v1/jobs?limit=3", headers={"X-Sayline-Owner": "mina"})
    assert [job["id"] for job in answer.json()["jobs"]] == ids[:1:-1]
    assert "request" not in answer.json()["jobs"][0]


@pytest.mark.parametrize("limit", ["0", "101", "many"])
def test_limit_out_of_range_is_refused(limit: str):
    answer = ApiBench().http.get(f"/v1/jobs?limit={limit}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "limit")


def test_file_is_found_by_a_presigned_url():
    bench = ApiBench()
    answer = bench.http.get(f"/v1/jobs/{finished(bench)}/result/speech.wav")
    assert answer.status_code == 307
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Location"] == ("memory:///echo/1/speech.wav?expires=900&filename=speech.wav&type=audio/wav")


def test_file_of_a_result_that_is_gone_has_no_known_type():
    bench = ApiBench()
    job_id = bench.submitted()
    bench.succeed(job_id, Payload(key="echo/gone.json"), files={"speech.wav": AUDIO["key"]})
    answer = bench.http.get(f"/v1/jobs/{job_id}/result/speech.wav")
    assert answer.headers["Location"].endswith("type=application/octet-stream")


@pytest.mark.parametrize("name", ["none.wav", "speech.wav%00", "x" * 2000])
def test_unknown_file_is_not_found(name: str):
    bench = ApiBench()
    answer = bench.http.get(f"/v1/jobs/{finished(bench)}/result/{name}")
    assert answer.status_code == 404


def test_file_of_a_failed_job_is_not_found():
    bench = ApiBench()
    job_id = bench.submitted()
    bench.fail(job_id)
    answer = bench.http.get(f"/v1/jobs/{job_id}/result/speech.wav")
    assert (answer.status_code, answer.json()["code"]) == (404, "file_not_found")


def test_file_of_an_open_job_is_to_be_waited_for():
    bench = ApiBench()
    answer = bench.http.get(f"/v1/jobs/{bench.submitted()}/result/speech.wav")
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (409, "not_finished", "1")


@pytest.mark.parametrize("path", [f"/v1/jobs/{MISSING}", "/v1/jobs"])
def test_unreachable_table_is_told(path: str):
    bench = ApiBench()
    bench.store.before = {"get", "list_by_owner"}
    answer = bench.http.get(path)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "2"
