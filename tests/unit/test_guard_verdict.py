"""Verdicts: what an attempt's end says of its engine, and how that crosses to the parent process."""

from __future__ import annotations

import pickle

import pytest

from schemas.errors import (
    EngineUnavailableError,
    PermanentError,
    ThrottledError,
    TransientError,
    UnavailableError,
)
from workers.guard import Verdict, verdict_of, verdict_of_code
from workers.retry import describe

ENDS = [
    (None, Verdict.OK),
    (ThrottledError(), Verdict.THROTTLED),
    (EngineUnavailableError(), Verdict.UNAVAILABLE),
    (TransientError("engine_crashed", "It crashed."), Verdict.NEUTRAL),
    (PermanentError("invalid_ssml", "It is not SSML."), Verdict.NEUTRAL),
    (UnavailableError("S3", "SlowDown"), Verdict.NEUTRAL),
    (ValueError(), Verdict.NEUTRAL),
]


@pytest.mark.parametrize(("error", "verdict"), ENDS)
def test_an_attempts_end_says_how_its_engine_did(error: Exception | None, verdict: Verdict):
    assert verdict_of(error) is verdict


@pytest.mark.parametrize("error", [error for error, _ in ENDS if error])
def test_the_code_that_the_record_has_says_the_same_as_the_error(error: Exception):
    assert verdict_of_code(describe(error).code) is verdict_of(error)


@pytest.mark.parametrize("verdict", Verdict)
def test_a_verdict_crosses_as_its_value(verdict: Verdict):
    assert verdict_of_code(str(verdict)) is verdict


@pytest.mark.parametrize("code", [None, "", "leased", "worker_lost", "no such code"])
def test_what_says_nothing_of_the_engine_is_neutral(code: str | None):
    assert verdict_of_code(code) is Verdict.NEUTRAL


@pytest.mark.parametrize(
    "error",
    [
        ThrottledError("Slow down.", engine="polly", retry_after_s=7),
        EngineUnavailableError("Gone.", engine="polly", retry_after_s=7, may_have_run=False),
    ],
)
def test_an_engines_error_crosses_processes_whole(error: TransientError):
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own

    assert type(again) is type(error)
    assert vars(again) == vars(error)
    assert str(again) == f"{error.code}: {error.message}"


def test_a_call_may_have_run_unless_the_engine_is_certain():
    assert EngineUnavailableError().may_have_run
