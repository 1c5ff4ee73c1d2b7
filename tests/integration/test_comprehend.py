"""Amazon Comprehend's engine at a local server, through boto3: what is asked, found and paid for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.comprehending import analyse, server_of
from tests.vendors.comprehend import ENTITIES, KEY_PHRASES, LANGUAGE, SENTIMENT, ComprehendServer
from workers.engines import load_engine
from workers.engines.lexicon.emotions import emotions

if TYPE_CHECKING:
    from collections.abc import Iterator

KOREAN = "🙂 오늘 민수랑 부산에서 먹은 저녁은 정말 맛있었는데, 기차를 놓쳐서 속상했어."
ALL = [LANGUAGE, SENTIMENT, ENTITIES, KEY_PHRASES]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ComprehendServer]:
    with server_of(monkeypatch) as server:
        yield server


def test_all_five_features_of_a_korean_text_with_its_places_in_code_points(server: ComprehendServer):
    server.languages = {"ko": 0.97, "en": 0.02}
    server.entities = {"부산": "LOCATION", "오늘": "DATE", "민수": "PERSON"}
    server.key_phrases = ["저녁", "기차"]

    found = analyse(server, KOREAN)

    assert found.language == "ko"
    assert found.languages is not None
    assert [(share.language, share.score) for share in found.languages] == [("ko", 0.97), ("en", 0.02)]
    assert found.sentiment is not None
    assert (found.sentiment.label, found.sentiment.positive, found.sentiment.mixed) == ("mixed", 0.31, 0.5000001)
    assert found.entities is not None
    assert [(entity.text, entity.type, entity.start) for entity in found.entities] == [
        ("오늘", "date", 2),
        ("민수", "person", 5),
        ("부산", "location", 9),
    ]
    assert found.key_phrases is not None
    spans = (*found.entities, *found.key_phrases)
    assert [KOREAN[span.start : span.end] for span in spans] == [span.text for span in spans]
    assert found.emotions == emotions(KOREAN, "ko")
    assert found.notice == "Emotions are found by a word list: Amazon Comprehend has none."
    assert server.paid == ALL


def test_requests_are_signed_for_the_region_and_name_the_language(server: ComprehendServer):
    analyse(server, "Hola", language="es-MX", features=["sentiment"])

    assert server.regions == ["us-east-1"]
    assert [message.body for _, message in server.asked] == [b'{"Text": "Hola", "LanguageCode": "es"}']


@pytest.mark.parametrize(
    ("tag", "code"), [("ko-KR", "ko"), ("EN", "en"), ("zh", "zh"), ("zh-TW", "zh-TW"), ("zh-Hant-HK", "zh-TW"),
                      ("zh-Hans-TW", "zh"), ("zh-CN", "zh")],
)  # fmt: skip
def test_languages_have_comprehends_own_codes(server: ComprehendServer, tag: str, code: str):
    analyse(server, language=tag, features=["sentiment"])

    assert f'"LanguageCode": "{code}"'.encode() in server.asked[0][1].body


@pytest.mark.parametrize(
    ("features", "language", "operations"),
    [
        (["emotion"], None, []),
        (["language"], None, [LANGUAGE]),
        (["language"], "en", [LANGUAGE]),
        (["sentiment"], "en", [SENTIMENT]),
        (["sentiment"], None, [LANGUAGE, SENTIMENT]),
        (["key_phrases", "entities"], "ko", [ENTITIES, KEY_PHRASES]),
    ],
)
def test_only_what_is_asked_is_paid_for(
    server: ComprehendServer, features: list[str], language: str | None, operations: list[str]
):
    found = analyse(server, language=language, features=features)

    assert server.paid == operations
    given = {
        "sentiment": found.sentiment,
        "emotion": found.emotions,
        "entities": found.entities,
        "key_phrases": found.key_phrases,
        "language": found.languages,
    }
    assert {name for name, value in given.items() if value is not None} == set(features)
    assert found.billed_units == 3 * len(operations)


@pytest.mark.parametrize(("characters", "units"), [(1, 3), (300, 3), (301, 4), (1_600, 16)])
def test_units_are_counted_as_the_bill_does(server: ComprehendServer, characters: int, units: int):
    found = analyse(server, "가" * characters, language="ko", features=["sentiment", "entities"])

    assert (found.billed_units, found.cost_microusd) == (2 * units, 2 * units * 100)


def test_a_price_of_ones_own_is_taken(server: ComprehendServer):
    found = analyse(server, language="en", features=["sentiment"], options={"usd_per_unit": 0.000025})

    assert found.cost_microusd == 75


def test_results_do_not_depend_on_what_they_cost_and_where_they_come_from(server: ComprehendServer):
    given: list[dict[str, Any]] = [{"endpoint_url": server.url}, {"usd_per_unit": 0.000025, "timeout_s": 3.0}]

    one, other = (load_engine("analysis", "comprehend", options, {"region": "us-east-1"}) for options in given)

    assert one.metered
    assert one.identity == other.identity == "comprehend 2017-11-27"


def test_a_language_that_comprehend_finds_and_does_not_have_leaves_out_what_it_cannot_do(server: ComprehendServer):
    server.languages = {"nl": 0.99}

    found = analyse(server, "Lekker eten gehad.")

    assert (found.language, found.sentiment, found.entities, found.key_phrases) == ("nl", None, None, None)
    assert found.notice is not None
    assert found.notice.endswith("finds no sentiment, entities and key phrases in this language.")
    assert server.paid == [LANGUAGE]


def test_a_text_without_any_language_has_none(server: ComprehendServer):
    server.languages = {}

    found = analyse(server, "12345", features=["language", "sentiment"])

    assert (found.language, found.languages, found.sentiment) == (None, (), None)


def test_both_scripts_of_chinese_are_one_language(server: ComprehendServer):
    server.languages = {"zh-TW": 0.5, "en": 0.3, "zh": 0.2}

    found = analyse(server, features=["language", "sentiment"])

    assert found.languages is not None
    assert [(share.language, share.score) for share in found.languages] == [("zh", 0.7), ("en", 0.3)]
    assert b'"LanguageCode": "zh-TW"' in server.asked[1][1].body
