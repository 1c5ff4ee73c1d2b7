from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, get_args

import pytest
from pydantic import ValidationError

from schemas.kinds import registry
from schemas.kinds.tts import MAX_CHARACTERS, OPUS_RATES_HZ, TtsRequest
from schemas.media import SampleRate
from tests.api import ApiBench

if TYPE_CHECKING:
    from collections.abc import Iterator

RATES_HZ: tuple[int, ...] = get_args(SampleRate)
JSON = {"Content-Type": "application/json"}


def refusals(**fields: object) -> list[tuple[str, str, str]]:
    """Where, by which rule and with which words the API refuses the fields."""
    answer = ApiBench().http.post("/v1/jobs/tts", json={"text": "Hello", **fields})
    if answer.status_code == 202:
        return []
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")
    return [(error["field"], error["code"], error["message"]) for error in answer.json()["errors"]]


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("audio_format", ["mp3", "ogg", "wav"])
def test_opus_alone_is_refused_rates_that_it_does_not_take(audio_format: str, rate_hz: int):
    message = "Opus (`ogg`) takes 8000, 16000, 24000, 48000 Hz"
    is_refused = audio_format == "ogg" and rate_hz in {22_050, 44_100}
    expected = [("sample_rate_hz", "value_error", message)] if is_refused else []
    assert refusals(format=audio_format, sample_rate_hz=rate_hz) == expected


def test_order_of_the_fields_makes_no_difference():
    with pytest.raises(ValidationError, match="Opus"):
        TtsRequest.model_validate({"sample_rate_hz": 44_100, "format": "ogg", "text": "Hello"})


def test_format_that_is_none_is_the_only_error():
    assert [field for field, *_ in refusals(format="flac", sample_rate_hz=44_100)] == ["format"]


def test_every_rate_of_opus_may_be_asked_for():
    assert set(OPUS_RATES_HZ) < set(RATES_HZ)


@pytest.mark.parametrize("rate", [True, "1.0", "1"])
def test_rate_is_a_number(rate: object):
    assert [(field, code) for field, code, _ in refusals(rate=rate)] == [("rate", "float_type")]


def test_json_types_are_taken():
    assert refusals(rate=1, marks=["word", "sentence"], voice=None) == []


def longest(characters: int) -> bytes:
    """A body of emoji, each escaped as a pair: twelve bytes a character."""
    return json.dumps({"text": "😀" * characters}, ensure_ascii=True).encode()


def test_longest_text_is_taken_however_it_is_escaped():
    bench = ApiBench()
    answer = bench.http.post("/v1/jobs/tts", content=longest(MAX_CHARACTERS), headers=JSON)
    assert answer.status_code == 202
    shown = bench.http.get(answer.headers["Location"]).json()
    assert shown["request"]["text"] == "😀" * MAX_CHARACTERS


@pytest.mark.parametrize("body", [longest(MAX_CHARACTERS + 1), json.dumps({"text": "a" * 200_000}).encode()])
def test_text_that_is_too_long_is_told_its_limit_in_characters(body: bytes):
    answer = ApiBench().http.post("/v1/jobs/tts", content=body, headers=JSON)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("text", "string_too_long")


@pytest.mark.parametrize("kind", registry().values(), ids=registry())
def test_numbers_and_booleans_of_every_kind_are_strict(kind: Any):
    for schema in scalars(kind.request.__pydantic_core_schema__):
        assert schema.get("strict"), f"{schema} takes strings: declare it with `strict=True`"


def scalars(schema: object) -> Iterator[dict[str, Any]]:
    """Walk over the schemas of numbers and booleans within a core schema."""
    if isinstance(schema, dict):
        # A model may have a field of this name.
        if str(schema.get("type")) in {"int", "float", "bool", "decimal"}:
            yield schema
        schema = list(schema.values())
    for inner in schema if isinstance(schema, (list, tuple)) else ():
        yield from scalars(inner)


@pytest.mark.parametrize("kind", registry().values(), ids=registry())
def test_stored_request_of_every_kind_is_valid_again(kind: Any):
    assert kind.request.model_validate(json.loads(kind.example.model_dump_json())) == kind.example
