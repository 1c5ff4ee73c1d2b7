"""What must hold after a storm, read from table, bucket, queues and ledgers."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ops.audit import Finding, audit
from ops.aws.clients import Clients
from ops.aws.dynamodb import DynamoJobStore
from ops.aws.evidence import gather
from ops.payloads import ClaimCheck
from schemas.kinds import registry
from schemas.retention import REQUESTS_PREFIX
from schemas.status import Status
from tests.chaos.handlers.noop import digest
from tests.chaos.jobs import Fate
from tests.chaos.tree import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ops.audit import Evidence
    from ops.settings import Settings
    from schemas.job import Job
    from tests.chaos.jobs import Planned

#: Codes of errors that a storm may end any job with.
WEATHER = frozenset({"unavailable", "worker_lost", "timed_out", "engine_unavailable", "throttled"})


@dataclass(frozen=True)
class Checked:
    """The records by number, and all that is wrong."""

    jobs: Mapping[int, Job]
    findings: tuple[Finding, ...]

    def without_leftovers(self, unanswered: int) -> tuple[Finding, ...]:
        """Return what remains wrong where so many submissions had no 202.

        Each of these may leave a request in the bucket: it is written before the record, and where the record's answer
        is lost, or the API is killed, nobody can know whether a record names it. Its retention removes it.
        """
        left = [finding for finding in self.findings if _is_request(finding)]
        if len(left) > unanswered:
            return self.findings
        return tuple(finding for finding in self.findings if not _is_request(finding))


def _is_request(finding: Finding) -> bool:
    return finding.code == "object_of_no_job" and finding.subject.startswith(f"{REQUESTS_PREFIX}/")


def check(settings: Settings, planned: Sequence[Planned], accepted: Mapping[int, str]) -> Checked:
    """Read everything from AWS and judge it."""
    evidence = gather(settings)
    store = DynamoJobStore(Clients(settings).dynamodb, settings.table_name)
    return judge(evidence, planned, accepted, counter=store.counter)


def judge(
    evidence: Evidence,
    planned: Sequence[Planned],
    accepted: Mapping[int, str],
    *,
    counter: Callable[[str, str, str], int],
) -> Checked:
    """Judge what was read; `counter` reads an owner's counter of a day by its name."""
    jobs = {_number(job, evidence): job for job in evidence.jobs.values()}
    findings = (
        *audit(evidence),
        *_acceptance(evidence, planned, accepted, jobs),
        *(finding for one in planned if one.number in jobs for finding in _job(one, jobs[one.number], evidence)),
        *_counters(counter, evidence),
    )
    return Checked(jobs, findings)


def _number(job: Job, evidence: Evidence) -> int:
    """Return the number in the job's request."""
    assert isinstance(evidence.payloads, ClaimCheck)
    number: int = evidence.payloads.load(job.request)["n"]
    return number


def _acceptance(
    evidence: Evidence, planned: Sequence[Planned], accepted: Mapping[int, str], jobs: Mapping[int, Job]
) -> Iterator[Finding]:
    if len(jobs) != len(evidence.jobs):
        yield Finding("submission_made_two_jobs", f"{len(evidence.jobs)} records of {len(jobs)} submissions")
    without_key = {one.number for one in planned if one.key is None}
    for job_id in accepted.values():
        if job_id not in evidence.jobs:
            yield Finding("accepted_and_lost", job_id)
    for number, job in jobs.items():
        # Without a key a client may not learn of its job, which is none the less done.
        if job.id != accepted.get(number) and (number in accepted or number not in without_key):
            yield Finding("job_that_nobody_was_promised", job.id)
    for job_id, count in Counter(accepted.values()).items():
        if count > 1:
            yield Finding("two_keys_made_one_job", job_id, str(count))


def _job(planned: Planned, job: Job, evidence: Evidence) -> Iterator[Finding]:
    most = registry()[job.kind].max_attempts
    if max([job.attempt, *(line.attempt for line in job.history)]) > most:
        yield Finding("more_attempts_than_allowed", job.id, f"{job.attempt} of {most}")
    if job.kind != planned.kind or job.owner != planned.owner:
        yield Finding("job_is_another", job.id, f"of job {planned.number}")
    if job.status.is_final and job.status != planned.fate.value and not _excused(job, planned):
        yield Finding("ended_otherwise", job.id, f"{planned.fate} expected, {job.status}: {_story(job)}")
    if job.status is Status.SUCCEEDED and job.kind in KINDS:
        yield from _result(planned, job, evidence.payloads)
    if job.status is Status.DEAD_LETTERED and evidence.dead.get(job.id, {}).get("code") != (
        job.error and job.error.code
    ):
        yield Finding("dead_letter_of_another_reason", job.id, str(evidence.dead.get(job.id)))


def _excused(job: Job, planned: Planned) -> bool:
    """Whether the weather alone has used up all attempts of a job that would have ended otherwise."""
    if planned.fate is Fate.DIES or job.status is not Status.DEAD_LETTERED:
        return False
    codes = [line.code for line in job.history if line.epoch == job.epoch and line.outcome != "hand_back"]
    return len(codes) >= registry()[job.kind].max_attempts and WEATHER.issuperset(code or "none" for code in codes)


def _story(job: Job) -> str:
    return ", ".join(f"{line.attempt} {line.outcome} {line.code or ''}".strip() for line in job.history)


def _result(planned: Planned, job: Job, payloads: object) -> Iterator[Finding]:
    assert isinstance(payloads, ClaimCheck)
    if job.result is None:
        return  # the audit says so
    said = payloads.load(job.result)
    right = said.get("digest") == digest(planned.number) if job.kind == "noop" else said.get("echo") == planned.number
    if not right:
        yield Finding("result_of_another_job", job.id, str(said)[:200])


def _counters(counter: Callable[[str, str, str], int], evidence: Evidence) -> Iterator[Finding]:
    """Compare each owner's counters with the successes that they count."""
    expected: dict[tuple[str, str], int] = defaultdict(int)
    days: set[str] = set()
    for job in evidence.jobs.values():
        days.add((job.finished_at or job.updated_at).date().isoformat())
        for name, by in registry()[job.kind].counters.items():
            expected[job.owner, name] += by * (job.status is Status.SUCCEEDED)
    for (owner, name), count in sorted(expected.items()):
        found = sum(counter(owner, day, name) for day in days)
        if found != count:
            yield Finding("counter_is_wrong", f"{owner} {name}", f"{found}, and {count} succeeded")
