"""The audit: whether records, objects and queues of a quiet system agree, read from AWS itself.

Each finding is a defect: a job lost or doubled, a result that isn't what its record says, an object or message that
belongs to nothing. Meant for a system at rest; a job that still moves is a finding, too.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from ops.audit_conversations import conversations
from ops.audit_images import images
from ops.evidence import Evidence, Finding
from schemas.errors import MissingObjectError
from schemas.job import dead_shard
from schemas.kinds import registry
from schemas.media import stored_files
from schemas.retention import REQUESTS_PREFIX
from schemas.status import TRANSITIONS, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from schemas.job import Job
    from schemas.ports import ObjectStore


__all__ = ["MEANINGS", "Evidence", "Finding", "audit"]

#: What each finding means, for the one who has to do something about it.
MEANINGS: Mapping[str, str] = {
    "job_not_finished": "it still moves; look again later, or see why it is stuck",
    "job_still_open": "what follows its end is not done; the clock does it within minutes",
    "ended_more_or_less_than_once": "its history does not have one end in this epoch",
    "result_missing": "it succeeded and has no result",
    "result_unreadable": "its result is gone, or not as its kind says",
    "file_not_recorded": "its result describes a file that its record does not name",
    "file_missing": "a file of its result is gone; its retention may be over",
    "file_is_another": "a file is not the one that its result describes",
    "history_missing": "what was said in a conversation is gone",
    "turns_disagree": "the turns of a conversation are not those that its head counts",
    "turn_missing": "a job has answered a turn that its conversation does not have",
    "image_missing": "a picture is not found by its owner; its retention may be over",
    "image_is_another": "a picture is found that is not the one its job has made",
    "image_of_no_job": "a picture is found that no job has made, or was deleted by half; delete it again",
    "object_of_no_conversation": "left by an attempt that died while its conversation was deleted; delete it",
    "object_of_no_job": "no record names it: left by a lost record or a dead attempt; its retention removes it",
    "messages_left": "messages are on the queue; copies go within half a minute",
    "dead_letter_not_listed": "a dead-lettered job is not in the index that `sayline dlq` reads",
    "dead_letter_missing": "a dead-lettered job has no message in the dead-letter queue",
    "dead_letter_of_no_dead_job": "a message in the dead-letter queue is of no dead job; `sayline dlq purge`",
    "dead_letter_without_reason": "a message in the dead-letter queue does not say why",
}


def audit(evidence: Evidence) -> Iterator[Finding]:
    """Yield all findings, records first."""
    for job in evidence.jobs.values():
        yield from _record(job)
        if job.status is Status.SUCCEEDED:
            yield from _result(job, evidence)
    yield from _strays(evidence)
    yield from conversations(evidence)
    yield from images(evidence)
    yield from _queues(evidence)


def _record(job: Job) -> Iterator[Finding]:
    if not job.status.is_final:
        yield Finding("job_not_finished", job.id, job.status)
        return
    if job.is_open or (job.open_shard and not job.is_indexed):
        yield Finding("job_still_open", job.id, ", ".join(job.after))
    if job.is_indexed and not job.is_open and job.open_shard != dead_shard(job.kind, job.id):
        yield Finding("dead_letter_not_listed", job.id)
    endings = [line for line in job.history if line.epoch == job.epoch and TRANSITIONS[line.outcome].target.is_final]
    if job.status is not Status.CANCELLED and len(endings) != 1:
        yield Finding("ended_more_or_less_than_once", job.id, f"{len(endings)} endings in epoch {job.epoch}")


def _result(job: Job, evidence: Evidence) -> Iterator[Finding]:
    if job.forgotten_at:
        return
    if job.result is None:
        yield Finding("result_missing", job.id)
        return
    try:
        document = evidence.payloads.load(job.result)
        registry()[job.kind].result.of_stored(document)
    except (MissingObjectError, ValueError) as error:
        yield Finding("result_unreadable", job.id, type(error).__name__)
        return
    described = {entry["key"]: entry for entry in stored_files(document)}
    recorded = set(job.files.values())
    for key in described.keys() - recorded:
        yield Finding("file_not_recorded", job.id, key)
    for key in recorded:
        yield from _file(job, key, described.get(key), evidence.objects)


def _file(job: Job, key: str, description: Mapping[str, Any] | None, objects: ObjectStore) -> Iterator[Finding]:
    try:
        data = objects.get(key)
    except MissingObjectError:
        yield Finding("file_missing", job.id, key)
        return
    found = (len(data), hashlib.sha256(data).hexdigest())
    if description and found != (description["bytes"], description["sha256"]):
        yield Finding("file_is_another", job.id, key)


def _strays(evidence: Evidence) -> Iterator[Finding]:
    """Find objects that no record names; uploads are not among those that one has to."""
    named = {key for job in evidence.jobs.values() for key in _named(job)}
    for prefix in (*registry(), REQUESTS_PREFIX):
        for key in evidence.objects.keys(f"{prefix}/"):
            if key not in named:
                yield Finding("object_of_no_job", key)


def _named(job: Job) -> Iterator[str]:
    yield from job.files.values()
    yield from (payload.key for payload in (job.request, job.result) if payload and payload.key)


def _queues(evidence: Evidence) -> Iterator[Finding]:
    for kind, count in evidence.waiting.items():
        if count:
            yield Finding("messages_left", kind, str(count))
    for job in evidence.jobs.values():
        reason = evidence.dead.get(job.id)
        if job.status is Status.DEAD_LETTERED and (reason is None or _epoch(reason, job) < job.epoch):
            yield Finding("dead_letter_missing", job.id)
    for job_id, reason in evidence.dead.items():
        if not _was_dead(evidence.jobs.get(job_id), reason):
            yield Finding("dead_letter_of_no_dead_job", job_id)
        if not reason.get("code"):
            yield Finding("dead_letter_without_reason", job_id)


def _was_dead(job: Job | None, reason: Mapping[str, Any]) -> bool:
    """Whether the job died in the epoch of its dead letter, which stays behind when the job is redriven."""
    if job is None or _epoch(reason, job) == job.epoch:
        return job is not None and job.status is Status.DEAD_LETTERED
    outcomes = {line.outcome for line in job.history if line.epoch == _epoch(reason, job)}
    return any(TRANSITIONS[outcome].target is Status.DEAD_LETTERED for outcome in outcomes)


def _epoch(reason: Mapping[str, Any], job: Job) -> int:
    """Return the epoch that a dead letter is of; one that doesn't say is of the present one."""
    return int(reason.get("epoch", job.epoch))
