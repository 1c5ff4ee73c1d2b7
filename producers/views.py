"""What a client sees of a job: no lease, no owner, no keys of ours but those that a result itself names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import AwareDatetime, Field

from schemas.errors import MissingObjectError
from schemas.job import JsonObject, Progress
from schemas.model import Model
from schemas.status import Status
from schemas.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemas.job import Job, Payload
    from schemas.kinds import AnyKind
    from schemas.ports import Payloads


class Links(Model):
    """Where to go from here."""

    self: str
    """The job."""


class ErrorView(Model):
    """Why the latest attempt, or the job, did not succeed."""

    code: str
    message: str
    retryable: bool


class AttemptView(Model):
    """How one attempt ended."""

    epoch: int
    attempt: int
    outcome: str
    code: str | None
    """The error's code, where it was one."""
    at: AwareDatetime


class JobSummary(Model):
    """A job without its documents."""

    id: str
    kind: str
    status: Status
    attempt: int
    """Attempts begun."""
    max_attempts: int | None
    """How many there are at most; null for a kind that is no more."""
    epoch: int
    """How many times an operator has started it anew."""
    cancel_requested: bool
    """Whether its worker was asked to stop it."""
    progress: Progress | None
    """How far the attempt that runs has come; null where nothing runs, or has not said so yet."""
    created_at: AwareDatetime
    updated_at: AwareDatetime
    due_at: AwareDatetime | None
    """When it is to start; null once it has, or where it was not asked for later."""
    started_at: AwareDatetime | None
    """When the latest attempt began."""
    finished_at: AwareDatetime | None
    error: ErrorView | None
    engine: str | None
    model: str | None
    usage: Usage | None
    files: dict[str, str]
    """The result's files: name to where it is."""
    links: Links


class JobView(JobSummary):
    """A job with its request and, once it has succeeded, its result."""

    request: JsonObject | None
    request_expired: bool
    """Whether the request is no longer kept; it is null then."""
    result: JsonObject | None
    """As the kind's result model says; null until the job has succeeded."""
    result_expired: bool
    """Whether the result is no longer kept, or its owner has deleted it; it is null then."""
    history: tuple[AttemptView, ...]


class JobList(Model):
    """The caller's latest jobs, newest first."""

    jobs: tuple[JobSummary, ...]


class FileView(Model):
    """A field that names a file."""

    media: str
    """Which sort of file."""
    max_bytes: int


class KindView(Model):
    """A kind of job."""

    name: str
    summary: str
    request_schema: JsonObject
    """JSON Schema of the request."""
    example: JsonObject
    request_max_bytes: int
    files: dict[str, FileView]
    """Fields of the request that name a file, which a multipart form may bring in their place."""
    timeout_s: int
    """Longest time that one attempt may run."""
    max_attempts: int
    links: dict[str, str] = Field(default_factory=dict)


class KindList(Model):
    """The kinds of jobs that there are."""

    kinds: tuple[KindView, ...]


def job_path(job_id: str) -> str:
    """Return the path of a job."""
    return f"/v1/jobs/{job_id}"


def summarise(job: Job, kinds: Mapping[str, AnyKind]) -> JobSummary:
    """Return the job without its documents."""
    return JobSummary(**_summary(job, kinds))


def view(job: Job, kinds: Mapping[str, AnyKind], payloads: Payloads) -> JobView:
    """Return the job with its documents, those in the bucket too."""
    request, request_expired = _document(job.request, payloads)
    result, result_expired = _document(job.result if job.status is Status.SUCCEEDED else None, payloads)
    result_expired |= job.forgotten_at is not None
    return JobView(
        **_summary(job, kinds),
        request=request,
        request_expired=request_expired,
        result=result,
        result_expired=result_expired,
        history=tuple(
            AttemptView(epoch=line.epoch, attempt=line.attempt, outcome=line.outcome, code=line.code, at=line.at)
            for line in job.history
        ),
    )


def kind_view(kind: AnyKind) -> KindView:
    """Return what a client needs to know about a kind."""
    return KindView(
        name=kind.name,
        summary=kind.summary,
        request_schema=kind.request.model_json_schema(),
        example=kind.example.model_dump(mode="json", exclude_defaults=True),
        request_max_bytes=kind.request_max_bytes,
        files={name: FileView(media=file.media, max_bytes=file.max_bytes) for name, file in kind.files.items()},
        timeout_s=kind.timeout_s,
        max_attempts=kind.max_attempts,
        links={"submit": job_path(kind.name)},
    )


def _summary(job: Job, kinds: Mapping[str, AnyKind]) -> dict[str, Any]:
    error, kind = job.error, kinds.get(job.kind)
    return {
        "id": job.id,
        "kind": job.kind,
        "status": job.status,
        "attempt": job.attempt,
        "max_attempts": kind.max_attempts if kind else None,
        "epoch": job.epoch,
        "cancel_requested": job.cancel_requested,
        "progress": job.progress,
        "created_at": job.created_at,
        "updated_at": job.updated_at,
        "due_at": job.due_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "error": ErrorView(code=error.code, message=error.message, retryable=error.retryable) if error else None,
        "engine": job.engine,
        "model": job.model,
        "usage": job.usage,
        "files": {name: f"{job_path(job.id)}/result/{name}" for name in job.files},
        "links": Links(self=job_path(job.id)),
    }


def _document(payload: Payload | None, payloads: Payloads) -> tuple[JsonObject | None, bool]:
    """Return the document, and whether it is gone."""
    if payload is None:
        return None, False
    try:
        return payloads.load(payload), False
    except MissingObjectError:
        return None, True
