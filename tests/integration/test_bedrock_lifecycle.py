"""Whether the settings' model lives is asked before a worker begins, of a local server."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from tests.integration.bedrock_chatting import server_of
from tests.vendors.bedrock import GET_MODEL, GET_PROFILE, MODEL, BedrockServer, details, refusal
from tests.vendors.server import HangUp
from workers.engines import EngineOptionsError, check_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

CLAUDE = "anthropic.claude-haiku-4-5-20251001-v1:0"
PROFILE = f"us.{CLAUDE}"
_ARN = "arn:aws:bedrock:us-east-1"
OF_OURS = f"{_ARN}:111122223333:application-inference-profile/a1b2c3"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[BedrockServer]:
    with server_of(monkeypatch) as server:
        behind = [f"{_ARN}::foundation-model/{CLAUDE}", f"arn:aws:bedrock:us-west-2::foundation-model/{CLAUDE}"]
        server.models[CLAUDE] = details(CLAUDE, inferenceTypesSupported=["INFERENCE_PROFILE"])
        server.profiles = {PROFILE: behind, OF_OURS: behind}
        yield server


def check(server: BedrockServer, model: str, **options: Any) -> list[Any]:
    """Have the worker's parent look; returns what it logs."""
    given = {"model": model, "control_endpoint_url": server.url, "endpoint_url": "http://127.0.0.1:9", **options}
    with capture_logs() as logs:
        check_engine("reply", "bedrock", given, {"region": "us-east-1"})
    return logs


def refused(server: BedrockServer, model: str, **options: Any) -> str:
    with pytest.raises(EngineOptionsError) as raised:
        check(server, model, **options)
    sentence = str(raised.value)
    assert sentence.startswith(f"options of engine 'bedrock': model '{model}' ")
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize("model", [MODEL, PROFILE, OF_OURS, f"{_ARN}::foundation-model/{MODEL}"])
def test_a_model_that_lives_is_nothing_to_talk_about(server: BedrockServer, model: str):
    server.models[f"{_ARN}::foundation-model/{MODEL}"] = details(MODEL)

    assert check(server, model) == []
    assert server.asked


@pytest.mark.parametrize("model", ["amazon.titan-text-lite-v1", "eu.amazon.nova-lite-v1:0", f"{OF_OURS}x"])
def test_a_model_that_is_not_there_keeps_a_worker_from_starting(server: BedrockServer, model: str):
    assert "is not, or no longer, in us-east-1" in refused(server, model)


@pytest.mark.parametrize("model", [MODEL, PROFILE])
def test_a_model_that_grows_old_is_logged_with_its_end(server: BedrockServer, model: str):
    life = {"status": "LEGACY", "endOfLifeTime": "2099-09-30T00:00:00Z"}
    server.models[MODEL]["modelLifecycle"] = server.models[CLAUDE]["modelLifecycle"] = life

    (logged,) = check(server, model)

    assert (logged["event"], logged["log_level"], logged["model"]) == ("model_is_legacy", "warning", model)
    assert logged["ends"].startswith("2099-09-30")


def test_a_model_whose_life_has_ended_keeps_a_worker_from_starting(server: BedrockServer):
    ended = datetime(2026, 9, 30, tzinfo=UTC).isoformat()
    server.models[MODEL]["modelLifecycle"] = {"status": "LEGACY", "endOfLifeTime": ended}

    assert "has reached the end of its life on 2026-09-30" in refused(server, MODEL)


def test_a_model_that_only_profiles_serve_is_refused_by_its_own_name(server: BedrockServer):
    assert "is served by inference profiles only" in refused(server, CLAUDE)


def test_a_model_that_does_not_stream_is_to_be_set_so(server: BedrockServer):
    server.models[MODEL]["responseStreamingSupported"] = False

    assert "set `stream` to false" in refused(server, MODEL)
    assert check(server, MODEL, stream=False) == []


def test_a_model_that_draws_is_refused(server: BedrockServer):
    server.models[MODEL]["outputModalities"] = ["IMAGE"]

    assert "writes no text" in refused(server, MODEL)


def test_a_profile_whose_model_is_in_other_regions_alone_is_taken_as_it_is(server: BedrockServer):
    del server.models[CLAUDE]

    assert check(server, PROFILE) == []


@pytest.mark.parametrize(
    "model", [f"{_ARN}:111122223333:provisioned-model/a1b2c3", f"{_ARN}:111122223333:imported-model/a1b2c3"]
)
def test_models_of_ones_own_have_no_such_life(server: BedrockServer, model: str):
    assert check(server, model) == []
    assert server.asked == []


@pytest.mark.parametrize(
    ("effect", "said"),
    [
        (refusal("AccessDeniedException"), "does not let this worker in (AccessDeniedException)"),
        (refusal("ThrottlingException"), "has too much to do"),
        (refusal("InternalServerException"), "failed (InternalServerException)"),
        (HangUp(), "can't be reached"),
    ],
)
def test_a_worker_that_may_not_ask_says_so_and_begins(server: BedrockServer, effect: bytes | HangUp, said: str):
    server.plan(GET_MODEL, effect)
    server.plan(GET_PROFILE, effect)

    for model in (MODEL, OF_OURS):
        (logged,) = check(server, model)

        assert (logged["event"], logged["log_level"]) == ("model_not_checked", "warning")
        assert said in logged["reason"]


def test_a_worker_without_credentials_says_so_and_begins(server: BedrockServer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonesuch")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonesuch")

    (logged,) = check(server, MODEL)

    assert logged["event"] == "model_not_checked"


def test_an_option_that_is_missing_is_named(server: BedrockServer):
    with pytest.raises(EngineOptionsError, match="model: Field required"):
        check_engine("reply", "bedrock", {}, {"region": "us-east-1"})
