"""Files that a request names: uploaded by a form of the bucket's, or made by a job; the caller's own, and there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from producers.uploads import largest
from schemas.files import upload_key
from schemas.job import Payload
from schemas.kinds import registry
from tests.api import ApiBench

UPLOAD = "audio:" + "5f" * 16
ROUTE = "/v1/jobs/pronunciation"
LIMIT = registry()["pronunciation"].files["audio"].max_bytes
RESULT = Payload(inline={"engine": "echo", "model": "1", "text": "Hello"})


def ask(bench: ApiBench, ref: str, *, key: str | None = None, owner: str = "mina") -> Any:
    headers = {"X-Sayline-Owner": owner} | ({"Idempotency-Key": key} if key else {})
    return bench.http.post(ROUTE, json={"audio": ref, "text": "Good morning!"}, headers=headers)


def made(bench: ApiBench, *, owner: str = "mina") -> str:
    """Have a job of the owner's be there with a file, and name that."""
    job_id = bench.submitted(owner=owner)
    bench.succeed(job_id, RESULT, files={"speech.mp3": "echo/speech.mp3"})
    bench.objects.inner.put("echo/speech.mp3", b"sound", mime="audio/mpeg")
    return f"job:{job_id}/speech.mp3"


def refused(answer: Any) -> tuple[int, str, list[tuple[str, str]]]:
    problem = answer.json()
    return answer.status_code, problem["code"], [(error["field"], error["code"]) for error in problem["errors"]]


UNKNOWN = (422, "unknown_file", [("audio", "unknown_file")])


def test_an_upload_of_the_callers_is_taken():
    bench = ApiBench()
    bench.upload(UPLOAD, owner="mina")

    assert ask(bench, UPLOAD).status_code == 202


def test_a_file_that_a_job_of_the_callers_has_made_is_taken():
    bench = ApiBench()

    assert ask(bench, made(bench)).status_code == 202


def test_anothers_file_is_as_good_as_none():
    bench = ApiBench()
    bench.upload(UPLOAD, owner="mina")
    file = made(bench)
    missing = "job:00000000-0000-7000-8000-000000000000/speech.mp3"

    answers = [ask(bench, ref, owner="jun") for ref in (UPLOAD, "audio:" + "0" * 32, file, missing)]

    assert {refused(answer)[0:2] for answer in answers} == {(422, "unknown_file")}
    assert len({answer.text for answer in answers}) == 1
    assert refused(answers[0]) == UNKNOWN
    assert "5f5f" not in answers[0].text


def test_a_file_that_its_job_has_not_or_not_yet_is_unknown():
    bench = ApiBench()
    file = made(bench)
    waiting = bench.submitted(owner="mina")

    assert refused(ask(bench, file.replace("speech.mp3", "speech.wav"))) == UNKNOWN
    assert refused(ask(bench, f"job:{waiting}/speech.mp3")) == UNKNOWN


def test_a_file_whose_retention_is_over_is_unknown():
    bench = ApiBench()
    file = made(bench)
    bench.objects.inner.objects.clear()

    assert refused(ask(bench, file)) == UNKNOWN


@pytest.mark.parametrize(("size", "status"), [(LIMIT, 202), (LIMIT + 1, 422)])
def test_a_file_may_be_as_large_as_its_kind_says(size: int, status: int):
    bench = ApiBench()
    bench.upload(UPLOAD, bytes(size), owner="mina")

    answer = ask(bench, UPLOAD)

    assert answer.status_code == status
    if status == 422:
        assert refused(answer) == (422, "validation_error", [("audio", "file_too_large")])


def test_what_was_accepted_is_accepted_again_when_its_file_is_gone():
    bench = ApiBench()
    bench.upload(UPLOAD, owner="mina")
    first = ask(bench, UPLOAD, key="one")
    bench.objects.inner.objects.clear()

    again, other = ask(bench, UPLOAD, key="one"), ask(bench, UPLOAD, key="two")

    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])
    assert refused(other) == UNKNOWN


def test_a_batch_names_files_too():
    bench = ApiBench()
    bench.upload(UPLOAD)
    items = [
        {"kind": "pronunciation", "request": {"audio": ref, "text": "Good morning!"}}
        for ref in (UPLOAD, "audio:" + "0" * 32)
    ]

    there, missing = bench.http.post("/v1/batches", json={"jobs": items}).json()["jobs"]

    assert (there["status"], missing["status"]) == (202, 422)
    assert missing["problem"]["code"] == "unknown_file"
    assert missing["problem"]["errors"][0]["field"] == "audio"


def ask_about_chat(bench: ApiBench, ref: str) -> Any:
    task = {"type": "reply_options", "export": ref}
    return bench.http.post("/v1/jobs/reply", json={"task": task}, headers={"X-Sayline-Owner": "mina"})


def test_a_file_that_is_named_within_an_object_is_looked_at_too():
    bench = ApiBench()
    there, other, missing = (f"document:{digit * 32}" for digit in "abc")
    bench.upload(there, owner="mina")
    bench.upload(other, owner="jun")

    assert ask_about_chat(bench, there).status_code == 202
    for ref in (other, missing):
        assert refused(ask_about_chat(bench, ref)) == (422, "unknown_file", [("task.export", "unknown_file")])
    assert len(bench.records) == 1


def test_a_task_without_the_field_names_no_file():
    bench = ApiBench()

    answer = bench.http.post("/v1/jobs/reply", json={"task": {"type": "scenario", "topic": "food"}})

    assert answer.status_code == 202


def test_a_bucket_out_of_reach_is_no_missing_file():
    bench = ApiBench()
    bench.upload(UPLOAD, owner="mina")
    bench.objects.before = {"size"}

    assert ask(bench, UPLOAD).status_code == 503


# --- the bucket's form ---


def form(bench: ApiBench, *, owner: str = "mina", **fields: Any) -> Any:
    body = {"media": "audio", "bytes": 5, "mime": "audio/webm"} | fields
    return bench.http.post("/v1/uploads", json=body, headers={"X-Sayline-Owner": owner})


def test_a_form_is_for_one_file_of_its_owner():
    bench = ApiBench()

    answer = form(bench)

    shown = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    assert shown["fields"]["key"] == upload_key(shown["ref"], "mina")
    assert (shown["fields"]["Content-Type"], shown["fields"]["content-length"]) == ("audio/webm", "5")
    assert shown["expires_at"] == "2026-11-21T09:15:00.123000Z"
    assert form(bench).json()["ref"] != shown["ref"]


def test_a_form_asks_nothing_of_aws_and_stores_nothing():
    bench = ApiBench()
    bench.objects.before = {"put", "size", "get"}
    bench.store.before = {"get", "create"}

    assert form(bench).status_code == 201
    assert bench.objects.inner.objects == {}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"bytes": 0}, "bytes"),
        ({"bytes": "5"}, "bytes"),
        ({"bytes": largest(registry(), "audio") + 1}, "bytes"),
        ({"mime": "text/html"}, "mime"),
        ({"mime": "audio/webm;codecs=opus"}, "mime"),
        ({"media": "profile"}, "media"),
        ({"key": "tts/other"}, "key"),
    ],
)
def test_a_form_for_what_is_not_taken_is_refused(fields: Any, field: str):
    answer = form(ApiBench(), **fields)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_document_lies_under_a_prefix_of_its_own():
    shown = form(ApiBench(), media="document", mime="text/markdown").json()

    assert shown["ref"].startswith("document:")
    assert shown["fields"]["key"].startswith("uploads/")


@pytest.mark.parametrize("mime", ["audio/webm", "text/css", "text/plain; charset=utf-8", "application/zip"])
def test_what_is_no_text_is_no_document(mime: str):
    answer = form(ApiBench(), media="document", mime=mime)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "mime")


def test_the_largest_file_is_that_of_the_kind_that_takes_the_largest():
    assert form(ApiBench(), bytes=largest(registry(), "audio")).status_code == 201
    assert largest(registry(), "audio") == max(
        field.max_bytes for kind in registry().values() for field in kind.files.values() if field.media == "audio"
    )


# --- how it is described ---


def test_kinds_tell_which_fields_are_files():
    kinds = {kind["name"]: kind for kind in ApiBench().http.get("/v1/kinds").json()["kinds"]}

    assert kinds["pronunciation"]["files"] == {"audio": {"media": "audio", "max_bytes": LIMIT}}
    assert kinds["tts"]["files"] == {}


@pytest.mark.parametrize("kind", [kind for kind in registry().values() if kind.files], ids=lambda kind: kind.name)
def test_the_form_of_a_kind_is_described_beside_its_json(kind: Any):
    document = ApiBench().http.get("/openapi.json").json()

    content = document["paths"][f"/v1/jobs/{kind.name}"]["post"]["requestBody"]["content"]

    assert set(content) == {"application/json", "multipart/form-data"}
    described = content["multipart/form-data"]["schema"]["properties"]
    assert set(described) == {*kind.request.model_fields, *kind.files, "request"}
    for name in kind.files:
        assert described[name]["contentMediaType"] == "application/octet-stream"
    assert "$defs" not in json.dumps(content)
