"""The files that a request names: an owner's own uploads and results, and nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from schemas.errors import PermanentError
from schemas.files import owner_folder, upload_key
from schemas.outcome import Settled
from schemas.status import Status
from tests.conftest import new_job
from tests.workers import Bench, EchoRequest, EchoResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import ManualClock
    from workers.work import Work

UPLOAD = "audio:" + "5f" * 16
MADE = "0198c5f0-3b5a-7c3e-9d55-0d6c1f6a2b11"
MADE_FILE = f"job:{MADE}/speech.mp3"


@pytest.fixture
def bench(clock: ManualClock) -> Bench:
    bench = Bench(clock)
    bench.submit()
    return bench


def given(bench: Bench, ref: str, *, owner: str = "mina", data: bytes = b"sound") -> None:
    """Have an owner's file of this name be there."""
    if ref == UPLOAD:
        bench.objects.put(upload_key(ref, owner), data, mime="audio/webm")
        return
    key = f"tts/{MADE}/0.1-token/speech.mp3"
    bench.store.create(new_job(MADE, bench.clock, owner=owner, status=Status.SUCCEEDED, files={"speech.mp3": key}))
    bench.objects.put(key, data, mime="audio/mpeg")


def reading(ref: str, into: list[Any]) -> Callable[[EchoRequest, Work[Any]], EchoResult]:
    def handle(_request: EchoRequest, work: Work[Any]) -> EchoResult:
        file = work.input(ref)
        into.append((file.uri, file.read()))
        return EchoResult(text="", engine="echo", model="1")

    return handle


@pytest.mark.parametrize(
    ("ref", "uri"),
    [
        (UPLOAD, f"s3://memory/{owner_folder('audio', 'mina')}{'5f' * 16}"),
        (MADE_FILE, f"s3://memory/tts/{MADE}/0.1-token/speech.mp3"),
    ],
)
def test_a_file_that_the_request_names_is_read(bench: Bench, ref: str, uri: str):
    read: list[Any] = []
    given(bench, ref)
    bench.handle = reading(ref, read)

    assert bench.deliver() == Settled("ok")

    assert read == [(uri, b"sound")]


@pytest.mark.parametrize("ref", [UPLOAD, MADE_FILE])
def test_anothers_file_and_a_missing_one_are_the_same_to_say(bench: Bench, ref: str):
    said: list[str] = []
    for number, owner in enumerate(("jun", None)):
        if owner:
            given(bench, ref, owner=owner)
        read: list[Any] = []
        bench.handle = reading(ref, read)
        job_id = f"job-{number + 2}"
        bench.submit(job_id)

        assert bench.deliver(job_id=job_id) == Settled("unknown_file")

        job = bench.job(job_id)
        assert (read, job.status) == ([], Status.FAILED)
        assert job.error is not None
        said.append(job.error.message)
        bench.store._jobs.pop(MADE, None)  # noqa: SLF001 - for the second round there is none
        bench.objects.objects.clear()

    assert said[0] == said[1]


def test_a_file_that_its_job_has_not_is_unknown(bench: Bench):
    given(bench, MADE_FILE)

    with pytest.raises(PermanentError, match="unknown_file"):
        the_work(bench).input(f"job:{MADE}/speech.wav")


def test_a_result_whose_retention_is_over_is_unknown(bench: Bench):
    given(bench, MADE_FILE)
    bench.objects.objects.clear()

    with pytest.raises(PermanentError, match="unknown_file"):
        the_work(bench).input(MADE_FILE).read()


def test_the_bucket_is_not_asked_before_a_file_is_read(bench: Bench):
    bench.objects = None

    the_work(bench).input(UPLOAD)


def test_the_token_is_the_same_for_each_attempt_and_another_in_the_next_epoch(bench: Bench):
    first, again, redriven = (
        the_work(bench, epoch=epoch, attempt=attempt).token for epoch, attempt in ((0, 1), (0, 2), (1, 1))
    )

    assert first == again == "job-1-0"
    assert redriven == "job-1-1"


def the_work(bench: Bench, **fields: int) -> Work[Any]:
    """The attempt that a handler is given."""
    job = bench.job().model_copy(update=fields)
    return bench.runner()._attempt(job, bench.delivery())  # noqa: SLF001 - as the runner makes it
