"""The checker of the chaos suite finds each defect that is planted, and nothing in a sound system."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ops.audit import Evidence
from ops.memory import MemoryObjectStore
from ops.payloads import ClaimCheck
from schemas.job import Attempt, Job, JobError, Payload, dead_shard
from schemas.status import Status
from tests.chaos import checker
from tests.chaos.jobs import Fate, Planned
from tests.chaos.kinds import noop, rogue, vendor
from tests.conftest import new_job

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import ManualClock

ACCEPTED = {1: "one", 2: "two"}
PLANNED = [
    Planned(number=1, kind="vendor", owner="mina", key="k1", body={}, fate=Fate.SUCCEEDS),
    Planned(number=2, kind="rogue", owner="mina", key="k2", body={}, fate=Fate.DIES),
]
LOST = JobError(code="worker_lost", message="Lost.", retryable=True)


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = {module.KIND.name: module.KIND for module in (noop, vendor, rogue)}
    for module in ("tests.chaos.checker", "ops.audit"):
        monkeypatch.setattr(f"{module}.registry", lambda: kinds)


@pytest.fixture
def sound(clock: ManualClock) -> Evidence:
    objects = MemoryObjectStore()

    def ended(job_id: str, kind: str, status: Status, outcome: str, **fields: object) -> Job:
        line = Attempt(epoch=0, attempt=1, outcome=outcome, at=clock())
        request = Payload(inline={"n": 1 if job_id == "one" else 2})
        shard = dead_shard(kind, job_id) if status is Status.DEAD_LETTERED else None
        closed = {"kind": kind, "status": status, "history": (line,), "open_shard": shard, "next_check_at": None}
        return new_job(job_id, clock, **(closed | {"request": request} | fields))  # type: ignore[arg-type]

    result = Payload(inline={"engine": "vendor", "model": "1", "echo": 1})
    return Evidence(
        jobs={
            "one": ended("one", "vendor", Status.SUCCEEDED, "succeed", result=result, attempt=1),
            "two": ended("two", "rogue", Status.DEAD_LETTERED, "bury", error=LOST, attempt=2),
        },
        objects=objects,
        payloads=ClaimCheck(objects, inline_max_bytes=1024),
        waiting={"vendor": 0},
        dead={"two": {"code": "worker_lost"}},
    )


def changed(evidence: Evidence, job_id: str, **fields: object) -> Evidence:
    jobs = {**evidence.jobs, job_id: evidence.jobs[job_id].model_copy(update=fields)}
    return replace(evidence, jobs=jobs)


def codes(evidence: Evidence, accepted: dict[int, str] = ACCEPTED, *, calls: int = 1) -> set[str]:
    counters = defaultdict(int, {"calls": calls})
    judged = checker.judge(evidence, PLANNED, accepted, counter=lambda _owner, _day, name: counters[name])
    return {finding.code for finding in judged.findings}


def test_a_sound_system_has_no_findings(sound: Evidence):
    assert codes(sound) == set()


def test_a_job_without_its_record_is_lost(sound: Evidence):
    assert codes(replace(sound, jobs={"two": sound.jobs["two"]}), calls=0) == {"accepted_and_lost"}


def test_a_record_that_nobody_was_promised_is_found(sound: Evidence):
    assert codes(sound, {2: "two"}) == {"job_that_nobody_was_promised"}


def test_a_client_without_a_key_may_not_learn_of_its_job(sound: Evidence, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(f"{__name__}.PLANNED", [replace(PLANNED[0], key=None), PLANNED[1]])
    assert codes(sound, {2: "two"}) == set()


def test_two_records_of_one_submission_are_found(sound: Evidence):
    twin = sound.jobs["one"].model_copy(update={"id": "twin"})
    assert "submission_made_two_jobs" in codes(replace(sound, jobs={**sound.jobs, "twin": twin}), calls=2)


@pytest.mark.parametrize("calls", [0, 2])
def test_a_counter_must_equal_the_successes(sound: Evidence, calls: int):
    assert codes(sound, calls=calls) == {"counter_is_wrong"}


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("more_attempts_than_allowed", lambda e: changed(e, "two", attempt=3)),
        ("job_is_another", lambda e: changed(e, "two", owner="jun")),
        ("ended_otherwise", lambda e: changed(e, "one", status=Status.FAILED)),
        ("ended_otherwise", lambda e: changed(e, "two", status=Status.FAILED)),
        (
            "result_of_another_job",
            lambda e: changed(e, "one", result=Payload(inline={"engine": "v", "model": "1", "echo": 7})),
        ),
        ("dead_letter_of_another_reason", lambda e: replace(e, dead={"two": {"code": "asked_to_fail"}})),
        ("dead_letter_missing", lambda e: replace(e, dead={})),
        ("messages_left", lambda e: replace(e, waiting={"vendor": 1})),
        ("job_not_finished", lambda e: changed(e, "two", status=Status.RUNNING)),
    ],
)
def test_a_planted_defect_is_found(sound: Evidence, code: str, change: Callable[[Evidence], Evidence]):
    assert code in codes(change(sound))


@pytest.mark.parametrize(("last", "is_excused"), [("worker_lost", True), ("flaky", False)])
def test_the_weather_may_use_up_all_attempts_and_nothing_else_may(
    sound: Evidence, clock: ManualClock, last: str, *, is_excused: bool
):
    lines = [
        Attempt(epoch=0, attempt=n, outcome="retry" if n < 6 else "dead_letter", at=clock(), code="unavailable")
        for n in range(1, 7)
    ]
    lines[-1] = lines[-1].model_copy(update={"code": last})
    error = LOST.model_copy(update={"code": last})
    dead = changed(sound, "one", status=Status.DEAD_LETTERED, history=tuple(lines), error=error, attempt=6)
    one = dead.jobs["one"]
    dead = changed(dead, "one", open_shard=dead_shard(one.kind, one.id))
    dead = replace(dead, dead={**sound.dead, "one": {"code": last}})

    assert codes(dead, calls=0) == (set() if is_excused else {"ended_otherwise"})


@pytest.mark.parametrize(("unanswered", "found"), [(1, set()), (0, {"object_of_no_job"})])
def test_a_request_is_left_only_where_a_submission_had_no_answer(sound: Evidence, unanswered: int, found: set[str]):
    sound.objects.put("requests/of-nobody.json", b"{}", mime="application/json")
    judged = checker.judge(sound, PLANNED, ACCEPTED, counter=lambda _owner, _day, name: int(name == "calls"))

    assert {finding.code for finding in judged.without_leftovers(unanswered)} == found


def test_a_file_of_a_dead_attempt_is_never_left(sound: Evidence):
    sound.objects.put("vendor/one/0.1/answer.txt", b"", mime="text/plain")

    judged = checker.judge(sound, PLANNED, ACCEPTED, counter=lambda _owner, _day, name: int(name == "calls"))

    assert {finding.code for finding in judged.without_leftovers(100)} == {"object_of_no_job"}
