"""Image servers of OpenAI's protocol that answer with where the picture lies, and what becomes of the job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from schemas.errors import EngineUnavailableError
from tests.integration.calling import Attempt
from tests.integration.drawing import drawn, failure, openai
from tests.vendors.openai_images import PATH, PICTURE, OpenAIImagesServer
from tests.vendors.pictures import png
from tests.vendors.server import Cut, Hang, HangUp, answer
from workers.retry import Fail, Retry

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIImagesServer]:
    with openai(monkeypatch, takes=frozenset({"response_format"})) as server:
        yield server


BY_URL = {"response_format": "url", "fetch_from_server": True}


@pytest.mark.parametrize(
    "url",
    [
        None,  # the server's own
        "http://pictures.example/1.png",
        "https://127.0.0.1/1.png",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/1.png",
        "file:///etc/passwd",
        "/pictures/1.png",
        "https://",
        "https://user:word@pictures.example/1.png",
        "https://pictures.example:99999/1.png",
        "\n",
    ],
)
def test_a_picture_is_fetched_from_no_address_that_is_not_the_worlds(server: OpenAIImagesServer, url: str | None):
    server.picture_url = url

    error, fate = failure(server, options={"response_format": "url"})

    assert (error.code, fate) == ("unsafe_url", Fail())
    assert server.times(PATH) == len(server.asked) == 1


def test_a_picture_on_the_same_machine_at_another_port_is_not_the_servers_own(server: OpenAIImagesServer):
    server.picture_url = f"http://127.0.0.1:{server.port + 1}/1.png"

    assert failure(server, options=BY_URL)[0].code == "unsafe_url"


@pytest.mark.parametrize("effect", [answer(503, "text/plain", b""), HangUp(), Cut(100)])
def test_a_picture_that_cannot_be_fetched_is_fetched_again_and_not_drawn_again(server: OpenAIImagesServer, effect: Any):
    server.plan(PICTURE, effect)

    assert drawn(server, options=BY_URL).image == png(PICTURE)
    assert (server.times(PATH), server.times(PICTURE)) == (1, 2)


def test_a_picture_that_stays_away_has_the_job_try_again(server: OpenAIImagesServer):
    server.plan(PICTURE, *[answer(404, "text/plain", b"")] * 99)

    error, fate = failure(server, options=BY_URL, call=Attempt(seconds=16))

    assert error.message == "The vendor's picture can't be fetched (404)."
    assert isinstance(fate, Retry)
    assert server.times(PATH) == 1


def test_a_redirect_is_not_followed(server: OpenAIImagesServer):
    server.plan(PICTURE, answer(302, "text/plain", b"", location=f"{server.url}{PICTURE}?again"))

    error, fate = failure(server, options=BY_URL)

    assert (error.code, fate) == ("unsafe_url", Fail())
    assert server.times(PICTURE) == 1


def test_what_lies_there_has_to_be_a_picture(server: OpenAIImagesServer):
    server.plan(PICTURE, answer(200, "image/png", b"<h1>Sign in</h1>"))

    assert failure(server, options=BY_URL)[0].code == "unreadable_answer"


def test_a_picture_beyond_all_measure_is_not_fetched_to_its_end(
    server: OpenAIImagesServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("workers.engines.openai.fetching.MAX_BYTES", 100_000)
    server.plan(PICTURE, answer(200, "image/png", png("x") + bytes(100_000)))

    error, fate = failure(server, options=BY_URL)

    assert (error.code, fate) == ("picture_too_large", Fail())


def test_a_place_that_hangs_is_left_after_the_time_out(server: OpenAIImagesServer):
    server.plan(PICTURE, *[Hang()] * 9)

    error, _ = failure(server, options=BY_URL | {"timeout_s": 0.3}, call=Attempt(seconds=16))

    assert isinstance(error, EngineUnavailableError)
    assert server.times(PICTURE) >= 2
