"""The local Polly refuses what Polly refuses, by the same names: asked by boto3 alone, without the engine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.vendors.polly import PollyServer

if TYPE_CHECKING:
    from collections.abc import Iterator

PITCH = '<speak><prosody pitch="high">a</prosody></speak>'
SSML: dict[str, Any] = {"TextType": "ssml"}
MARKS: dict[str, Any] = {"OutputFormat": "json", "SpeechMarkTypes": ["word"]}


@pytest.fixture(scope="module")
def polly() -> Iterator[PollyServer]:
    with PollyServer(lexicons=["school"]) as server:
        yield server


@pytest.fixture(scope="module")
def client(polly: PollyServer) -> Any:
    return boto3.client(
        "polly",
        region_name="us-east-1",
        endpoint_url=polly.url,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )


def synthesize(client: Any, text: str = "Hello.", **asked: Any) -> Any:
    return client.synthesize_speech(
        **{"Text": text, "VoiceId": "Joanna", "OutputFormat": "pcm", "SampleRate": "8000", **asked}
    )


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"text": "a b. " * 600 + "a"}, "TextLengthExceededException"),
        ({"text": "<speak>" + "<s>a.</s>" * 700 + "</speak>", **SSML}, "TextLengthExceededException"),
        ({"text": "<speak>a", **SSML}, "InvalidSsmlException"),
        ({"text": "a & b", **SSML}, "InvalidSsmlException"),
        ({"text": "<speak><song>a</song></speak>", **SSML}, "InvalidSsmlException"),
        ({"text": '<speak><prosody rate="300%">a</prosody></speak>', **SSML}, "InvalidSsmlException"),
        ({"text": "<speak><emphasis>a</emphasis></speak>", "Engine": "neural", **SSML}, "InvalidSsmlException"),
        (
            {"text": '<speak><prosody pitch="high">a</prosody></speak>', "Engine": "neural", **SSML},
            "InvalidSsmlException",
        ),
        ({"SampleRate": "24000"}, "InvalidSampleRateException"),
        ({"OutputFormat": "mp3", "SampleRate": "11025"}, "InvalidSampleRateException"),
        ({"OutputFormat": "ogg_opus", "SampleRate": "24000"}, "InvalidSampleRateException"),
        ({"SpeechMarkTypes": ["word"]}, "MarksNotSupportedForFormatException"),
        ({**MARKS, "SpeechMarkTypes": ["ssml"]}, "SsmlMarksNotSupportedForTextTypeException"),
        ({"LanguageCode": "ko-KR"}, "LanguageNotSupportedException"),
        ({"Engine": "long-form"}, "EngineNotSupportedException"),
        ({"LexiconNames": ["home"]}, "LexiconNotFoundException"),
        ({"VoiceId": "Nobody"}, "ValidationException"),
    ],
)
def test_what_polly_refuses_is_refused_by_the_same_name_and_not_billed(
    polly: PollyServer, client: Any, asked: dict[str, Any], code: str
):
    before = polly.billed
    with pytest.raises(ClientError) as refused:
        synthesize(client, **asked)
    assert refused.value.response["Error"]["Code"] == code
    assert polly.billed == before


def test_the_longest_text_is_spoken(client: Any):
    assert synthesize(client, "a b. " * 600)["RequestCharacters"] == 3_000


def test_tags_are_not_billed_and_what_they_hold_is(client: Any):
    answer = synthesize(client, "<speak>Hello <s>you</s> &amp; me</speak>", **SSML)
    assert answer["RequestCharacters"] == len("Hello you & me")
    assert answer["ContentType"] == "audio/pcm"
    assert len(answer["AudioStream"].read()) > 8_000


def test_marks_count_bytes_of_what_was_sent(client: Any):
    text = "안녕 친구"
    answer = synthesize(client, text, VoiceId="Seoyeon", **MARKS)
    lines = [json.loads(line) for line in answer["AudioStream"].read().splitlines()]
    assert [text.encode()[line["start"] : line["end"]].decode() for line in lines] == ["안녕", "친구"]
    assert answer["RequestCharacters"] == 5


def test_voices_come_by_pages_and_by_engine(client: Any):
    pages = list(client.get_paginator("describe_voices").paginate())
    assert len(pages) > 1
    neural = client.describe_voices(Engine="neural", LanguageCode="ko-KR")["Voices"]
    assert [voice["Id"] for voice in neural] == ["Seoyeon", "Jihye"]


def test_a_request_without_a_signature_is_not_let_in(polly: PollyServer):
    config = Config(signature_version=UNSIGNED)
    unsigned = boto3.client("polly", region_name="us-east-1", endpoint_url=polly.url, config=config)
    with pytest.raises(ClientError, match="MissingAuthenticationTokenException"):
        unsigned.describe_voices()
