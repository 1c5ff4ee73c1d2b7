"""Finished work is not paid for again, is its owner's alone, and costs nothing where nothing is paid."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ops.memory import MemoryObjectStore
from schemas.errors import TransientError, UnavailableError
from schemas.kind import Kind, Request, Result
from schemas.kinds import registry
from schemas.media import StoredFile  # noqa: TC001 - pydantic reads it
from schemas.moves import Holder
from schemas.retention import reuse_folder
from schemas.usage import Usage
from tests.conftest import ManualClock, new_job
from tests.workers import around
from workers.attempt import Attempt
from workers.engines import ENGINES, engine_class
from workers.reuse import Reuse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from schemas.job import Job
    from schemas.kinds import AnyKind

USAGE = Usage(characters=5, cost_microusd=80)


class SayRequest(Request):
    text: str
    pitch: int = 1
    seed: int | None = 7

    @property
    def is_deterministic(self) -> bool:
        return self.seed is not None


class SayResult(Result):
    parts: tuple[StoredFile, ...]


SAY = Kind(
    name="say",
    summary="Say it",
    request=SayRequest,
    result=SayResult,
    example=SayRequest(text="Hello"),
    reusable=True,
)


@dataclass
class Engine:
    name: str = "vendor"
    identity: str = "vendor/v1"
    metered: bool = True


class CountingStore(MemoryObjectStore):
    """Knows what it was asked for, and is out of reach for what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.out_of_reach: set[str] = set()

    def _ask(self, name: str) -> None:
        self.asked.append(name)
        if name in self.out_of_reach:
            raise UnavailableError("S3", "SlowDown")

    def put(self, key: str, data: bytes | BinaryIO, *, mime: str) -> None:
        self._ask("put" if not key.startswith("reuse/") else "keep")
        super().put(key, data, mime=mime)

    def get(self, key: str) -> bytes:
        if key.startswith("reuse/"):
            self._ask("get")
        return super().get(key)

    def copy(self, source: str, target: str) -> None:
        self._ask("copy")
        super().copy(source, target)

    def keys(self, prefix: str) -> Iterator[str]:
        self._ask("list")
        return super().keys(prefix)


@dataclass
class Desk:
    """Attempts of jobs, and how often the engine was paid."""

    clock: ManualClock
    objects: CountingStore = field(default_factory=CountingStore)
    engine: Any = field(default_factory=Engine)
    kind: AnyKind = SAY
    answers_as: str = "vendor"
    paid: int = 0
    names: tuple[str, ...] = ("a.mp3", "b.mp3")
    reused: list[bool] = field(default_factory=list)

    def attempt(
        self, request: SayRequest | None = None, *, job_id: str = "job-1", owner: str = "mina", number: int = 1
    ) -> tuple[SayResult, Attempt]:
        request = request or SayRequest(text="Hello")
        job = self.job(job_id, owner=owner, attempt=number)
        attempt = attempt_of(job, self)
        attempt.engine = self.engine

        def work() -> SayResult:
            self.paid += 1
            parts = [attempt.store(name, f"{self.paid}".encode(), mime="audio/mpeg") for name in self.names]
            attempt.record_usage(USAGE)
            return SayResult(engine=self.answers_as, model="1", parts=tuple(parts))

        answer = Reuse(self.objects).answer(job, self.kind, request, attempt, work)
        assert isinstance(answer.result, SayResult)
        self.reused.append(answer.reused)
        return answer.result, attempt

    def job(self, job_id: str = "job-1", *, owner: str = "mina", attempt: int = 1) -> Job:
        return new_job(job_id, self.clock, kind="say", owner=owner, attempt=attempt, request_digest="d" * 64)

    def kept(self) -> list[str]:
        return [key for key in self.objects.objects if key.startswith("reuse/")]


def attempt_of(job: Job, desk: Desk) -> Attempt:
    holder = Holder(
        job_id=job.id, kind=job.kind, epoch=job.epoch, attempt=job.attempt, token="token", worker="w", max_attempts=3
    )
    deadline = desk.clock() + timedelta(minutes=1)
    return Attempt(job, holder=holder, deadline=deadline, around=around(desk.objects, desk.clock))


@pytest.fixture
def desk(clock: ManualClock) -> Desk:
    return Desk(clock)


# --- found again ---


def test_the_same_request_of_another_job_is_answered_without_the_engine(desk: Desk):
    desk.attempt(job_id="job-1")

    result, attempt = desk.attempt(job_id="job-2")

    assert desk.paid == 1
    assert desk.reused == [False, True]
    assert (result.engine, result.model) == ("vendor", "1")
    assert [desk.objects.get(part.key) for part in result.parts] == [b"1", b"1"]
    assert sorted(attempt.files) == ["a.mp3", "b.mp3"]
    assert [part.key for part in result.parts] == [attempt.files["a.mp3"], attempt.files["b.mp3"]]
    assert all(part.key.startswith("say/job-2/") for part in result.parts)


def test_reused_files_stand_by_themselves(desk: Desk):
    _, first = desk.attempt(job_id="job-1")
    result, _ = desk.attempt(job_id="job-2")

    first.delete_files()

    assert [desk.objects.get(part.key) for part in result.parts] == [b"1", b"1"]


def test_reused_work_costs_nothing_and_says_so(desk: Desk):
    _, first = desk.attempt(job_id="job-1")
    _, second = desk.attempt(job_id="job-2")

    assert first.usage == USAGE
    assert second.usage == Usage(characters=5, cost_microusd=0, reused=True)


def test_an_attempt_that_died_before_its_finish_was_written_has_not_paid_in_vain(desk: Desk):
    desk.attempt(number=1)

    result, second = desk.attempt(number=2)

    assert desk.paid == 1
    assert second.usage == USAGE  # paid by this job, and in no record yet
    assert all("/0.2" in part.key for part in result.parts)


def test_what_a_later_attempt_has_reused_is_found_again_when_the_first_ones_files_are_deleted(desk: Desk):
    desk.attempt(number=1)
    desk.attempt(number=2)
    desk.objects.delete(list(desk.objects.keys("say/job-1/0.1")))

    _, other = desk.attempt(job_id="job-2")

    assert desk.paid == 1
    assert other.usage == Usage(characters=5, reused=True)


# --- not found ---


def test_what_was_copied_of_a_result_that_is_gone_in_part_is_not_left(desk: Desk):
    _, first = desk.attempt(job_id="job-1")
    desk.objects.delete([first.files["b.mp3"]])
    desk.names = ("c.mp3",)

    _, attempt = desk.attempt(job_id="job-2")

    assert list(desk.objects.keys("say/job-2/")) == list(attempt.files.values())


def test_another_owner_finds_nothing(desk: Desk):
    desk.attempt(owner="mina")

    desk.attempt(job_id="job-2", owner="joon")

    assert desk.paid == 2
    assert len({key.rsplit("/", 1)[0] for key in desk.kept()}) == 2


@pytest.mark.parametrize(
    "request_", [SayRequest(text="hello"), SayRequest(text="Hello", pitch=2), SayRequest(text="Hello", seed=8)]
)
def test_another_request_is_done(desk: Desk, request_: SayRequest):
    desk.attempt()

    desk.attempt(request_, job_id="job-2")

    assert desk.paid == 2


def test_another_version_of_the_engine_does_it_anew(desk: Desk):
    desk.attempt()
    desk.engine = Engine(identity="vendor/v2")

    desk.attempt(job_id="job-2")

    assert desk.paid == 2


def test_a_result_whose_files_are_gone_is_made_anew_and_then_found(desk: Desk):
    _, first = desk.attempt(job_id="job-1")
    desk.objects.delete([first.files["b.mp3"]])

    result, attempt = desk.attempt(job_id="job-2")

    assert desk.paid == 2
    assert desk.reused == [False, False]
    assert attempt.usage == USAGE
    assert [desk.objects.get(part.key) for part in result.parts] == [b"2", b"2"]
    desk.attempt(job_id="job-3")
    assert desk.paid == 2


@pytest.mark.parametrize(
    "document", [b"{}", b"not JSON", b'{"v":1,"job":"job-0","result":{"engine":"vendor"},"files":{},"usage":null}']
)
def test_what_another_version_has_kept_is_no_result(desk: Desk, document: bytes):
    desk.attempt()
    [key] = desk.kept()
    desk.objects.objects[key] = (document, "application/json")

    desk.attempt(job_id="job-2")

    assert desk.paid == 2


def test_what_another_engine_has_answered_in_its_stead_is_not_kept(desk: Desk):
    desk.answers_as = "fallback"

    desk.attempt()

    assert desk.kept() == []


# --- where nothing is to be saved ---


@pytest.mark.parametrize(
    ("engine", "kind", "seed"),
    [
        (Engine(metered=False), SAY, 7),
        (object(), SAY, 7),
        (None, SAY, 7),
        (Engine(), replace(SAY, reusable=False), 7),
        (Engine(), SAY, None),
    ],
    ids=["free engine", "engine that says nothing", "no engine", "kind not reusable", "no seed"],
)
def test_nothing_is_asked_nor_kept(desk: Desk, engine: Any, kind: AnyKind, seed: int | None):
    desk.engine, desk.kind = engine, kind

    desk.attempt(SayRequest(text="Hello", seed=seed))

    assert desk.objects.asked == ["put", "put"]


def test_a_miss_costs_a_read_and_a_write_and_a_hit_a_read_and_the_copies(desk: Desk):
    desk.attempt()
    assert desk.objects.asked == ["get", "put", "put", "keep"]
    desk.objects.asked.clear()

    desk.attempt(job_id="job-2")

    assert desk.objects.asked == ["get", "copy", "copy"]


def test_the_embedded_speech_engine_is_not_metered():
    assert registry()["tts"].reusable
    assert not getattr(engine_class("tts", "espeak"), "metered", False)


@pytest.mark.parametrize(("kind", "engine"), [(kind, name) for kind, names in ENGINES.items() for name in names])
def test_an_engine_that_costs_money_says_what_its_results_depend_on(kind: str, engine: str):
    found = engine_class(kind, engine)

    assert hasattr(found, "identity") or not getattr(found, "metered", False)


# --- when the bucket is out of reach ---


def test_work_that_cannot_be_kept_is_delivered_all_the_same(desk: Desk):
    desk.objects.out_of_reach = {"keep"}

    result, _ = desk.attempt()

    assert len(result.parts) == 2
    assert desk.kept() == []


@pytest.mark.parametrize("step", ["get", "copy"])
def test_nothing_is_paid_while_it_is_unknown_whether_it_was_paid_already(desk: Desk, step: str):
    desk.attempt()
    desk.objects.out_of_reach = {step}

    with pytest.raises(UnavailableError):
        desk.attempt(job_id="job-2")

    assert desk.paid == 1


def test_work_that_fails_is_not_kept(desk: Desk):
    def fail() -> SayResult:
        raise TransientError("throttled", "Slow down.")

    job = desk.job()
    attempt = attempt_of(job, desk)
    attempt.engine = desk.engine

    with pytest.raises(TransientError):
        Reuse(desk.objects).answer(job, SAY, SayRequest(text="Hello"), attempt, fail)

    assert desk.kept() == []


# --- where it lies ---


def test_all_that_is_kept_of_an_owner_is_found_by_kind_and_of_a_job_by_its_digest(desk: Desk):
    desk.attempt()

    [key] = desk.kept()

    assert key.startswith(reuse_folder("say", "mina") + "d" * 64)
    assert "mina" not in key


def test_two_owners_have_no_folder_in_common():
    assert not reuse_folder("tts", "mina2").startswith(reuse_folder("tts", "mina"))
