"""Submissions as forms: the file beside the request's other fields, in any order, within limits."""

from __future__ import annotations

import asyncio
import hashlib
import json
import tempfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.payloads import ClaimCheck
from producers.form_fields import text_fields
from producers.problems import ProblemError
from schemas.files import owner_folder, upload_key
from schemas.kinds import registry
from tests.api import ApiBench

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemas.job import Job

SOUND = b"\x1aE\xdf\xa3 a recording"
REF = "audio:" + hashlib.sha256(SOUND).hexdigest()[:32]
TEXT = "Good morning! 안녕하세요"
ROUTE = "/v1/jobs/pronunciation"
KIND = registry()["pronunciation"]
LIMIT = KIND.files["audio"].max_bytes
#: For requests that leave nothing behind.
BENCH = ApiBench()


def post(bench: ApiBench, *parts: tuple[str, Any], route: str = ROUTE, **headers: str) -> Any:
    """Post parts: text, or (file name, bytes, type)."""
    files: Any = [(name, part if isinstance(part, tuple) else (None, part)) for name, part in parts]
    return bench.http.post(route, files=files, headers={name.replace("_", "-"): v for name, v in headers.items()})


AUDIO = ("audio", ("recording.webm", SOUND, "audio/webm;codecs=opus"))


def requests(bench: ApiBench) -> list[Any]:
    return [job.request.inline for job in bench.records]


# --- what is taken ---


@pytest.mark.parametrize("is_audio_first", [True, False])
def test_a_file_is_stored_and_named_by_the_request(is_audio_first: bool):  # noqa: FBT001
    bench = ApiBench()
    parts = (AUDIO, ("text", TEXT)) if is_audio_first else (("text", TEXT), AUDIO)

    answer = post(bench, *parts, X_Sayline_Owner="mina")

    assert answer.status_code == 202
    assert requests(bench)[0]["audio"] == REF
    assert requests(bench)[0]["text"] == TEXT
    key = owner_folder("audio", "mina") + REF.removeprefix("audio:")
    assert bench.objects.inner.objects[key] == (SOUND, "audio/webm")


def test_a_form_is_the_request_that_its_json_would_be():
    bench = ApiBench()
    bench.upload(REF, SOUND)
    asked = {"audio": REF, "text": TEXT, "picture": False, "feedback_language": "ko"}

    by_json = bench.http.post(ROUTE, json=asked, headers={"Idempotency-Key": "one"})
    by_form = post(
        bench, AUDIO, ("text", TEXT), ("picture", "false"), ("feedback_language", "ko"), Idempotency_Key="one"
    )

    assert (by_json.status_code, by_form.status_code) == (202, 202)
    assert by_form.json()["id"] == by_json.json()["id"]
    assert by_form.headers["Idempotency-Replayed"] == "true"


def test_the_same_file_with_the_same_key_is_one_job_and_one_object():
    bench = ApiBench()

    first, again = (post(bench, AUDIO, ("text", TEXT), Idempotency_Key="one") for _ in range(2))

    assert first.json()["id"] == again.json()["id"]
    assert len([key for key in bench.objects.inner.objects if key.startswith("user-audio/")]) == 1


def test_another_file_with_the_same_key_is_another_request():
    bench = ApiBench()
    post(bench, AUDIO, ("text", TEXT), Idempotency_Key="one")

    answer = post(bench, ("audio", ("a.webm", b"another", "audio/webm")), ("text", TEXT), Idempotency_Key="one")

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("text", ["2026", "true", "null", '{"a": 1}', '"quoted"', " spaced\nlines "])
def test_text_stands_as_it_is_whatever_it_looks_like(text: str):
    bench = ApiBench()

    assert post(bench, AUDIO, ("text", text)).status_code == 202

    assert requests(bench)[0]["text"] == text


def test_the_value_of_any_other_field_is_json():
    bench = ApiBench()

    answer = post(bench, AUDIO, ("phrases", '["yes", "no"]'), ("speakers", "2"), route="/v1/jobs/transcription")

    assert answer.status_code == 202
    assert (requests(bench)[0]["phrases"], requests(bench)[0]["speakers"]) == (["yes", "no"], 2)


def test_which_fields_are_text_follows_from_their_types():
    assert text_fields(KIND) == {"audio", "text", "language", "feedback_language"}
    assert text_fields(registry()["transcription"]) == {"audio", "language", "reference", "grammar", "vocabulary"}


@pytest.mark.parametrize("name", [None, "blob"])
def test_the_request_may_be_one_part_over_which_the_others_go(name: str | None):
    bench = ApiBench()
    whole = json.dumps({"text": "over it goes", "picture": False, "language": "en-GB"}).encode()

    answer = post(bench, ("text", TEXT), AUDIO, ("request", (name, whole, "application/json")))

    assert answer.status_code == 202
    asked = {"text": TEXT, "picture": False, "language": "en-GB", "audio": REF}
    assert requests(bench)[0].items() >= asked.items()


def test_a_form_without_its_file_may_name_one():
    bench = ApiBench()
    bench.upload(REF)

    assert post(bench, ("audio", REF), ("text", TEXT)).status_code == 202


CHAT = ("task.export", ("chat.txt", "지수: 영화 보러 갈래?".encode(), "text/plain"))
REPLY = "/v1/jobs/reply"


@pytest.mark.parametrize("field", ["task", "request"])
def test_a_file_within_an_object_is_a_part_under_its_path(field: str):
    bench = ApiBench()
    task = {"type": "reply_options", "me": "mina"}
    whole = json.dumps(task if field == "task" else {"task": task})

    answer = post(bench, CHAT, (field, whole), route=REPLY, X_Sayline_Owner="mina")

    assert answer.status_code == 202
    ref = "document:" + hashlib.sha256(CHAT[1][1]).hexdigest()[:32]
    asked = ClaimCheck(bench.objects, inline_max_bytes=0).load(bench.records[0].request)
    assert asked["task"].items() >= {**task, "export": ref}.items()
    assert bench.objects.inner.objects[upload_key(ref, "mina")] == (CHAT[1][1], "text/plain")


@pytest.mark.parametrize("task", ["[]", "null", "7", '"text"'])
def test_a_path_that_leads_into_no_object_is_refused(task: str):
    bench = ApiBench()

    answer = post(bench, CHAT, ("task", task), route=REPLY)

    assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [("task", "dict_type")]
    assert (bench.records, bench.objects.inner.objects) == ([], {})


@pytest.mark.parametrize(
    ("declared", "stored"),
    [
        ("audio/webm", "audio/webm"),
        ("VIDEO/WebM; codecs=opus", "video/webm"),
        ("text/html", "application/octet-stream"),
        ("audio/<script>", "application/octet-stream"),
        (None, "application/octet-stream"),
    ],
)
def test_a_file_is_stored_as_audio_or_as_bytes(declared: str | None, stored: str):
    bench = ApiBench()
    part = ("x", SOUND, declared) if declared else ("x", SOUND)

    assert post(bench, ("audio", part), ("text", TEXT)).status_code == 202

    ((_, mime),) = [found for key, found in bench.objects.inner.objects.items() if key.startswith("user-audio/")]
    assert mime == stored


# --- what is refused ---


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ([AUDIO], "text"),
        ([("text", TEXT)], "audio"),
        ([AUDIO, ("text", "")], "text"),
        ([AUDIO, ("text", TEXT), ("picture", "perhaps")], "picture"),
        ([AUDIO, ("text", TEXT), ("originalText", TEXT)], "originalText"),
        ([AUDIO, ("text", TEXT), ("audioFile", ("a.webm", SOUND, "audio/webm"))], "audioFile"),
        ([AUDIO, ("text", TEXT), ("what a learner said", "x")], "*"),
        ([AUDIO, AUDIO, ("text", TEXT)], "audio"),
        ([AUDIO, ("text", TEXT), ("text", TEXT)], "text"),
        ([("audio", ("empty.webm", b"", "audio/webm")), ("text", TEXT)], "audio"),
        ([("audio", "../../etc/passwd"), ("text", TEXT)], "audio"),
        ([AUDIO, ("request", "[]")], "request"),
        ([AUDIO, ("request", '{"text": "a", "request": 1}')], "request"),
    ],
)
def test_a_wrong_part_is_named_and_nothing_is_stored(parts: Any, field: str):
    bench = ApiBench()

    answer = post(bench, *parts)

    assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert "learner" not in answer.text
    assert (bench.records, bench.objects.inner.objects) == ([], {})


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([AUDIO, ("request", "{")], "malformed_json"),
        ([AUDIO, ("request", '{"text": NaN}')], "malformed_json"),
        ([AUDIO, ("text", "안녕하세요".encode("cp949"))], "malformed_form"),
        ([AUDIO, ("text", ("blob", "안녕하세요".encode("cp949"), "text/plain"))], "malformed_form"),
        ([AUDIO, ("text", "x" * (KIND.request_max_bytes + 1))], "malformed_form"),
        ([AUDIO, *((f"part{n}", "x") for n in range(33))], "malformed_form"),
        ([*((f"file{n}", ("x", b"x")) for n in range(33))], "malformed_form"),
    ],
)
def test_what_is_no_form_of_ours_is_refused(parts: Any, code: str):
    answer = post(BENCH, *parts)

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert BENCH.records == []


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b"no boundary"),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\nx\r\n--b--"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--"),
        (f"multipart/form-data; boundary={'b' * 300}", b"--b"),
    ],
)
def test_a_broken_form_is_refused(content_type: str, body: bytes):
    answer = BENCH.http.post(ROUTE, content=body, headers={"Content-Type": content_type})

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_form")


@given(st.binary(max_size=400))
def test_no_bytes_are_a_defect(body: bytes):
    headers = {"Content-Type": "multipart/form-data; boundary=b"}

    answer = BENCH.http.post(ROUTE, content=b"--b\r\n" + body, headers=headers)

    assert answer.status_code in {400, 422}


def test_a_form_that_breaks_off_is_refused():
    bench = ApiBench()
    head = b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nHello\r\n'
    head += b'--b\r\nContent-Disposition: form-data; name="audio"; filename="a"\r\n\r\nsound'

    for body in (head, head + b"\r\n--b\r\n", head + b'\r\n--b\r\nContent-Disposition: form-data; name="pict'):
        answer = bench.http.post(ROUTE, content=body, headers={"Content-Type": "multipart/form-data; boundary=b"})
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed_form")

    assert (bench.records, bench.objects.inner.objects) == ([], {})


def test_a_kind_without_files_takes_no_form():
    answer = post(BENCH, ("text", TEXT), route="/v1/jobs/tts")

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert answer.headers["Accept-Post"] == "application/json"


def test_what_a_kind_with_files_takes_is_told():
    answer = BENCH.http.post(ROUTE, content=b"x", headers={"Content-Type": "text/plain"})

    assert answer.headers["Accept-Post"] == "application/json, multipart/form-data"


def test_the_largest_file_is_taken_and_one_byte_more_is_not():
    bench = ApiBench()

    fits = post(bench, ("audio", ("a", bytes(LIMIT), "audio/webm")), ("text", TEXT))
    larger = post(bench, ("audio", ("a", bytes(LIMIT + 1), "audio/webm")), ("text", TEXT))

    assert fits.status_code == 202
    assert (larger.status_code, larger.json()["code"]) == (413, "request_too_large")
    assert larger.headers["Connection"] == "close"
    assert str(LIMIT) in larger.json()["detail"]
    assert len(bench.records) == 1


@pytest.mark.parametrize("announced", [True, False])
def test_an_endless_file_is_read_no_further_than_its_limit(announced: bool):  # noqa: FBT001
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        yield b'--b\r\nContent-Disposition: form-data; name="audio"; filename="a"\r\n\r\n'
        while True:
            sent += 1_000_000
            yield bytes(1_000_000)

    answers = asgi(endless(), {b"content-length": b"99999999999"} if announced else {})

    assert answers[0]["status"] == 413
    assert sent <= (0 if announced else LIMIT + KIND.request_max_bytes + 1_100_000)


def asgi(chunks: Iterator[bytes], headers: dict[bytes, bytes]) -> list[dict[str, Any]]:
    """Speak ASGI: the test client would read a whole body before it sends any."""
    answers: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": next(chunks), "more_body": True}

    async def send(message: Any) -> None:
        answers.append(message)

    given = {b"content-type": b"multipart/form-data; boundary=b"} | headers
    scope = {"type": "http", "method": "POST", "path": ROUTE, "query_string": b"", "headers": list(given.items())}
    asyncio.run(BENCH.app(scope, receive, send))
    return answers


# --- what it stands on ---


@pytest.mark.parametrize(("twin", "method"), [("objects", "put"), ("store", "create"), ("queues", "send")])
def test_nothing_is_promised_that_is_not_durable(twin: str, method: str):
    bench = ApiBench()
    getattr(bench, twin).before = {method}

    answer = post(bench, AUDIO, ("text", TEXT))

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert bench.records == []


def test_the_file_is_there_before_the_record():
    bench = ApiBench()
    order: list[str] = []
    put, create = bench.objects.inner.put, bench.store.inner.create

    def noted_put(key: str, data: Any, *, mime: str) -> None:
        order.append(key.split("/", maxsplit=1)[0])
        put(key, data, mime=mime)

    def noted_create(job: Job) -> None:
        order.append("record")
        create(job)

    bench.objects.inner.put, bench.store.inner.create = noted_put, noted_create
    post(bench, AUDIO, ("text", TEXT))

    assert order == ["user-audio", "record"]


def test_a_file_that_came_with_the_request_is_not_looked_for():
    bench = ApiBench()
    bench.objects.before = {"size"}

    assert post(bench, AUDIO, ("text", TEXT)).status_code == 202


def refuse(_headers: Any) -> str:
    raise ProblemError("unidentified", "Who are you?")


def asked(app: Any, receive: Any) -> int:
    """Post a form whose body comes as `receive` has it, and return the answer's status."""
    statuses: list[int] = []

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    headers = [(b"content-type", b"multipart/form-data; boundary=x"), (b"host", b"testserver")]
    scope = {"type": "http", "method": "POST", "path": ROUTE, "raw_path": ROUTE.encode(), "query_string": b""}
    rest = {"headers": headers, "http_version": "1.1", "scheme": "http", "server": ("testserver", 80), "state": {}}
    asyncio.run(app({**scope, **rest}, receive, send))
    return statuses[0]


def test_a_stranger_is_refused_before_anything_is_read():
    bench = ApiBench()
    services = bench.app.state.services
    bench.app.state.services = replace(services, ports=replace(services.ports, identify=refuse))

    async def receive() -> Any:
        pytest.fail("the body is read")

    assert asked(bench.app, receive) == 401


def test_a_client_that_goes_away_is_no_defect_of_ours():
    bench = ApiBench()

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    assert asked(bench.app, receive) == 400


@pytest.mark.parametrize(
    "charset", ["utf-8; charset=unicode_escape", "utf-8; charset=latin-1", "utf-8; charset=nonsense"]
)
def test_text_is_utf_8_however_often_the_charset_is_named(charset: str):
    bench = ApiBench()
    body = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % part
        for part in ((b"text", b"", TEXT.encode()), (b"audio", b'; filename="a"', SOUND))
    )

    answer = bench.http.post(
        ROUTE,
        content=body + b"--x--\r\n",
        headers={"Content-Type": f"multipart/form-data; boundary=x; charset={charset}"},
    )

    assert answer.status_code == 202
    assert requests(bench)[0]["text"] == TEXT


def test_many_small_files_do_not_fill_the_memory_together(monkeypatch: pytest.MonkeyPatch):
    kept: list[int] = []

    def spooled(max_size: int) -> Any:
        kept.append(max_size)
        return tempfile.SpooledTemporaryFile(max_size)

    monkeypatch.setattr("starlette.formparsers.SpooledTemporaryFile", spooled)

    assert post(ApiBench(), AUDIO, ("text", TEXT)).status_code == 202
    assert kept == [65_536]
