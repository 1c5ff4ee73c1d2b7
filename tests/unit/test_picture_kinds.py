"""The kinds `image` and `picture`: three sizes are stored, and the picture is found once its job has succeeded."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from schemas.files import upload_key
from schemas.images import ImageEntry
from schemas.job import Job, Payload
from schemas.kinds.image import KIND as IMAGE
from schemas.kinds.image import ImageRequest
from schemas.kinds.picture import KIND as PICTURE
from schemas.kinds.picture import PictureRequest
from schemas.paging import place
from schemas.status import Status
from tests.picture_files import CAMERA, exif, quarters, saved
from tests.workers import Bench
from workers.engines.pictures.processor import Processor
from workers.engines.pictures.refusals import MAX_BYTES
from workers.engines.ports.image import Drawing
from workers.handlers import image, picture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import ManualClock
    from workers.engines.ports import Call

REF = "picture:" + "0" * 32


@dataclass
class Painter:
    """An engine that paints four quarters, and costs something."""

    name: str = "painter"
    file: bytes = field(default_factory=lambda: saved(quarters(1_200, 900), "PNG"))
    identity: str = "painter-1"
    metered: bool = True
    drawn: int = 0

    def draw(self, request: ImageRequest, call: Call) -> Drawing:
        self.drawn += 1
        return Drawing(
            image=self.file,
            description=f"A picture: {request.scene}",
            model="1",
            seed=request.seed,
            missing=("unicorn",),
            keywords=("cat", "책상"),
            notice="Painted.",
            cost_microusd=40_000,
        )

    def close(self) -> None: ...


@pytest.fixture(autouse=True, scope="module")
def processor() -> Iterator[None]:
    """One picture process for all tests of the module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("workers.pictures.PROCESSOR", made := Processor())
        yield
    made.close()


@pytest.fixture
def studio(clock: ManualClock) -> Bench:
    return Bench(clock, kind=IMAGE, handle=image.handle, engines={"image": Painter()})  # type: ignore[arg-type]


@pytest.fixture
def album(clock: ManualClock) -> Bench:
    bench = Bench(clock, kind=PICTURE, handle=picture.handle)  # type: ignore[arg-type]
    bench.objects.put(upload_key(REF, "mina"), saved(quarters(), "JPEG", exif=exif(6)), mime="image/jpeg")
    return bench


def run(bench: Bench, job_id: str = "job-1", **request: Any) -> Job:
    bench.submit(job_id, owner="mina", request=Payload(inline=request))
    bench.deliver(job_id=job_id)
    return bench.job(job_id)


def result(bench: Bench, job: Job) -> Any:
    assert job.status is Status.SUCCEEDED, job.error
    assert job.result is not None
    return bench.runner().payloads.load(job.result)


def entry(bench: Bench, job: Job) -> ImageEntry:
    assert job.finished_at is not None
    found = bench.store.images.get("mina", place(job.finished_at, job.id))
    assert isinstance(found, ImageEntry)
    return found


def test_a_drawn_picture_is_stored_in_three_sizes(studio: Bench):
    job = run(studio, scene="A cat.", level="B1", category="travel", keywords=["Cat", "Desk"], seed=7)

    said = result(studio, job)
    assert {
        name: (said[name]["mime"], said[name]["width"], said[name]["height"]) for name in entry(studio, job).files
    } == {
        "original": ("image/png", 1_200, 900),
        "processed": ("image/webp", 1_024, 768),
        "thumbnail": ("image/webp", 256, 192),
    }
    for name, key in entry(studio, job).files.items():
        data, mime = studio.objects.objects[key]
        assert (said[name]["key"], said[name]["bytes"], said[name]["mime"]) == (key, len(data), mime)
        assert Image.open(io.BytesIO(data)).size == (said[name]["width"], said[name]["height"])
    assert set(job.files) == {"original.png", "processed.webp", "thumbnail.webp"}
    assert (said["engine"], said["seed"], said["missing"], said["notice"]) == ("painter", 7, ["unicorn"], "Painted.")
    assert job.usage is not None
    assert (job.usage.images, job.usage.cost_microusd) == (1, 40_000)


def test_a_drawn_picture_is_found_by_what_it_shows(studio: Bench):
    job = run(studio, scene="A cat.", level="B1", category="travel", keywords=["Cat", "Desk"], seed=7)

    found = entry(studio, job)
    assert found.description == "A picture: A cat."
    assert (found.category, found.difficulty) == ("travel", "mid")
    assert found.keywords == ("cat", "책상", "desk")
    assert found.created_at == job.finished_at
    assert (found.expires_at - studio.clock().replace(microsecond=0)).days == IMAGE.retention_days
    assert job.expires_at is not None
    assert job.expires_at > found.expires_at
    assert not job.after


def test_a_picture_that_was_paid_for_before_is_found_again_under_its_own_id(studio: Bench):
    first = run(studio, scene="A cat.", seed=7)
    second = run(studio, "job-2", scene="A cat.", seed=7)

    assert studio.engines["image"].drawn == 1
    assert entry(studio, second).id == "job-2"
    assert set(entry(studio, second).files.values()) == set(second.files.values())
    assert not set(second.files.values()) & set(first.files.values())


def test_without_a_seed_another_picture_is_drawn(studio: Bench):
    run(studio, scene="A cat.")
    run(studio, "job-2", scene="A cat.")

    assert studio.engines["image"].drawn == 2


def test_an_engines_file_that_is_no_picture_is_the_engines_fault(studio: Bench):
    studio.engines["image"].file = b"<html>"
    job = run(studio, scene="A cat.")

    assert job.status is Status.RETRYING
    assert job.error is not None
    assert (job.error.code, job.error.engine) == ("unreadable_answer", "painter")
    assert studio.store.images.entries() == ()


def test_an_engines_picture_that_is_too_large_is_not_asked_for_again(studio: Bench):
    studio.engines["image"].file = bytes(MAX_BYTES + 1)
    job = run(studio, scene="A cat.")

    assert job.error is not None
    assert (job.status, job.error.code) == (Status.FAILED, "picture_too_large")


def test_an_upload_is_turned_upright_without_metadata_and_found(album: Bench):
    job = run(album, picture=REF, description="창가의 고양이", level="high", keywords=["고양이", "CAT"])

    said = result(album, job)
    assert (said["engine"], said["format"], said["frames"]) == ("pillow", "jpeg", 1)
    assert said["model"].startswith("Pillow ")
    assert [(said[name]["width"], said[name]["height"]) for name in ("original", "thumbnail")] == [(48, 64), (48, 64)]
    for key in job.files.values():
        assert CAMERA.encode() not in album.objects.get(key)
        assert b"Exif" not in album.objects.get(key)
    found = entry(album, job)
    assert (found.description, found.difficulty) == ("창가의 고양이", "high")
    assert found.keywords == ("고양이", "cat")


def test_an_upload_that_is_no_picture_fails_and_leaves_nothing(album: Bench):
    album.objects.put(upload_key(REF, "mina"), b"<html>", mime="image/png")
    job = run(album, picture=REF)

    assert job.status is Status.FAILED
    assert job.error is not None
    assert job.error.code == "unsupported_picture"
    assert album.store.images.entries() == ()
    assert [key for key in album.objects.objects if key.startswith("picture/")] == []


def test_an_upload_that_is_not_there_fails(album: Bench):
    job = run(album, picture="picture:" + "1" * 32)
    assert job.error is not None
    assert job.error.code == "unknown_file"


@pytest.mark.parametrize("seed", ["7", 7.5, -1, True])
def test_a_seed_is_a_number(seed: Any):
    with pytest.raises(ValueError, match="seed"):
        ImageRequest(scene="A cat.", seed=seed)


@pytest.mark.parametrize("keywords", [[""], ["x" * 51], ["x"] * 21])
def test_keywords_are_few_and_short(keywords: list[str]):
    with pytest.raises(ValueError, match="keywords"):
        PictureRequest(picture=REF, keywords=tuple(keywords))
