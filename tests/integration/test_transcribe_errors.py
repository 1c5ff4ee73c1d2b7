"""Amazon Transcribe that fails, hangs and refuses: one vendor job, whatever becomes of the attempts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from schemas.errors import EngineUnavailableError, PermanentError, ThrottledError
from tests.faults import Fault, FaultProxy
from tests.integration.transcribing import START, TOKEN, Desk, desk_of
from tests.vendors.aws_json import refusal
from tests.vendors.server import Cut, Hang, HangUp

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with desk_of(monkeypatch) as desk:
        yield desk


# --- one vendor job ---


def test_an_attempt_that_died_after_it_began_is_taken_up(desk: Desk):
    call = desk.call()

    def die() -> None:
        raise KeyboardInterrupt

    call.on_progress = die
    with pytest.raises(KeyboardInterrupt):
        desk.attempt(call)
    assert desk.server.begun == [f"sayline-{TOKEN}"]

    assert desk.attempt().text == "Hello, how are you?"
    assert desk.server.begun == [f"sayline-{TOKEN}"]


def test_an_attempt_that_died_after_it_was_done_reads_what_was_written(desk: Desk):
    first = desk.attempt()

    assert desk.attempt() == first
    assert len(desk.server.begun) == 1


def test_a_job_that_is_redriven_begins_anew(desk: Desk):
    desk.attempt()
    desk.attempt(desk.call(token=TOKEN[:-1] + "1"))

    assert desk.server.begun == [f"sayline-{TOKEN}", f"sayline-{TOKEN[:-1]}1"]


@pytest.mark.parametrize("effect", [HangUp(carried_out=True), Cut(300)])
def test_a_start_whose_answer_is_lost_has_begun(desk: Desk, effect: HangUp | Cut):
    desk.server.plan(START, effect)

    assert desk.attempt().text == "Hello, how are you?"
    assert (desk.server.times(START), len(desk.server.begun)) == (2, 1)


def test_an_answer_that_a_proxy_loses_was_given(desk: Desk):
    lost = iter([Fault.ANSWER_LOST])
    with FaultProxy(desk.server.port) as proxy:
        proxy.fault = lambda name: next(lost, Fault.NONE) if name == f"Transcribe.{START}" else Fault.NONE
        desk.url = f"http://127.0.0.1:{proxy.port}"

        assert desk.attempt().text == "Hello, how are you?"

    assert (desk.server.times(START), len(desk.server.begun)) == (2, 1)


# --- refusals ---


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("Unsupported media format.", "unreadable_audio"),
        ("The media format provided does not match the detected media format.", "unreadable_audio"),
        ("The data in your input media file isn't valid. Check the media file and try again.", "unreadable_audio"),
        ("Invalid sample rate for audio file.", "unreadable_audio"),
        ("Invalid file size: file size too large.", "audio_too_long"),
        ("The input media file length is too small. Minimum audio duration is 0.500000 s.", "audio_too_short"),
        ("Invalid number of channels: number of channels too large.", "unreadable_audio"),
        ("Something new.", "transcription_failed"),
    ],
)
def test_a_job_that_failed_says_why(desk: Desk, reason: str, code: str):
    desk.server.outcome.failure = reason

    for _ in range(2):  # a redelivery learns the same, of the same job
        with pytest.raises(PermanentError) as raised:
            desk.attempt()
        assert (raised.value.code, raised.value.engine) == (code, "amazon-transcribe")
        assert reason in raised.value.message
    assert len(desk.server.begun) == 1


def test_a_refused_start_says_why_in_the_vendors_words(desk: Desk):
    with pytest.raises(PermanentError) as raised:
        desk.attempt(vocabulary="missing")

    assert raised.value.code == "refused_by_engine"
    assert "The requested vocabulary couldn't be found." in raised.value.message


@pytest.mark.parametrize(
    ("effect", "retry_after_s"),
    [
        (refusal("LimitExceededException", "Too many jobs"), 60.0),
        (refusal("ThrottlingException", "Rate exceeded", retry_after="7"), 7.0),
        (refusal("SomethingNewException", status=429, retry_after="9"), 9.0),
    ],
)
def test_a_throttled_start_has_the_job_wait_as_long_as_is_asked(desk: Desk, effect: bytes, retry_after_s: float):
    desk.server.plan(START, effect)

    with pytest.raises(ThrottledError) as raised:
        desk.attempt()

    assert raised.value.retry_after_s == retry_after_s
    assert desk.server.begun == []


def test_a_throttle_of_a_moment_is_waited_out(desk: Desk):
    desk.server.plan(START, refusal("ThrottlingException", "Rate exceeded"))

    assert desk.attempt().text == "Hello, how are you?"


@pytest.mark.parametrize(
    "effect", [refusal("InternalFailureException"), refusal("ServiceUnavailableException"), HangUp(), Cut(0)]
)
def test_a_vendor_that_goes_on_failing_is_unavailable(desk: Desk, effect: bytes | HangUp | Cut):
    desk.server.plan(START, *[effect] * 99)

    with pytest.raises(EngineUnavailableError):
        desk.attempt()


def test_a_vendor_that_hangs_is_left_after_the_time_out(desk: Desk):
    desk.read_timeout_s = 0.2
    desk.server.plan(START, *[Hang()] * 99)

    with pytest.raises(EngineUnavailableError) as raised:
        desk.attempt()

    assert raised.value.may_have_run
    desk.server.recover()
    desk.read_timeout_s = 10
    assert desk.attempt().text == "Hello, how are you?"


def test_a_start_that_takes_effect_and_hangs_has_begun(desk: Desk):
    desk.read_timeout_s = 2
    desk.server.plan(START, Hang(carried_out=True))

    assert desk.attempt().text == "Hello, how are you?"
    assert len(desk.server.begun) == 1


def test_credentials_that_are_refused_are_nothing_that_a_job_is_to_blame_for(desk: Desk):
    desk.server.plan(START, *[refusal("UnrecognizedClientException")] * 99)

    with pytest.raises(EngineUnavailableError) as raised:
        desk.attempt()

    assert not raised.value.may_have_run
    assert "UnrecognizedClientException" in raised.value.message


def test_no_credentials_at_all_are_nothing_that_a_job_is_to_blame_for(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonesuch")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonesuch")

    with pytest.raises(EngineUnavailableError) as raised:
        desk.attempt()

    assert not raised.value.may_have_run
    assert desk.server.asked == []


def test_nobody_listening_is_certainly_nothing_begun(desk: Desk):
    desk.url = "http://127.0.0.1:9"

    with pytest.raises(EngineUnavailableError) as raised:
        desk.attempt()

    assert not raised.value.may_have_run


def test_a_transcript_that_somebody_has_deleted_is_gone(desk: Desk):
    desk.attempt()
    del desk.memory.objects["s3://bucket/transcription/job/vendor/0-transcript.json"]

    with pytest.raises(PermanentError) as raised:
        desk.attempt()

    assert raised.value.code == "transcript_gone"


def test_results_depend_on_the_choice_of_languages(desk: Desk):
    one = desk.engine().identity
    desk.options = {"language_options": ("en-US", "ko-KR")}

    assert desk.engine().identity != one
