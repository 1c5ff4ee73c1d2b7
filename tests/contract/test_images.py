"""Pictures' text mappings, written with what follows jobs: DynamoDB and its in-memory twin keep the same contract."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from ops.aws.clients import Clients
from ops.aws.dynamodb import DynamoImages, DynamoJobStore
from ops.memory import MemoryJobStore
from schemas import moves
from schemas.after import complete
from schemas.errors import RefusedError
from schemas.images import ImageEntry
from schemas.job import CountAfter, ImageAfter, Job, Lease, Payload
from schemas.moves import End, Holder, Success
from schemas.paging import place
from tests.conftest import ManualClock, new_job

if TYPE_CHECKING:
    from ops.settings import Settings
    from schemas.paging import Place
    from schemas.ports import Images, JobStore

FILES = {"original": "image/1/original.png", "processed": "image/1/processed.webp", "thumbnail": "image/1/thumb.webp"}


@dataclass
class Table:
    jobs: JobStore
    images: Images
    clock: ManualClock
    owner: str
    """One of the test's own."""

    def after(self, **fields: Any) -> ImageAfter:
        defaults: dict[str, Any] = {
            "description": "고양이가 탁자 아래에서 자고 있어요.",
            "category": "daily",
            "difficulty": "low",
            "keywords": ("고양이", "ice cream"),
            "files": FILES,
            "expires_at": (self.clock() + timedelta(days=365)).replace(microsecond=0),
        }
        return ImageAfter(**defaults | fields)

    def succeeded(self, after: ImageAfter, *, owner: str | None = None) -> Job:
        """A job that has made a picture, and counts; none of it is done yet."""
        job = new_job(str(uuid4()), self.clock, owner=owner or self.owner, kind="image")
        self.jobs.create(job)
        lease = Lease(token="t", until=self.clock() + timedelta(minutes=1), worker="host:1")
        self.jobs.apply(moves.claim(job.id, epoch=0, lease=lease, now=self.clock()))
        count = CountAfter(name="n", by=1, day="2026-11-21")
        end = End(expires_at=self.clock() + timedelta(days=366), after={"image": after, "n": count})
        holder = Holder(kind="image", job_id=job.id, epoch=0, attempt=1, token="t", worker="host:1", max_attempts=3)
        success = Success(result=Payload(inline={}), files=FILES, engine="e", model="m")
        return self.jobs.apply(moves.succeed(holder, success, end=end, now=self.clock()))

    def entry(self, job: Job, after: ImageAfter) -> ImageEntry:
        assert job.finished_at is not None
        about = {name: getattr(after, name) for name in ("description", "category", "difficulty", "keywords", "files")}
        return ImageEntry(id=job.id, owner=job.owner, created_at=job.finished_at, expires_at=after.expires_at, **about)


def where(job: Job) -> Place:
    assert job.finished_at is not None
    return place(job.finished_at, job.id)


@pytest.fixture(params=["memory", "dynamodb"])
def table(request: pytest.FixtureRequest, clock: ManualClock) -> Table:
    owner = f"민아-{uuid4().hex[:8]}"
    if request.param == "memory":
        jobs = MemoryJobStore()
        return Table(jobs, jobs.images, clock, owner)
    local: Settings = request.getfixturevalue("local_aws")
    client = Clients(local).dynamodb
    name = local.table_name
    return Table(DynamoJobStore(client, name), DynamoImages(client, name), clock, owner)


def test_a_picture_is_found_once_what_follows_its_job_is_done(table: Table):
    after = table.after()
    job = table.succeeded(after)
    assert table.images.get(table.owner, where(job)) is None

    complete(table.jobs, job)

    assert table.images.get(table.owner, where(job)) == table.entry(job, after)
    assert list(table.images.list_by_owner(table.owner)) == [table.entry(job, after)]
    done = table.jobs.get(job.id)
    assert done is not None
    assert (done.after, done.open_shard, done.is_open) == ({}, None, False)


def test_one_without_words_is_found_as_well(table: Table):
    after = table.after(description="", keywords=())
    job = table.succeeded(after)

    complete(table.jobs, job)

    assert table.images.get(table.owner, where(job)) == table.entry(job, after)


def test_whoever_is_late_to_do_what_follows_changes_nothing(table: Table):
    after = table.after()
    job = table.succeeded(after)
    complete(table.jobs, job)

    assert table.jobs.complete_after(job, "image") is None

    assert list(table.images.list_by_owner(table.owner)) == [table.entry(job, after)]
    assert table.jobs.counter(table.owner, "2026-11-21", "n") == 1


def test_what_does_not_fit_the_record_writes_nothing(table: Table):
    job = table.succeeded(table.after())
    other = job.model_copy(update={"after": {"image": job.after["image"]}})

    assert table.jobs.complete_after(other, "image") is None

    assert table.images.get(table.owner, where(job)) is None


def test_an_owners_pictures_are_nobody_elses(table: Table):
    other = f"other-{table.owner}"
    own, others = table.succeeded(table.after()), table.succeeded(table.after(), owner=other)
    complete(table.jobs, own)
    complete(table.jobs, others)

    assert [one.id for one in table.images.list_by_owner(table.owner)] == [own.id]
    assert [one.id for one in table.images.list_by_owner(other)] == [others.id]
    assert table.images.get(other, where(own)) is None


def made(table: Table, number: int, *, apart_s: float = 0.001) -> list[Job]:
    """Jobs that have made so many pictures, the first one first."""
    jobs = []
    for _ in range(number):
        table.clock.advance(apart_s)
        jobs.append(table.succeeded(table.after()))
        complete(table.jobs, jobs[-1])
    return jobs


def test_the_latest_comes_first_whatever_its_id(table: Table):
    jobs = made(table, 12)

    assert [one.id for one in table.images.list_by_owner(table.owner)] == [job.id for job in reversed(jobs)]


def test_of_one_moment_the_id_decides(table: Table):
    jobs = made(table, 5, apart_s=0)

    assert [one.id for one in table.images.list_by_owner(table.owner)] == sorted((job.id for job in jobs), reverse=True)


def test_a_list_goes_on_behind_any_place(table: Table):
    jobs = made(table, 3)
    ids = [job.id for job in reversed(jobs)]

    def behind(place: Place) -> list[str]:
        return [one.id for one in table.images.list_by_owner(table.owner, before=place)]

    assert [behind(where(job)) for job in reversed(jobs)] == [ids[1:], ids[2:], []]
    assert behind((where(jobs[-1])[0] + 1, "0")) == ids
    assert behind((0, "0")) == []


def test_of_many_pictures_all_are_listed(table: Table):
    jobs = made(table, 140)

    assert [one.id for one in table.images.list_by_owner(table.owner)] == [job.id for job in reversed(jobs)]


def test_a_deleted_one_is_gone_and_no_other(table: Table):
    first, second = made(table, 2)
    entry = table.images.get(table.owner, where(first))
    assert entry is not None

    for _ in range(2):
        table.images.delete(entry)
        assert table.images.get(table.owner, where(first)) is None
        assert [one.id for one in table.images.list_by_owner(table.owner)] == [second.id]


def test_a_job_forgets_what_it_has_made_once_nothing_follows(table: Table):
    job = table.succeeded(table.after())
    with pytest.raises(RefusedError):
        table.jobs.apply(moves.forget(job.id, now=table.clock()))
    complete(table.jobs, job)

    for _ in range(2):
        table.clock.advance(1)
        assert table.jobs.apply(moves.forget(job.id, now=table.clock())) == table.jobs.get(job.id)

    found = table.jobs.get(job.id)
    assert found is not None
    assert (found.status, found.result, found.files, found.forgotten_at) == ("succeeded", None, {}, table.clock())
    assert (found.finished_at, found.expires_at) == (job.finished_at, job.expires_at)


def test_pictures_are_no_jobs(table: Table):
    job = table.succeeded(table.after())
    complete(table.jobs, job)

    assert [one.id for one in table.jobs.list_by_owner(table.owner, limit=9)] == [job.id]
