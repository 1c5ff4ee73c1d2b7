"""The image engine of OpenAI's protocol, by OpenAI's SDK against a local server: what is asked, what comes back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from schemas.errors import EngineUnavailableError
from tests.integration.calling import Attempt
from tests.integration.drawing import KEY, MODEL, drawn, engine_of, openai
from tests.vendors.openai_images import PATH, PICTURE, OpenAIImagesServer, encoded, whole
from tests.vendors.pictures import png
from tests.vendors.server import answer
from workers.engines import EngineOptionsError, load_engine
from workers.engines.openai.images import OpenAIImagesEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

PRICE = {"microusd_per_image": 42_000, "as_of": "2026-11-01"}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIImagesServer]:
    with openai(monkeypatch) as server:
        yield server


@pytest.fixture
def generous(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIImagesServer]:
    with openai(monkeypatch, takes=frozenset({"seed", "negative_prompt", "response_format"})) as server:
        yield server


def test_a_scene_is_asked_for_and_its_picture_read(server: OpenAIImagesServer):
    drawing = drawn(server, options={"price": PRICE}, avoid="dogs")

    (asked,) = server.drawn
    prompt = asked.pop("prompt")
    assert prompt.startswith("A black cat is sleeping under the table.\n")
    assert prompt.endswith("\nLeave out: dogs.")
    assert asked == {"model": MODEL, "n": 1, "size": "1536x1024"}
    assert drawing.image == png(f"{prompt} None")
    assert (drawing.model, drawing.seed, drawing.cost_microusd) == (MODEL, None, 42_000)
    assert drawing.description == "A black cat is sleeping under the table."
    assert drawing.notice is not None


@pytest.mark.parametrize(
    ("shape", "sizes", "size"),
    [
        ("square", {}, "1024x1024"),
        ("landscape", {}, "1536x1024"),
        ("portrait", {}, "1024x1536"),
        ("landscape", {"landscape": "1536x864"}, "1536x864"),
        ("square", {"landscape": "1536x864"}, "1024x1024"),
    ],
)
def test_a_shape_is_asked_for_as_a_size(server: OpenAIImagesServer, shape: str, sizes: dict[str, str], size: str):
    drawn(server, options={"sizes": sizes}, shape=shape)

    assert server.drawn[0]["size"] == size


def test_quality_is_asked_for_where_it_is_set(server: OpenAIImagesServer):
    drawn(server, options={"quality": "low"})

    assert server.drawn[0]["quality"] == "low"


def test_a_seed_goes_to_no_server_that_does_not_take_one(server: OpenAIImagesServer):
    assert drawn(server, seed=7).seed is None
    assert "seed" not in server.drawn[0]


def test_a_seed_and_a_negative_prompt_go_to_a_server_that_takes_them(generous: OpenAIImagesServer):
    takes = {"takes": ["seed", "negative_prompt"]}

    drawing = drawn(generous, options=takes, seed=7, avoid="dogs")
    again = drawn(generous, options=takes, seed=7, avoid="dogs")
    drawn(generous, options=takes)

    first, _, last = generous.drawn
    assert (first["seed"], drawing.seed) == (7, 7)
    assert first["negative_prompt"].startswith("dogs, caption")
    assert "Leave out" not in first["prompt"]
    assert drawing.image == again.image
    assert "seed" not in last


@pytest.mark.parametrize("head", ["data:image/png;base64,", "\n"])
def test_base64_may_have_a_head_and_line_ends(server: OpenAIImagesServer, head: str):
    server.plan(PATH, whole({"b64_json": f"{head}{encoded(png('x'))}\r\n"}))

    assert drawn(server).image == png("x")


def test_a_picture_on_the_server_itself_is_fetched_where_that_is_allowed(generous: OpenAIImagesServer):
    drawing = drawn(generous, options={"response_format": "url", "fetch_from_server": True})

    assert drawing.image == png(PICTURE)
    _, fetched = generous.asked[-1]
    assert "authorization" not in fetched.headers
    assert generous.times(PATH) == 1


def test_an_account_of_the_environment_is_told_to_no_server(
    server: OpenAIImagesServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-other")

    drawn(server)

    _, request = server.asked[-1]
    assert "openai-organization" not in request.headers
    assert request.headers["authorization"] == f"Bearer {KEY}"


def test_results_depend_on_server_model_quality_sizes_and_style_and_not_on_the_key(server: OpenAIImagesServer):
    given: tuple[dict[str, Any], ...] = (
        {},
        {"api_key": None, "timeout_s": 3, "price": PRICE},
        {"model": "other"},
        {"quality": "high"},
        {"sizes": {"square": "512x512"}},
        {"style": "photo"},
        {"takes": ["seed"]},
    )
    engines = [engine_of(server, **options) for options in given]
    identities = {engine.identity for engine in engines if isinstance(engine, OpenAIImagesEngine)}

    assert len(identities) == 6
    assert not any("KEY" in identity for identity in identities)
    assert OpenAIImagesEngine.metered


@pytest.mark.parametrize("wrong", [{"sizes": {"landscape": "wide"}}, {"takes": ["steps"]}, {"base_url": "ftp://x"}])
def test_options_that_mean_nothing_are_refused(wrong: dict[str, Any]):
    with pytest.raises(EngineOptionsError, match=next(iter(wrong))):
        load_engine("image", "openai-images", {"model": MODEL, **wrong})


# --- a picture that comes as a URL and can't be fetched ---

BY_URL = {"response_format": "url", "fetch_from_server": True}
BUSY, GONE = answer(503, "text/plain", b""), answer(404, "text/plain", b"")
NO_PICTURE = answer(200, "text/html", b"<p>Sorry</p>")


@pytest.fixture
def unfetched(generous: OpenAIImagesServer, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """What an attempt leaves whose picture was paid for, and could not be fetched."""
    monkeypatch.setattr("workers.engines.openai.fetching._PATIENCE_S", 0.0)
    outputs: dict[str, bytes] = {}
    generous.plan(PICTURE, BUSY)
    with pytest.raises(EngineUnavailableError):
        drawn(generous, options=BY_URL, call=Attempt(outputs=outputs))
    assert (generous.times(PATH), len(outputs)) == (1, 1)
    return outputs


def test_the_next_attempt_fetches_it_and_pays_nothing(generous: OpenAIImagesServer, unfetched: dict[str, bytes]):
    drawing = drawn(generous, options=BY_URL, call=Attempt(outputs=unfetched))

    assert drawing.image == png(PICTURE)
    assert generous.times(PATH) == 1


def test_one_that_still_can_not_be_fetched_is_not_drawn_again(
    generous: OpenAIImagesServer, unfetched: dict[str, bytes]
):
    generous.plan(PICTURE, BUSY)

    with pytest.raises(EngineUnavailableError):
        drawn(generous, options=BY_URL, call=Attempt(outputs=unfetched))

    assert generous.times(PATH) == 1
    assert drawn(generous, options=BY_URL, call=Attempt(outputs=unfetched)).image == png(PICTURE)


@pytest.mark.parametrize("found", [GONE, NO_PICTURE])
def test_where_nothing_lies_any_more_it_is_drawn_again(
    generous: OpenAIImagesServer, unfetched: dict[str, bytes], found: bytes
):
    generous.plan(PICTURE, found)

    assert drawn(generous, options=BY_URL, call=Attempt(outputs=unfetched)).image == png(PICTURE)

    assert generous.times(PATH) == 2


@pytest.mark.parametrize(("later_s", "paid"), [(3_500, 1), (3_601, 2)])
def test_an_address_is_good_for_an_hour(
    generous: OpenAIImagesServer,
    unfetched: dict[str, bytes],
    later_s: float,
    paid: int,
):
    ((name, kept),) = unfetched.items()
    said = json.loads(kept)
    older = {name: json.dumps({**said, "since": said["since"] - later_s}).encode()}

    drawn(generous, options=BY_URL, call=Attempt(outputs=older))

    assert generous.times(PATH) == paid


def test_another_model_does_not_take_it_for_its_own(generous: OpenAIImagesServer, unfetched: dict[str, bytes]):
    drawn(generous, options=BY_URL | {"model": "other"}, call=Attempt(outputs=unfetched))

    assert generous.times(PATH) == 2


def test_what_can_not_be_read_of_an_attempt_before_is_nothing(
    generous: OpenAIImagesServer, unfetched: dict[str, bytes]
):
    drawn(generous, options=BY_URL, call=Attempt(outputs=dict.fromkeys(unfetched, b"{}")))

    assert generous.times(PATH) == 2


def test_one_that_is_fetched_at_once_leaves_nothing(generous: OpenAIImagesServer):
    outputs: dict[str, bytes] = {}

    drawn(generous, options=BY_URL, call=Attempt(outputs=outputs))

    assert outputs == {}
