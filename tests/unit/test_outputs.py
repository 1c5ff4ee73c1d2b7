"""Files that a vendor writes for a job: the same place for each attempt, and none left at the job's end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from schemas.errors import PermanentError, TransientError
from schemas.outcome import Hidden, Settled
from schemas.status import Status
from tests.workers import Bench, EchoRequest, EchoResult, say_back

if TYPE_CHECKING:
    from tests.conftest import ManualClock
    from workers.work import Work

NAME = "transcript.json"
KEY = "echo/job-1/vendor/0-transcript.json"


@pytest.fixture
def bench(clock: ManualClock) -> Bench:
    bench = Bench(clock)
    bench.submit()
    return bench


def have_written(bench: Bench, work: Work[Any], data: bytes = b"said") -> None:
    """Have the vendor write where the attempt says."""
    bench.objects.put(work.output(NAME).uri.removeprefix("s3://memory/"), data, mime="application/json")


def test_what_a_vendor_writes_is_read_and_goes_with_the_job(bench: Bench):
    read: list[bytes] = []

    def handle(request: EchoRequest, work: Work[Any]) -> EchoResult:
        have_written(bench, work)
        read.append(work.output(NAME).read())
        return say_back(request, work)

    bench.handle = handle

    assert bench.deliver() == Settled("ok")
    assert read == [b"said"]
    assert [key for key in bench.objects.keys("echo/") if key not in bench.job().files.values()] == []


def test_the_next_attempt_reads_what_was_written_for_the_one_before(bench: Bench):
    def fail(_request: EchoRequest, work: Work[Any]) -> EchoResult:
        have_written(bench, work)
        raise TransientError("engine_timeout", "Too slow.")

    bench.handle = fail
    assert isinstance(bench.deliver(), Hidden)
    assert list(bench.objects.keys("echo/")) == [KEY]
    read: list[bytes] = []

    def handle(request: EchoRequest, work: Work[Any]) -> EchoResult:
        read.append(work.output(NAME).read())
        return say_back(request, work)

    bench.handle = handle
    bench.clock.advance(300)

    assert bench.deliver("second") == Settled("ok")
    assert read == [b"said"]
    assert KEY not in list(bench.objects.keys("echo/"))


def test_an_attempt_may_leave_the_next_one_a_word(bench: Bench):
    heard: list[bytes] = []

    def handle(request: EchoRequest, work: Work[Any]) -> EchoResult:
        if not list(bench.objects.keys("echo/")):
            work.output(NAME).write(b"paid for", mime="application/json")
            raise TransientError("engine_unavailable", "Away.")
        heard.append(work.output(NAME).read())
        return say_back(request, work)

    bench.handle = handle
    bench.deliver()
    assert list(bench.objects.keys("echo/")) == [KEY]
    bench.clock.advance(300)

    assert bench.deliver("second") == Settled("ok")
    assert heard == [b"paid for"]
    assert KEY not in list(bench.objects.keys("echo/"))


def test_nothing_is_left_of_a_job_that_failed(bench: Bench):
    def fail(_request: EchoRequest, work: Work[Any]) -> EchoResult:
        have_written(bench, work)
        raise PermanentError("transcription_failed", "No.")

    bench.handle = fail
    bench.deliver()

    assert bench.job().status is Status.FAILED
    assert list(bench.objects.keys("echo/")) == []


def test_what_was_not_written_is_not_there(bench: Bench):
    codes: list[str] = []

    def handle(request: EchoRequest, work: Work[Any]) -> EchoResult:
        with pytest.raises(PermanentError) as raised:
            work.output(NAME).read()
        codes.append(raised.value.code)
        return say_back(request, work)

    bench.handle = handle
    bench.deliver()

    assert codes == ["unknown_file"]
