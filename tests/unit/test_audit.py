"""The audit finds each defect that is planted, and nothing in a sound system."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ops.audit import MEANINGS, Evidence, audit
from ops.memory import MemoryObjectStore
from ops.payloads import ClaimCheck
from schemas.files import upload_key
from schemas.job import Attempt, CountAfter, Job, Payload, dead_shard
from schemas.status import Status
from tests.conftest import new_job

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import ManualClock

SOUND = b"ID3 sound"
COUNT = CountAfter(name="n", by=1, day="2026-11-21")
KEY = "tts/good/0.1/speech.mp3"
RESULT = {
    "engine": "espeak-ng",
    "model": "1.52",
    "audio": {
        "key": KEY,
        "mime": "audio/mpeg",
        "bytes": len(SOUND),
        "sha256": hashlib.sha256(SOUND).hexdigest(),
        "duration_ms": 10,
        "sample_rate_hz": 24000,
    },
    "marks": [],
    "voice": "v",
    "language": "en-US",
    "characters": 5,
}


def ended(clock: ManualClock, job_id: str, outcome: str, status: Status, **fields: object) -> Job:
    line = Attempt(epoch=0, attempt=1, outcome=outcome, at=clock())
    closed: dict[str, object] = {"status": status, "history": (line,), "open_shard": None, "next_check_at": None}
    return new_job(job_id, clock, **(closed | fields))  # type: ignore[arg-type]


@pytest.fixture
def sound(clock: ManualClock) -> Evidence:
    objects = MemoryObjectStore()
    objects.put(KEY, SOUND, mime="audio/mpeg")
    good = ended(clock, "good", "succeed", Status.SUCCEEDED, result=Payload(inline=RESULT), files={"speech.mp3": KEY})
    dead = ended(clock, "dead", "dead_letter", Status.DEAD_LETTERED, open_shard=dead_shard("tts", "dead"))
    return Evidence(
        jobs={"good": good, "dead": dead},
        objects=objects,
        payloads=ClaimCheck(objects, inline_max_bytes=1024),
        waiting={"tts": 0},
        dead={"dead": {"code": "engine_crashed"}},
    )


def with_good(evidence: Evidence, **changes: object) -> Evidence:
    return replace(evidence, jobs={**evidence.jobs, "good": evidence.jobs["good"].model_copy(update=changes)})


def with_object(evidence: Evidence, key: str, data: bytes) -> Evidence:
    evidence.objects.put(key, data, mime="x")
    return evidence


def without_object(evidence: Evidence) -> Evidence:
    evidence.objects.delete([KEY])
    return evidence


def unlisted(evidence: Evidence) -> Evidence:
    dead = evidence.jobs["dead"].model_copy(update={"open_shard": None})
    return replace(evidence, jobs={**evidence.jobs, "dead": dead})


def twice(evidence: Evidence) -> Evidence:
    return with_good(evidence, history=evidence.jobs["good"].history * 2)


def test_a_sound_system_has_no_findings(sound: Evidence):
    assert list(audit(sound)) == []


def test_a_job_that_ended_once_in_each_epoch_is_sound(sound: Evidence):
    good = sound.jobs["good"]
    (line,) = good.history
    before = line.model_copy(update={"outcome": "dead_letter"})

    redriven = with_good(sound, epoch=1, history=(before, line.model_copy(update={"epoch": 1})))

    assert list(audit(redriven)) == []


def test_a_job_that_was_cancelled_before_any_attempt_is_sound(sound: Evidence, clock: ManualClock):
    cancelled = ended(clock, "cancelled", "stop", Status.CANCELLED, history=())

    assert list(audit(replace(sound, jobs={**sound.jobs, "cancelled": cancelled}))) == []


def test_documents_in_the_bucket_belong_to_their_job(sound: Evidence):
    with_object(sound, "requests/good.json", b"{}")
    with_object(sound, "tts/good/0.1/result.json", json.dumps(RESULT).encode())

    large = with_good(sound, request=Payload(key="requests/good.json"), result=Payload(key="tts/good/0.1/result.json"))

    assert list(audit(large)) == []


def redriven(evidence: Evidence) -> Evidence:
    """The good job was dead-lettered in epoch 0 and run again; its dead letter stays."""
    line = evidence.jobs["good"].history[0]
    died = line.model_copy(update={"outcome": "bury"})
    good = with_good(evidence, epoch=1, history=(died, line.model_copy(update={"epoch": 1})))
    return replace(good, dead={**evidence.dead, "good": {"code": "c", "epoch": 0}})


def dead_again(evidence: Evidence, *, letter_of: int) -> Evidence:
    """The dead job was run again and died again; its latest dead letter is of this epoch."""
    dead = evidence.jobs["dead"]
    again = dead.history[0].model_copy(update={"epoch": 1})
    job = dead.model_copy(update={"epoch": 1, "history": (*dead.history, again)})
    return replace(evidence, jobs={**evidence.jobs, "dead": job}, dead={"dead": {"code": "c", "epoch": letter_of}})


def test_an_upload_belongs_to_its_owner_and_to_no_job(sound: Evidence):
    sound.objects.put(upload_key("audio:" + "5f" * 16, "mina"), SOUND, mime="audio/webm")

    assert list(audit(sound)) == []


def test_the_dead_letter_of_an_epoch_that_was_redriven_may_stay(sound: Evidence):
    assert list(audit(redriven(sound))) == []
    assert list(audit(dead_again(sound, letter_of=1))) == []


@pytest.mark.parametrize(
    ("plant", "code"),
    [
        (lambda e: with_good(e, status=Status.RUNNING), "job_not_finished"),
        (lambda e: with_good(e, open_shard="tts#0"), "job_still_open"),
        (lambda e: with_good(e, after={"n": COUNT}), "job_still_open"),
        (unlisted, "dead_letter_not_listed"),
        (twice, "ended_more_or_less_than_once"),
        (lambda e: with_good(e, history=()), "ended_more_or_less_than_once"),
        (lambda e: with_good(e, result=None), "result_missing"),
        (lambda e: with_good(e, result=Payload(inline={})), "result_unreadable"),
        (lambda e: with_good(e, result=Payload(key="tts/gone")), "result_unreadable"),
        (lambda e: with_good(e, files={}), "file_not_recorded"),
        (without_object, "file_missing"),
        (lambda e: with_object(e, KEY, b"another"), "file_is_another"),
        (lambda e: with_object(e, KEY, SOUND[::-1]), "file_is_another"),
        (lambda e: with_object(e, "tts/nobody/0.1/speech.mp3", b"x"), "object_of_no_job"),
        (lambda e: with_object(e, "requests/nobody.json", b"{}"), "object_of_no_job"),
        (lambda e: replace(e, waiting={"tts": 1}), "messages_left"),
        (lambda e: replace(e, dead={}), "dead_letter_missing"),
        (lambda e: replace(e, dead={**e.dead, "good": {"code": "c"}}), "dead_letter_of_no_dead_job"),
        (lambda e: replace(e, dead={"dead": {}}), "dead_letter_without_reason"),
        (lambda e: replace(e, dead={**e.dead, "good": {"code": "c", "epoch": 0}}), "dead_letter_of_no_dead_job"),
        (lambda e: replace(e, dead={"dead": {"code": "c", "epoch": 1}}), "dead_letter_of_no_dead_job"),
        (lambda e: replace(e, dead={**e.dead, "nobody": {"code": "c", "epoch": 0}}), "dead_letter_of_no_dead_job"),
        (lambda e: with_good(redriven(e), history=e.jobs["good"].history), "dead_letter_of_no_dead_job"),
        (lambda e: dead_again(e, letter_of=0), "dead_letter_missing"),
    ],
)
def test_a_planted_defect_is_found(sound: Evidence, plant: Callable[[Evidence], Evidence], code: str):
    found = {finding.code for finding in audit(plant(sound))}

    assert code in found
    assert found <= MEANINGS.keys()
