"""Amazon Comprehend that refuses, fails, hangs, or says what can't be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from schemas.errors import EngineUnavailableError, PermanentError, ThrottledError, TransientError
from schemas.kinds.analysis import MAX_TEXT
from tests.integration.calling import Attempt, impatient
from tests.integration.comprehending import analyse, server_of
from tests.vendors.aws_json import ok, refusal
from tests.vendors.comprehend import ENTITIES, KEY_PHRASES, LANGUAGE, SENTIMENT, ComprehendServer
from tests.vendors.server import Cut, Hang, HangUp
from workers.work import CancelledError

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ComprehendServer]:
    with server_of(monkeypatch) as server:
        yield server


def test_a_language_that_is_asked_for_and_not_had_is_refused_before_anything_is_paid(server: ComprehendServer):
    with pytest.raises(PermanentError) as raised:
        analyse(server, language="nl-NL")

    assert (raised.value.code, raised.value.engine) == ("unsupported_language", "comprehend")
    assert server.asked == []
    assert analyse(server, language="nl", features=["language", "emotion"]).language == "nl"


def test_a_text_that_is_too_long_for_sentiment_is_refused_before_anything_is_paid(server: ComprehendServer):
    longest = "가" * 1_666  # 4,998 bytes
    analyse(server, longest, language="ko", features=["sentiment"])
    server.paid.clear()

    with pytest.raises(PermanentError) as raised:
        analyse(server, longest + "가", language="ko")

    assert raised.value.code == "text_too_long"
    assert "5,001" in raised.value.message
    assert server.paid == []


def test_the_longest_text_of_a_request_fits_all_other_features(server: ComprehendServer):
    found = analyse(server, "😀" * MAX_TEXT, language="ko", features=["entities", "key_phrases", "language"])

    assert found.billed_units == 3 * MAX_TEXT // 100


@pytest.mark.parametrize(
    ("effect", "code"),
    [
        (refusal("TextSizeLimitExceededException", "I love it."), "text_too_long"),
        (refusal("UnsupportedLanguageException", "I love it."), "unsupported_language"),
        (refusal("InvalidRequestException", "I love it."), "refused_by_engine"),
    ],
)
def test_a_refused_request_is_not_made_again_and_the_vendors_words_are_not_passed_on(
    server: ComprehendServer, effect: bytes, code: str
):
    server.plan(SENTIMENT, effect)

    with pytest.raises(PermanentError) as raised:
        analyse(server, language="en", features=["sentiment"])

    assert raised.value.code == code
    assert "love" not in raised.value.message
    assert server.times(SENTIMENT) == 1


@pytest.mark.parametrize(
    ("effect", "retry_after_s"),
    [
        (refusal("ThrottlingException", retry_after="7"), 7.0),
        (refusal("TooManyRequestsException", retry_after="9"), 9.0),
        (refusal("SomethingNew", status=429, retry_after="11"), 11.0),
    ],
)
def test_a_throttled_call_has_the_job_wait_as_long_as_is_asked(
    server: ComprehendServer, effect: bytes, retry_after_s: float
):
    server.plan(ENTITIES, effect)

    with pytest.raises(ThrottledError) as raised:
        analyse(server, language="en", features=["entities"])

    assert raised.value.retry_after_s == retry_after_s


def test_a_throttle_of_a_moment_is_waited_out(server: ComprehendServer):
    server.plan(SENTIMENT, refusal("ThrottlingException"))

    assert analyse(server, language="en", features=["sentiment"]).sentiment is not None


@pytest.mark.parametrize(
    "effect",
    [refusal("InternalServerException"), refusal("SomethingNew", status=503), HangUp(), HangUp(carried_out=True)],
)
def test_a_vendor_that_fails_is_unavailable_and_not_asked_twice_for_what_it_may_have_done(
    server: ComprehendServer, effect: bytes | HangUp | Cut
):
    server.plan(SENTIMENT, effect)

    with pytest.raises(EngineUnavailableError) as raised:
        analyse(server, language="en", features=["sentiment"])

    assert raised.value.may_have_run
    assert server.times(SENTIMENT) == 1


def test_a_vendor_that_hangs_is_left_after_the_time_out(server: ComprehendServer):
    server.plan(SENTIMENT, Hang())

    with pytest.raises(EngineUnavailableError) as raised:
        analyse(server, language="en", features=["sentiment"], options={"timeout_s": 0.2})

    assert raised.value.may_have_run


def test_credentials_that_are_refused_are_nothing_that_a_job_is_to_blame_for(server: ComprehendServer):
    server.plan(SENTIMENT, *[refusal("AccessDeniedException")] * 99)

    with impatient("workers.engines.comprehend.calls"), pytest.raises(EngineUnavailableError) as raised:
        analyse(server, language="en", features=["sentiment"])

    assert not raised.value.may_have_run


@pytest.mark.parametrize(
    ("operation", "feature", "effect"),
    [
        (SENTIMENT, "sentiment", ok({})),
        (SENTIMENT, "sentiment", ok({"Sentiment": "FURIOUS", "SentimentScore": {}})),
        (SENTIMENT, "sentiment", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<h1>Hi</h"),
        (ENTITIES, "entities", ok({"Entities": [{"Text": "it"}]})),
        (ENTITIES, "entities", ok({"Entities": [{"Text": "it", "Type": "OTHER", "BeginOffset": 8, "EndOffset": 10,
                                                 "Score": 1}]})),
        (ENTITIES, "entities", ok({"Entities": [{"Text": "", "Type": "OTHER", "BeginOffset": 7, "EndOffset": 7,
                                                 "Score": 1}]})),
        (KEY_PHRASES, "key_phrases", ok({"KeyPhrases": [{"Text": "love", "BeginOffset": -8, "EndOffset": -4,
                                                         "Score": 1}]})),
        (LANGUAGE, "language", ok({"Languages": [{"Score": 1}]})),
    ],
)  # fmt: skip
def test_an_answer_that_is_none_is_not_taken_for_one(
    server: ComprehendServer, operation: str, feature: str, effect: bytes
):
    server.plan(operation, effect)

    with pytest.raises(TransientError) as raised:
        analyse(server, language="en", features=[feature])

    assert raised.value.code == "unreadable_answer"


def test_an_entity_of_a_type_that_is_new_to_us_is_another_one(server: ComprehendServer):
    server.entities = {"it": "CONSTELLATION"}

    found = analyse(server, language="en", features=["entities"])

    assert found.entities is not None
    assert [entity.type for entity in found.entities] == ["other"]


def test_a_cancelled_job_asks_no_more(server: ComprehendServer):
    def cancel() -> None:
        if server.paid:
            raise CancelledError

    with pytest.raises(CancelledError):
        analyse(server, call=Attempt(on_progress=cancel))

    assert server.paid == [LANGUAGE]
