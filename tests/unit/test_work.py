"""What a handler reaches beside its engine: other engines, other jobs' results, collections of documents."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from schemas.errors import MissingObjectError, NotYetError, PermanentError, ThrottledError
from schemas.files import user_folder
from schemas.job import Payload
from schemas.outcome import Hidden
from schemas.status import Status
from tests.conftest import new_job
from tests.workers import ECHO, Bench, EchoRequest, EchoResult, say_back
from workers.guard import Verdict, verdict_of_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import ManualClock
    from workers.work import OwnerWork

OTHER = "0198c5f0-3b5a-7c3e-9d55-0d6c1f6a2b11"


def run(bench: Bench, look: Callable[[OwnerWork[Any]], Any]) -> Any:
    """Run a job whose handler looks at something; return what it saw, or the error that it met."""
    seen: list[Any] = []

    def handle(request: EchoRequest, work: OwnerWork[Any]) -> EchoResult:
        try:
            seen.append(look(work))
        except Exception as error:
            seen.append(error)
            raise
        return say_back(request, work)

    bench.handle = handle
    bench.submit()
    bench.deliver()
    return seen[0]


@pytest.fixture
def bench(clock: ManualClock) -> Bench:
    return Bench(clock, kind=replace(ECHO, roles=("search",)), engines={"echo": "own", "search": "other"})


# --- engines ---


def test_a_handler_has_the_engines_that_its_kind_declares(bench: Bench):
    assert run(bench, lambda work: (work.engine, work.engine_of("search"))) == ("own", "other")


def test_a_handler_has_no_engine_that_its_kind_does_not_declare(bench: Bench):
    assert isinstance(run(bench, lambda work: work.engine_of("echo")), KeyError)


# --- results ---


def other(bench: Bench, **fields: Any) -> None:
    defaults = {"kind": "analysis", "status": Status.SUCCEEDED, "result": Payload(inline={"text": "그래"})}
    bench.store.create(new_job(OTHER, bench.clock, **defaults | fields))  # type: ignore[arg-type]


def test_the_result_of_an_owners_job_is_found(bench: Bench):
    other(bench)

    assert run(bench, lambda work: work.result_of(OTHER, "analysis")) == {"text": "그래"}


def test_a_large_result_is_read_from_the_bucket(bench: Bench):
    bench.objects.put("analysis/result.json", b'{"text": "long"}', mime="application/json")
    other(bench, result=Payload(key="analysis/result.json"))

    assert run(bench, lambda work: work.result_of(OTHER, "analysis")) == {"text": "long"}


@pytest.mark.parametrize(
    "fields",
    [
        {"owner": "another"},
        {"kind": "tts"},
        {"status": Status.FAILED, "result": None},
        {"status": Status.QUEUED, "result": None},
        {"result": Payload(key="analysis/gone.json")},
        None,
    ],
)
def test_what_is_no_result_of_the_owners_is_as_good_as_none(bench: Bench, fields: dict[str, Any] | None):
    if fields:
        other(bench, **fields)

    error = run(bench, lambda work: work.result_of(OTHER, "analysis"))

    assert isinstance(error, PermanentError)
    assert error.code == "unknown_job"
    assert bench.job().status is Status.FAILED


# --- collections ---


def test_a_collection_is_a_place_of_its_owners(bench: Bench):
    def look(work: OwnerWork[Any]) -> Any:
        folder = work.collection("course")
        folder.write("b.json", b"2", mime="application/json")
        folder.write("a.json", b"1", mime="application/json")
        folder.write("b.json", b"3", mime="application/json")
        work.collection("course-2").write("c.json", b"4", mime="application/json")
        seen = (list(folder.names()), folder.read("b.json"), list(work.collection("course-2").names()))
        folder.delete(["a.json", "none"])
        with pytest.raises(MissingObjectError):
            folder.read("a.json")
        return seen

    assert run(bench, look) == (["a.json", "b.json"], b"3", ["c.json"])
    assert list(bench.objects.keys(user_folder("mina"))) == [
        f"{user_folder('mina')}collections/course-2/c.json",
        f"{user_folder('mina')}collections/course/b.json",
    ]


def test_a_collections_id_names_owner_and_collection_and_nothing_else(bench: Bench):
    def ids(work: OwnerWork[Any]) -> list[str]:
        return [work.collection(name).id for name in ("course", "course_2", "course-2", "course")]

    found = run(bench, ids)
    others = run(Bench(bench.clock, kind=ECHO), lambda work: work.collection("course").id)

    assert found[0] == found[3] == others
    assert len(set(found)) == 3
    assert all(len(one) <= 63 and one.replace("-", "").isalnum() and one.islower() for one in found)


def test_another_owners_collection_of_the_same_name_is_another(bench: Bench):
    mine = run(bench, lambda work: work.collection("course").id)
    bench.submit("job-2", owner="other")
    hers: list[str] = []

    def handle(request: EchoRequest, work: OwnerWork[Any]) -> EchoResult:
        hers.append(work.collection("course").id)
        return say_back(request, work)

    bench.handle = handle
    bench.deliver(job_id="job-2")

    assert len(hers) == 1
    assert hers != [mine]


# --- waiting ---


def test_who_waits_for_another_job_says_nothing_of_the_engine_and_leaves_nothing(bench: Bench):
    def handle(_request: EchoRequest, work: OwnerWork[Any]) -> EchoResult:
        work.store("half.txt", b"half", mime="text/plain")
        raise NotYetError(ThrottledError.CODE, "Another job comes first.", retry_after_s=7)

    bench.handle = handle
    bench.submit()

    outcome = bench.deliver()

    assert isinstance(outcome, Hidden)
    assert outcome == Hidden(7, "not_yet")
    assert verdict_of_code(outcome.code) is Verdict.NEUTRAL
    assert list(bench.objects.keys("")) == []
    assert (bench.job().status, bench.job().attempt, bench.job().history) == (Status.QUEUED, 0, ())
