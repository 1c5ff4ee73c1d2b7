"""Amazon S3 Vectors and Pinecone that refuse, fail, hang, or say what can't be, and what becomes of the job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from schemas.errors import EngineUnavailableError, PermanentError, ThrottledError, TransientError, WorkError
from tests.integration.calling import impatient
from tests.integration.storing import NETWORK, Vendor, fate_of, use, vendor_of
from tests.vendors.pinecone import KEY
from tests.vendors.server import Cut, Hang, HangUp, answer
from workers.retry import Fail, Retry

if TYPE_CHECKING:
    from collections.abc import Iterator

EACH = pytest.mark.parametrize("what", ["put", "query", "drop"])
SECRET = "mina's soup"


@pytest.fixture(params=["s3vectors", "pinecone"])
def vendor(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    with vendor_of(request.param, monkeypatch) as vendor:
        yield vendor


def failure_of(vendor: Vendor, what: str, effect: Any, **options: Any) -> WorkError:
    """What is let out where a vendor does that again and again, and is asked for half a second."""
    operation = getattr(vendor, what)
    vendor.server.plan(operation, *[effect] * 99)
    with impatient(NETWORK), pytest.raises(WorkError) as raised:
        use(vendor.store(**options), what)
    assert raised.value.engine == vendor.name
    assert SECRET not in str(raised.value)
    assert KEY not in str(raised.value)
    return raised.value


@EACH
def test_a_throttled_job_waits_as_long_as_is_asked(vendor: Vendor, what: str):
    error = failure_of(vendor, what, vendor.refusal(429, retry_after="20"))

    assert isinstance(error, ThrottledError)
    assert fate_of(error) == Retry(20)
    assert vendor.server.times(getattr(vendor, what)) == 1  # the SDK does not try again


@EACH
@pytest.mark.parametrize("status", [408, 500, 503])
def test_a_vendor_that_fails_has_the_job_try_again_later(vendor: Vendor, what: str, status: int):
    error = failure_of(vendor, what, vendor.refusal(status, retry_after="7"))

    assert isinstance(error, EngineUnavailableError)
    assert error.retry_after_s == 7
    assert isinstance(fate_of(error), Retry)
    assert vendor.server.times(getattr(vendor, what)) == 1


@EACH
@pytest.mark.parametrize("effect", [HangUp(), HangUp(carried_out=True), answer(502, "text/html", b"<h1>Bad</h1>")])
def test_a_broken_connection_has_the_job_try_again_later(vendor: Vendor, what: str, effect: Any):
    error = failure_of(vendor, what, effect)

    assert isinstance(error, EngineUnavailableError)
    assert isinstance(fate_of(error), Retry)


@EACH
@pytest.mark.parametrize("status", [429, 408, 500, 503])
def test_a_hiccup_is_waited_out(vendor: Vendor, what: str, status: int):
    vendor.server.plan(getattr(vendor, what), vendor.refusal(status))

    use(vendor.store(), what)

    assert vendor.server.times(getattr(vendor, what)) == 2


def test_an_answer_that_breaks_off_is_asked_for_again(vendor: Vendor):
    vendor.server.plan(vendor.query, Cut(200))

    assert use(vendor.store(), "query") == []


@EACH
def test_a_vendor_that_hangs_is_left_after_the_time_out(vendor: Vendor, what: str):
    error = failure_of(vendor, what, Hang(), timeout_s=0.3)

    assert isinstance(error, EngineUnavailableError)
    assert error.may_have_run
    assert isinstance(fate_of(error), Retry)


@EACH
@pytest.mark.parametrize(("status", "code"), [(400, "refused_by_engine"), (402, "insufficient_quota")])
def test_a_refused_request_fails_the_job_and_the_vendors_words_are_not_passed_on(
    vendor: Vendor, what: str, status: int, code: str
):
    error = failure_of(vendor, what, vendor.refusal(status, SECRET))

    assert isinstance(error, PermanentError)
    assert (error.code, fate_of(error)) == (code, Fail())
    assert vendor.server.times(getattr(vendor, what)) == 1


@EACH
def test_credentials_that_are_refused_are_nothing_that_a_job_is_to_blame_for(
    vendor: Vendor, what: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SAYLINE_TEST_KEY", "pcsk_another")
    effect = vendor.refusal(401) if vendor.name == "pinecone" else vendor.refusal(403)

    error = failure_of(vendor, what, effect)

    assert isinstance(error, EngineUnavailableError)
    assert not error.may_have_run
    assert isinstance(fate_of(error), Retry)


@pytest.mark.parametrize("what", ["put", "query"])
def test_a_place_that_there_is_not_fails_the_job(vendor: Vendor, what: str):
    where = {} if vendor.name == "pinecone" else {"bucket": "no-such-bucket"}
    effect = vendor.refusal(404, SECRET)

    error = failure_of(vendor, what, effect, **where)

    assert (error.code, fate_of(error)) == ("store_not_found", Fail())


def test_nobody_listening_is_certainly_nothing_begun(vendor: Vendor):
    where = {"host": "http://127.0.0.1:9"} if vendor.name == "pinecone" else {"endpoint_url": "http://127.0.0.1:9"}

    with impatient(NETWORK), pytest.raises(EngineUnavailableError) as raised:
        use(vendor.store(**where), "query")

    assert not raised.value.may_have_run


def test_vectors_of_another_length_than_the_index_has_fail_the_job(monkeypatch: pytest.MonkeyPatch, vendor: Vendor):
    with vendor_of(vendor.name, monkeypatch, dimensions=32) as other, pytest.raises(PermanentError) as raised:
        use(other.store(), "put")

    assert (raised.value.code, fate_of(raised.value)) == ("refused_by_engine", Fail())


MALFORMED: dict[str, list[Any]] = {
    "s3vectors": [
        {},
        {"vectors": [{"key": "mina-course/a#0"}], "distanceMetric": "cosine"},
        {"vectors": [{"distance": 0.1}], "distanceMetric": "cosine"},
        {"vectors": [{"key": "mina-course/a#0", "distance": float("nan")}], "distanceMetric": "cosine"},
        {"vectors": [{"key": "mina-course/a#0", "distance": 0.1}]},
    ],
    "pinecone": [
        {"matches": [{"id": "a#0"}]},
        {"matches": [{"score": 0.5}]},
        {"matches": [{"id": "a#0", "score": "high"}]},
        {"matches": "none"},
        "no object",
    ],
}


def test_an_answer_that_is_none_is_not_taken_for_one(vendor: Vendor):
    html = answer(200, "application/json", b"<h1>Sign in</h1>")
    for effect in [*map(vendor.ok, MALFORMED[vendor.name]), html]:
        error = failure_of(vendor, "query", effect)
        vendor.server.recover()

        assert isinstance(error, TransientError)
        assert error.code in {"unreadable_answer", "engine_unavailable"}
        assert isinstance(fate_of(error), Retry)
