"""Pictures over HTTP: found by words, category and difficulty, their owner's alone, and led to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from schemas import moves
from schemas.errors import UnavailableError
from schemas.job import ImageAfter, Job, Payload
from schemas.moves import End, Success
from schemas.retention import reuse_folder
from tests.api import ApiBench

OWNER = "mina"
FILES = {"original": "image/1/a/original.png", "processed": "image/1/a/processed.webp", "thumbnail": "image/1/a/t.webp"}
DAYS = 365


@pytest.fixture
def api() -> ApiBench:
    return ApiBench()


def ask(api: ApiBench, path: str = "", *, owner: str = OWNER, **query: Any) -> Any:
    return api.http.get(f"/v1/images{path}", params=query, headers={"X-Sayline-Owner": owner})


def picture(api: ApiBench, *, follows: bool = True, **about: Any) -> Job:
    """A picture that a job has just made."""
    api.clock.advance(1)
    job_id = api.submitted(owner=OWNER)
    defaults: dict[str, Any] = {"description": "A cat.", "category": "daily", "difficulty": "low", "keywords": ("cat",)}
    expires_at = (api.clock() + timedelta(days=DAYS)).replace(microsecond=0)
    after = ImageAfter(files=FILES, expires_at=expires_at, **defaults | about)
    success = Success(result=Payload(inline={}), files=FILES, engine="e", model="m")
    end = End(expires_at=api.clock() + timedelta(days=DAYS + 1), after={"image": after})
    job: Job = api.store.inner.apply(moves.succeed(api.claim(job_id), success, end=end, now=api.clock()))
    if follows:
        api.store.inner.complete_after(job, "image")
    return job


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["images"]]


def is_missing(answer: Any) -> bool:
    return (answer.status_code, answer.json()["code"]) == (404, "image_not_found")


def test_a_picture_is_shown_with_what_it_is_found_by(api: ApiBench):
    job = picture(api, description="고양이", keywords=("고양이", "cat"), category="travel", difficulty="mid")

    answer = ask(api, f"/{job.id}")

    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    made = api.clock().isoformat().replace("+00:00", "Z")
    path = f"/v1/images/{job.id}"
    assert answer.json() == {
        "id": job.id,
        "description": "고양이",
        "category": "travel",
        "difficulty": "mid",
        "keywords": ["고양이", "cat"],
        "created_at": made,
        "expires_at": (api.clock() + timedelta(days=DAYS)).replace(microsecond=0).isoformat().replace("+00:00", "Z"),
        "links": {
            "self": path,
            "job": f"/v1/jobs/{job.id}",
            **{size: f"{path}/{size}" for size in ("original", "processed", "thumbnail")},
        },
    }
    assert ask(api).json() == {"images": [answer.json()], "next": None}


def test_pictures_are_found_by_words_category_and_difficulty(api: ApiBench):
    cat, dog = picture(api), picture(api, description="개가 뛰어요.", keywords=("dog",), category="travel")
    old = picture(api, difficulty="high")

    assert ids(ask(api)) == [old.id, dog.id, cat.id]
    assert ids(ask(api, q="CAT")) == [old.id, cat.id]
    assert ids(ask(api, q="개")) == [dog.id]
    assert ids(ask(api, category="travel")) == [dog.id]
    assert ids(ask(api, difficulty="high", q="cat")) == [old.id]
    assert ids(ask(api, q="elephant")) == []


def test_pages_follow_one_another(api: ApiBench):
    made = [picture(api).id for _ in range(5)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(3):
        answer = ask(api, limit=2, **cursor)
        seen += ids(answer)
        cursor = {"cursor": answer.json()["next"]}
    assert seen == made[::-1]
    assert cursor == {"cursor": None}


# --- deletion ---


def delete(api: ApiBench, path: str, *, owner: str = OWNER) -> Any:
    return api.http.delete(f"/v1/images/{path}", headers={"X-Sayline-Owner": owner})


def stored(api: ApiBench, job: Job) -> list[str]:
    """Have all be there that a job and its attempts have written, and return where."""
    kept = f"{reuse_folder(job.kind, OWNER)}{job.request_digest}-1.json"
    keys = [*FILES.values(), f"{job.kind}/{job.id}/0.1-a/result.json", f"{job.kind}/{job.id}/0.0-b/x.png", kept]
    for key in keys:
        api.objects.inner.put(key, b"x", mime="image/webp")
    return keys


def test_a_deleted_picture_is_gone_and_its_job_knows_nothing_of_it(api: ApiBench):
    other, job = picture(api, description="A dog."), picture(api)
    keys = stored(api, job)

    answer = delete(api, job.id)

    assert (answer.status_code, answer.content, answer.headers["cache-control"]) == (204, b"", "no-store")
    assert not set(keys) & set(api.objects.inner.objects)
    for path in ("", "/original", "/thumbnail"):
        assert is_missing(ask(api, f"/{job.id}{path}"))
    assert ids(ask(api)) == [other.id]
    shown = api.http.get(f"/v1/jobs/{job.id}", headers={"X-Sayline-Owner": OWNER}).json()
    assert (shown["status"], shown["files"], shown["result"], shown["result_expired"]) == ("succeeded", {}, None, True)
    assert shown["request"]["text"] == "Hello"
    assert is_missing(delete(api, job.id))


def test_nothing_of_anothers_picture_is_deleted(api: ApiBench):
    job = picture(api)
    keys = stored(api, job)

    assert is_missing(delete(api, job.id, owner="jun"))
    assert is_missing(delete(api, "none"))
    assert is_missing(delete(api, api.submitted(owner=OWNER)))

    assert ids(ask(api)) == [job.id]
    assert set(keys) <= set(api.objects.inner.objects)
    assert api.job(job.id) == api.store.inner.get(job.id)
    assert api.job(job.id).files == FILES


def test_one_that_is_still_to_be_found_is_deleted_for_good(api: ApiBench):
    job = picture(api, follows=False)
    stored(api, job)

    assert delete(api, job.id).status_code == 204

    assert ids(ask(api)) == []
    assert not api.job(job.id).is_open


@pytest.mark.parametrize("step", ["apply", "keys", "delete", "images"])
def test_a_deletion_that_breaks_off_is_done_by_the_same_again(
    api: ApiBench, step: str, monkeypatch: pytest.MonkeyPatch
):
    job = picture(api)
    keys = stored(api, job)

    def broken(*_: object) -> None:
        raise UnavailableError("DynamoDB", "out of reach")

    with monkeypatch.context() as broken_off:
        if step == "images":
            broken_off.setattr(api.store.inner.images, "delete", broken)
        else:
            faulty = api.store if step == "apply" else api.objects
            faulty.before = {step}
        assert delete(api, job.id).status_code == 503
    assert ids(ask(api)) == [job.id]
    api.store.before, api.objects.before = set(), set()

    assert delete(api, job.id).status_code == 204

    assert ids(ask(api)) == []
    assert not set(keys) & set(api.objects.inner.objects)


@pytest.mark.parametrize("size", ["original", "processed", "thumbnail"])
def test_the_files_are_led_to(api: ApiBench, size: str):
    answer = ask(api, f"/{picture(api).id}/{size}")

    assert answer.status_code == 307
    mime = "image/png" if size == "original" else "image/webp"
    assert answer.headers["location"].startswith(f"memory:///{FILES[size]}?")
    assert answer.headers["location"].endswith(f"type={mime}")
    assert answer.headers["cache-control"] == "no-store"


def test_one_whose_worker_died_before_it_was_found_is_found(api: ApiBench):
    job = picture(api, follows=False)
    assert ids(ask(api)) == []

    assert ask(api, f"/{job.id}", owner="jun").status_code == 404
    assert ids(ask(api)) == []
    assert ask(api, f"/{job.id}").json()["id"] == job.id
    assert ids(ask(api)) == [job.id]


def test_anothers_picture_is_as_good_as_none(api: ApiBench):
    job = picture(api)

    assert is_missing(ask(api, f"/{job.id}", owner="jun"))
    assert is_missing(ask(api, f"/{job.id}/thumbnail", owner="jun"))
    assert ids(ask(api, owner="jun")) == []


def test_a_job_that_made_no_picture_is_none(api: ApiBench):
    assert is_missing(ask(api, f"/{api.submitted(owner=OWNER)}"))


@pytest.mark.parametrize("name", ["none", "a" * 2_000, "%2e%2e", "고양이", "00000000-0000-0000-0000-000000000000"])
def test_what_is_not_there_is_not_found(api: ApiBench, name: str):
    assert is_missing(ask(api, f"/{name}"))


def test_one_whose_retention_is_over_is_gone_before_the_table_deletes_it(api: ApiBench):
    job = picture(api)
    api.clock.advance(DAYS * 86_400 - 1)
    assert ask(api, f"/{job.id}").status_code == 200
    api.clock.advance(1)
    assert is_missing(ask(api, f"/{job.id}"))
    assert is_missing(ask(api, f"/{job.id}/thumbnail"))
    assert ids(ask(api)) == []


@pytest.mark.parametrize(
    "query",
    [
        {"category": "school"},
        {"difficulty": "A1"},
        {"limit": 0},
        {"limit": 101},
        {"q": "x" * 201},
        {"cursor": "x"},
        {"colour": "red"},
    ],
)
def test_what_is_asked_is_checked(api: ApiBench, query: dict[str, Any]):
    answer = ask(api, **query)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")
    assert answer.json()["errors"][0]["field"] == next(iter(query))


def test_there_are_three_sizes(api: ApiBench):
    assert ask(api, f"/{picture(api).id}/huge").status_code == 422


def test_a_table_out_of_reach_says_so(api: ApiBench):
    job = picture(api, follows=False)
    api.store.before = {"get"}
    assert ask(api, f"/{job.id}").status_code == 503


@pytest.mark.parametrize(
    ("mime", "status"),
    [
        *((f"image/{name}", 201) for name in ("jpeg", "png", "webp", "gif", "bmp")),
        *((name, 422) for name in ("image/svg+xml", "image/heic", "image/tiff", "image/jpegs", "text/html")),
    ],
)
def test_an_upload_is_of_a_type_that_is_taken(api: ApiBench, mime: str, status: int):
    answer = api.http.post("/v1/uploads", json={"media": "picture", "bytes": 1_000, "mime": mime})
    assert answer.status_code == status
    if status == 201:
        assert answer.json()["ref"].startswith("picture:")


def test_an_upload_is_as_large_as_its_kind_takes(api: ApiBench):
    for size, status in ((20_000_000, 201), (20_000_001, 422)):
        asked = {"media": "picture", "bytes": size, "mime": "image/png"}
        assert api.http.post("/v1/uploads", json=asked).status_code == status
