"""The audit finds each defect of a picture's text mapping that is planted, and nothing in a sound one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ops.audit import MEANINGS, Evidence, audit
from schemas import moves
from schemas.after import entry_of, mapping
from schemas.images import Picture
from schemas.kinds.picture import KIND, PictureResult
from schemas.paging import place
from schemas.status import Status
from tests.workers import Bench

if TYPE_CHECKING:
    from tests.conftest import ManualClock
    from workers.work import Work


def handle(request: Any, work: Work[Any]) -> PictureResult:
    """Store three small files."""
    sizes = {
        name: Picture(**work.store(f"{name}.webp", name.encode(), mime="image/webp").model_dump(), width=1, height=1)
        for name in ("original", "processed", "thumbnail")
    }
    about = {name: getattr(request, name) for name in ("description", "category", "level", "keywords")}
    return PictureResult(engine="e", model="m", format="png", frames=1, **about, **sizes)


@pytest.fixture
def bench(clock: ManualClock) -> Bench:
    bench = Bench(clock, kind=KIND, handle=handle)  # type: ignore[arg-type]
    for number in (1, 2):
        request = {"inline": KIND.example.model_dump(mode="json")}
        bench.submit(f"job-{number}", request=request)
        bench.deliver(job_id=f"job-{number}")
        assert bench.job(f"job-{number}").status is Status.SUCCEEDED
    return bench


def evidence(bench: Bench) -> Evidence:
    return Evidence(
        jobs=dict(bench.store._jobs),  # noqa: SLF001 - what the twin holds
        objects=bench.objects,
        payloads=bench.runner().payloads,
        images=bench.store.images.entries(),
        waiting={},
        dead={},
    )


def codes(found: Evidence) -> list[str]:
    return [finding.code for finding in audit(found)]


def test_sound_pictures_have_no_findings(bench: Bench):
    assert len(evidence(bench).images) == 2
    assert codes(evidence(bench)) == []


def test_one_that_is_still_to_be_found_is_not_missed(bench: Bench):
    found = evidence(bench)
    job = bench.job("job-1")
    assert job.result is not None
    result = KIND.result.model_validate(bench.runner().payloads.load(job.result))
    waiting = job.model_copy(update={"after": mapping(result, KIND, bench.clock())})
    rest = tuple(entry for entry in found.images if entry.id != "job-1")

    assert "image_missing" not in codes(replace(found, jobs={**found.jobs, "job-1": waiting}, images=rest))


def test_one_that_is_deleted_is_not_missed_and_by_half_is_found(bench: Bench):
    found = evidence(bench)
    job = bench.store.apply(moves.forget("job-1", now=bench.clock()))
    for key in list(bench.objects.keys("picture/job-1/")):
        bench.objects.delete([key])
    half = replace(found, jobs={**found.jobs, "job-1": job})
    rest = tuple(entry for entry in found.images if entry.id != "job-1")

    assert codes(half) == ["image_of_no_job"]
    assert codes(replace(half, images=rest)) == []


def test_each_defect_is_found(bench: Bench):
    found = evidence(bench)
    first, second = found.images

    assert codes(replace(found, images=(first,))) == ["image_missing"]
    assert codes(replace(found, images=(first, second.model_copy(update={"files": first.files})))) == [
        "image_is_another"
    ]
    stray = second.model_copy(update={"id": "job-3"})
    assert codes(replace(found, images=(first, second, stray))) == ["image_of_no_job"]
    anothers = second.model_copy(update={"owner": "another"})
    assert codes(replace(found, images=(first, anothers))) == ["image_missing", "image_of_no_job"]
    assert {"image_missing", "image_is_another", "image_of_no_job"} <= MEANINGS.keys()


def test_an_entry_is_the_same_however_often_it_is_made(bench: Bench):
    job = bench.job("job-1")
    assert job.result is not None
    result = KIND.result.model_validate(bench.runner().payloads.load(job.result))
    after = mapping(result, KIND, bench.clock())["image"]
    assert after.type == "image"
    assert entry_of(job, after) == bench.store.images.get(job.owner, place(bench.clock(), "job-1"))
    assert entry_of(job, after).expires_at - bench.clock() <= timedelta(days=KIND.retention_days)
