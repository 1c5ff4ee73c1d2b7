"""A picture is uploaded or drawn, found by its words, and opens in a browser."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import httpx2
import pytest
from PIL import Image

from schemas.files import SAMPLES
from tests.acceptance.running import wait_for_end
from tests.browser import CHROMIUM, shown
from tests.picture_files import SECRET, png, quarters, saved

if TYPE_CHECKING:
    from tests.acceptance.running import RunningStack

CAT = (SAMPLES / "cat.jpg").read_bytes()
SIZES = ("original", "processed", "thumbnail")


def upload(client: httpx2.Client, data: bytes, mime: str = "image/jpeg", **fields: str) -> dict[str, Any]:
    """Post a picture as a form, and return the job at its end."""
    accepted = client.post("/v1/jobs/picture", data=fields, files={"picture": ("picture", data, mime)})
    assert accepted.status_code == 202, accepted.text
    return wait_for_end(client, accepted.json()["id"])


def drawn(client: httpx2.Client, **request: Any) -> dict[str, Any]:
    """Have a scene drawn, and return the job at its end."""
    accepted = client.post("/v1/jobs/image", json=request)
    assert accepted.status_code == 202, accepted.text
    return wait_for_end(client, accepted.json()["id"])


def found(client: httpx2.Client, **query: str) -> list[dict[str, Any]]:
    images: list[dict[str, Any]] = client.get("/v1/images", params=query).raise_for_status().json()["images"]
    return images


def fetched(client: httpx2.Client, entry: dict[str, Any], size: str) -> Image.Image:
    answer = client.get(entry["links"][size], follow_redirects=True).raise_for_status()
    image = Image.open(io.BytesIO(answer.content))
    assert answer.headers["content-type"] == f"image/{(image.format or '').lower()}"
    return image


def screenshot(client: httpx2.Client, entry: dict[str, Any], folder: Path, name: str) -> Image.Image:
    """What a browser shows of a page with the processed picture, and the thumbnail below; both by their redirects."""
    kept = Path(os.environ.get("SAYLINE_TEST_ARTEFACTS", folder))
    kept.mkdir(parents=True, exist_ok=True)
    places = [
        urljoin(str(client.base_url), client.get(entry["links"][size]).headers["location"])
        for size in ("processed", "thumbnail")
    ]
    images = "".join(f'<img style="display:block" src="{place}">'.replace("&", "&amp;") for place in places)
    page = f"<!doctype html><body style='margin:0;background:#808080'>{images}"
    return shown(page, folder, kept / f"{name}.png", width=1_100, height=1_200)


def test_an_uploaded_picture_is_processed_found_and_led_to(stack: RunningStack):
    with stack.client("hana") as client:
        about = {"description": "창가에 앉은 고양이", "category": "travel", "level": "B1"}
        job = upload(client, CAT, keywords='["고양이", "Window Sill"]', **about)
        assert job["status"] == "succeeded", job["error"]
        (entry,) = found(client, q="고양이", category="travel", difficulty="mid")
        sizes = {size: fetched(client, entry, size) for size in SIZES}

    assert (entry["id"], entry["keywords"]) == (job["id"], ["고양이", "window sill"])
    # The camera lay on its side.
    assert Image.open(io.BytesIO(CAT)).size == (480, 640)
    assert [sizes[size].size for size in SIZES] == [(640, 480), (640, 480), (256, 192)]
    assert [sizes[size].format for size in SIZES] == ["JPEG", "WEBP", "WEBP"]
    assert not any(image.getexif() for image in sizes.values())
    assert Image.open(io.BytesIO(CAT)).getexif()


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
def test_an_uploaded_picture_and_its_thumbnail_open_in_a_browser(stack: RunningStack, tmp_path: Path):
    with stack.client("jisoo") as client:
        upload(client, saved(quarters(600, 400), "PNG"), "image/png", description="Four quarters")
        (entry,) = found(client, q="quarters")
        page = screenshot(client, entry, tmp_path, "uploaded")

    for left, top, width, height in ((0, 0, 600, 400), (0, 400, 256, 171)):
        for x, y, colour in ((1, 1, (255, 0, 0)), (3, 1, (0, 255, 0)), (1, 3, (0, 0, 255)), (3, 3, (255, 255, 255))):
            pixel = page.getpixel((left + x * width // 4, top + y * height // 4))
            assert isinstance(pixel, tuple)
            assert all(abs(is_ - should) < 12 for is_, should in zip(pixel, colour, strict=True))
    assert page.getpixel((800, 200)) == (128, 128, 128)


def test_a_drawn_picture_is_found_by_what_it_shows(stack: RunningStack):
    scene = "A black cat is sleeping under the table."
    with stack.client("dain") as client:
        job = drawn(client, scene=scene, level="low", keywords=["Nap"], seed=7)
        assert job["status"] == "succeeded", job["error"]
        again = drawn(client, scene=scene, level="low", keywords=["Nap"], seed=7)
        entries = found(client, q="cat nap", difficulty="low")
        sizes = {size: fetched(client, entries[-1], size) for size in SIZES}

    assert [entry["id"] for entry in entries] == [again["id"], job["id"]]
    assert max(sizes["processed"].size) == 1_024
    assert max(sizes["thumbnail"].size) == 256
    assert again["result"]["original"]["sha256"] == job["result"]["original"]["sha256"]


def test_a_deleted_picture_is_gone_wherever_it_was(stack: RunningStack):
    with stack.client("rina") as client:
        job = drawn(client, scene="A dog is in a box.", level="low", seed=7)
        (entry,) = found(client)
        places = [client.get(entry["links"][size]).headers["location"] for size in SIZES]

        assert client.delete(entry["links"]["self"]).status_code == 204

        assert found(client) == []
        assert [client.get(place).status_code for place in places] == [404, 404, 404]
        after = client.get(job["links"]["self"]).json()
        assert (after["status"], after["files"], after["result"], after["result_expired"]) == (
            "succeeded",
            {},
            None,
            True,
        )
        again = client.post("/v1/jobs/picture", json={"picture": f"job:{job['id']}/original.png", "description": "x"})
        assert (again.status_code, again.json()["code"]) == (422, "unknown_file")
        task = {"type": "conversation", "message": "What is it?", "image": job["id"]}
        talk = wait_for_end(client, client.post("/v1/jobs/reply", json={"task": task}).json()["id"])
        assert (talk["status"], talk["error"]["code"]) == ("failed", "unknown_image")


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
def test_a_drawn_picture_and_its_thumbnail_open_in_a_browser(stack: RunningStack, tmp_path: Path):
    with stack.client("sua") as client:
        drawn(client, scene="Two children are playing with a ball in the park.", level="low", seed=3)
        (entry,) = found(client)
        page = screenshot(client, entry, tmp_path, "drawn")
        sizes = {size: fetched(client, entry, size).convert("RGB") for size in ("processed", "thumbnail")}

    top = 0
    for image in sizes.values():
        assert_same(page.crop((0, top, image.width, top + image.height)), image)
        top += image.height


def assert_same(one: Image.Image, other: Image.Image) -> None:
    """Two pictures are the same but for rounding."""
    small = (32, 24)
    pairs = zip(one.resize(small).tobytes(), other.resize(small).tobytes(), strict=True)
    assert max(abs(a - b) for a, b in pairs) < 12
    assert len(set(one.resize(small).tobytes())) > 10


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<html>" + SECRET, "unsupported_picture"),
        (CAT[: len(CAT) // 2], "unreadable_picture"),
        (png(60_000, 60_000, b""), "picture_too_large"),
    ],
    ids=["a page", "a half", "a bomb"],
)
def test_what_is_no_picture_fails_with_a_code_and_is_not_found(stack: RunningStack, data: bytes, code: str):
    with stack.client("minjun") as client:
        job = upload(client, data)
        assert (job["status"], job["error"]["code"], job["attempt"]) == ("failed", code, 1)
        assert found(client) == []


def test_a_picture_of_a_jobs_is_named_by_another(stack: RunningStack):
    with stack.client("yuna") as client:
        first = upload(client, CAT)
        named = client.post("/v1/jobs/picture", json={"picture": f"job:{first['id']}/original.jpeg"})
        second = wait_for_end(client, named.json()["id"])

    assert second["status"] == "succeeded"
    assert (second["result"]["original"]["width"], second["result"]["original"]["height"]) == (640, 480)


def test_a_picture_is_uploaded_past_the_api(stack: RunningStack):
    with stack.client("jun") as client:
        asked = {"media": "picture", "bytes": len(CAT), "mime": "image/jpeg"}
        form = client.post("/v1/uploads", json=asked).raise_for_status().json()
        parts = [(name, (None, value)) for name, value in form["fields"].items()]
        sent = httpx2.post(form["url"], files=[*parts, ("file", ("cat.jpg", CAT))], timeout=30, trust_env=False)
        assert sent.status_code == 204
        job = wait_for_end(client, client.post("/v1/jobs/picture", json={"picture": form["ref"]}).json()["id"])

    assert job["status"] == "succeeded"


def test_nobody_sees_anothers_pictures(stack: RunningStack):
    with stack.client("mina") as mina, stack.client("stranger") as stranger:
        job = upload(mina, CAT)
        assert found(stranger) == []
        for path in (f"/v1/images/{job['id']}", f"/v1/images/{job['id']}/thumbnail"):
            assert stranger.get(path).status_code == 404


def test_no_words_of_an_owners_are_in_any_log_and_all_agrees(stack: RunningStack):
    with stack.client("mina") as client:
        upload(client, CAT, description="quixotic marmalade", keywords='["marmalade"]')
        upload(client, b"marmalade")
        assert found(client, q="marmalade")
        assert stack.findings() == []

    log = (stack.settings.data_dir.parent / "stack.log").read_text("utf-8")
    assert '"kind": "picture"' in log
    assert "marmalade" not in log
