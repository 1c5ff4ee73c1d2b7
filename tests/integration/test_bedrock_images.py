"""Bedrock's image models at a local server, through boto3: what is asked, what comes back, and which models live."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from tests.integration.drawing import bedrock, bedrock_options, drawn, engine_of
from tests.vendors.bedrock import GET_MODEL, GET_PROFILE, MODEL, details, refusal
from tests.vendors.bedrock_images import CORE, INVOKE, LARGE, ULTRA, BedrockImagesServer
from tests.vendors.bedrock_images import drawn as answer_of
from workers.engines import EngineOptionsError, check_engine
from workers.engines.bedrock_images.engine import BedrockImagesEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

NOVA = "amazon.nova-canvas-v1:0"
PRICE = {"microusd_per_image": 40_000, "as_of": "2026-11-01"}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[BedrockImagesServer]:
    with bedrock(monkeypatch) as server:
        yield server


@pytest.mark.parametrize("model", [CORE, ULTRA, LARGE])
def test_a_scene_is_asked_of_each_model_and_its_picture_read(server: BedrockImagesServer, model: str):
    drawing = drawn(server, options={"models": [{"id": model, "price": PRICE}]}, seed=7, avoid="dogs")

    (asked,) = server.paid
    assert asked.pop("prompt").startswith("A black cat is sleeping under the table.\n")
    assert asked.pop("negative_prompt").startswith("dogs, caption, watermark")
    assert asked == {
        "model": model,
        "mode": "text-to-image",
        "aspect_ratio": "3:2",
        "output_format": "png",
        "seed": 7,
    }
    assert drawing.image.startswith(b"\x89PNG")
    assert (drawing.model, drawing.seed, drawing.cost_microusd) == (model, 7, 40_000)
    assert drawing.description == "A black cat is sleeping under the table."
    assert drawing.notice is not None


@pytest.mark.parametrize(("shape", "ratio"), [("square", "1:1"), ("landscape", "3:2"), ("portrait", "2:3")])
def test_a_shape_is_asked_for_as_a_ratio(server: BedrockImagesServer, shape: str, ratio: str):
    drawn(server, shape=shape)

    assert server.paid[0]["aspect_ratio"] == ratio


def test_the_same_seed_draws_the_same_picture_and_another_one_another(server: BedrockImagesServer):
    first, again, other = (drawn(server, seed=seed).image for seed in (1, 1, 2))

    assert first == again != other


def test_the_seed_0_is_a_seed_and_not_any(server: BedrockImagesServer):
    drawing = drawn(server, seed=0)

    assert server.paid[0]["seed"] == 4_294_967_294
    assert drawing.seed == 0


def test_a_picture_without_a_seed_can_be_asked_for_again_by_the_one_it_was_given(server: BedrockImagesServer):
    first, other = drawn(server), drawn(server)
    again = drawn(server, seed=first.seed)

    assert again.image == first.image
    assert other.seed != first.seed


def test_the_seed_is_the_one_that_the_model_says_it_used(server: BedrockImagesServer):
    server.plan(INVOKE, answer_of({"prompt": "x", "seed": 4_000_000_000}))

    assert drawn(server, seed=7).seed == 4_000_000_000


def test_nothing_costs_anything_without_a_price(server: BedrockImagesServer):
    assert drawn(server).cost_microusd == 0


@pytest.mark.parametrize("price", [{"microusd_per_image": 40_000}, {"microusd_per_image": -1, "as_of": "2026-11-01"}])
def test_a_price_has_a_day_and_is_not_below_nothing(server: BedrockImagesServer, price: dict[str, Any]):
    with pytest.raises(EngineOptionsError, match="price"):
        checked(server, {"id": CORE, "price": price})


def test_the_next_model_of_the_list_draws_where_one_is_gone(server: BedrockImagesServer):
    del server.models[CORE]
    models = [{"id": CORE, "price": PRICE}, {"id": ULTRA, "price": PRICE | {"microusd_per_image": 140_000}}]

    with capture_logs() as logs:
        drawing = drawn(server, options={"models": models})

    assert (drawing.model, drawing.cost_microusd) == (ULTRA, 140_000)
    assert [(log["event"], log["model"]) for log in logs] == [("image_model_is_gone", CORE)]


def test_results_depend_on_the_models_and_the_style_and_on_no_place(server: BedrockImagesServer):
    given: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
        ((CORE,), {}),
        ((CORE,), {"timeout_s": 3, "region": "us-east-1"}),
        ((ULTRA,), {}),
        ((CORE, ULTRA), {}),
        ((CORE,), {"style": "photo"}),
    )
    engines = [engine_of(server, **{**bedrock_options(server, *models), **options}) for models, options in given]
    identities = {engine.identity for engine in engines if isinstance(engine, BedrockImagesEngine)}

    assert len(identities) == 4
    assert BedrockImagesEngine.metered


# --- which models live ---


def checked(server: BedrockImagesServer, *models: Any, **options: Any) -> list[Any]:
    """Have the worker's parent look; returns what it logs."""
    listed = [{"id": model} if isinstance(model, str) else model for model in models]
    given = {"endpoint_url": "http://127.0.0.1:9", "control_endpoint_url": server.url, "models": listed, **options}
    with capture_logs() as logs:
        check_engine("image", "bedrock-images", given, {"region": "us-west-2"})
    return logs


def refused(server: BedrockImagesServer, *models: Any) -> str:
    with pytest.raises(EngineOptionsError) as raised:
        checked(server, *models)
    sentence = str(raised.value)
    assert sentence.startswith("options of engine 'bedrock-images': model '")
    assert "\n" not in sentence
    return sentence


def test_models_that_live_are_nothing_to_talk_about_and_all_are_asked_about(server: BedrockImagesServer):
    assert checked(server, CORE, ULTRA, LARGE) == []
    assert server.times(GET_MODEL) == 3


@pytest.mark.parametrize("place", [0, 1])
def test_a_model_that_is_gone_keeps_a_worker_from_starting_wherever_it_stands(server: BedrockImagesServer, place: int):
    models = [CORE, ULTRA]
    models.insert(place, NOVA)

    assert f"{NOVA!r} is not, or no longer, in us-west-2" in refused(server, *models)


def test_a_model_whose_life_has_ended_by_bedrocks_word_keeps_a_worker_from_starting(server: BedrockImagesServer):
    life = {"status": "LEGACY", "endOfLifeTime": "2026-09-30T00:00:00Z"}
    server.models[NOVA] = details(NOVA, outputModalities=["IMAGE"], modelLifecycle=life)

    assert "has reached the end of its life on 2026-09-30" in refused(server, NOVA)


def test_a_model_whose_life_has_ended_by_the_settings_word_does_so_without_asking(server: BedrockImagesServer):
    today = datetime.now(UTC).date()

    assert f"end of its life on {today}" in refused(server, {"id": CORE, "ends": str(today)})
    assert server.asked == []


def test_an_end_that_is_announced_is_warned_of(server: BedrockImagesServer):
    tomorrow = str(datetime.now(UTC).date() + timedelta(days=1))

    (logged,) = checked(server, {"id": CORE, "ends": tomorrow})

    assert (logged["event"], logged["model"], logged["ends"]) == ("model_is_legacy", CORE, tomorrow)


def test_a_model_that_writes_is_refused(server: BedrockImagesServer):
    assert "draws nothing" in refused(server, MODEL)


def test_a_model_of_another_vendors_is_refused_even_where_nobody_may_ask(server: BedrockImagesServer):
    server.plan(GET_MODEL, refusal("AccessDeniedException"))
    server.plan(GET_PROFILE, refusal("AccessDeniedException"))

    assert "takes another request" in refused(server, NOVA)


def test_a_worker_that_may_not_ask_says_so_and_begins(server: BedrockImagesServer):
    server.plan(GET_MODEL, refusal("AccessDeniedException"))
    server.plan(GET_PROFILE, refusal("AccessDeniedException"))

    (logged,) = checked(server, CORE)

    assert logged["event"] == "model_not_checked"


def test_a_list_without_models_is_refused(server: BedrockImagesServer):
    with pytest.raises(EngineOptionsError, match="models"):
        checked(server)
