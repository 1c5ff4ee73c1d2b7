"""Routes that show jobs, lead to their files, and do what their owner wants done with them."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from producers.control import StateError
from producers.ids import is_job_id
from producers.problems import ProblemError, leads_to, responses
from producers.services import OwnerOf, Services, ServicesOf
from producers.views import JobList, JobSummary, JobView, summarise, view
from schemas.errors import MissingObjectError
from schemas.job import Job
from schemas.media import stored_files

#: How long to wait before looking again at a job that is open, in seconds.
POLL_AFTER_S = 1
_NO_STORE = {"Cache-Control": "no-store"}
_UNKNOWN_MIME = "application/octet-stream"

router = APIRouter(tags=["jobs"])


@router.get("/v1/jobs", response_model=JobList, responses=responses("validation_error", "unavailable"))
def list_jobs(
    services: ServicesOf, owner: OwnerOf, limit: Annotated[int, Query(ge=1, le=100, description="How many")] = 20
) -> Response:
    """List the caller's latest jobs, newest first, without their requests and results."""
    found = services.ports.jobs.list_by_owner(owner, limit=limit)
    jobs = JobList(jobs=tuple(summarise(job, services.kinds) for job in found))
    return Response(jobs.model_dump_json(), headers=_NO_STORE, media_type="application/json")


@router.get(
    "/v1/jobs/{job_id}",
    response_model=JobView,
    responses={
        304: {"description": "Not changed since the version that If-None-Match names"},
        **responses("job_not_found", "validation_error", "unavailable"),
    },
)
def show_job(
    job_id: str,
    request: Request,
    services: ServicesOf,
    owner: OwnerOf,
    if_none_match: Annotated[str | None, Header(description="The ETag that the caller has")] = None,
) -> Response:
    """Show a job; while it is open, Retry-After says when to look again."""
    job = _owned(job_id, request, services, owner)
    headers = {**_NO_STORE, **_wait(job), "ETag": _etag(job)}
    if _matches(if_none_match, _etag(job)):
        return Response(status_code=304, headers=headers)
    shown = view(job, services.kinds, services.ports.payloads)
    return Response(shown.model_dump_json(), headers=headers, media_type="application/json")


@router.get(
    "/v1/jobs/{job_id}/result/{name}",
    status_code=307,
    response_class=Response,
    responses={
        **leads_to("The file"),
        **responses("job_not_found", "file_not_found", "not_finished", "validation_error", "unavailable"),
    },
)
def fetch_file(job_id: str, name: str, request: Request, services: ServicesOf, owner: OwnerOf) -> Response:
    """Lead to a file of the job's result."""
    job = _owned(job_id, request, services, owner)
    if not job.status.is_final:
        raise ProblemError("not_finished", "The job has no result yet.", headers=_wait(job))
    if name not in job.files:
        raise ProblemError("file_not_found", "The job's view names the files that it has.")
    url = services.ports.objects.url(
        job.files[name], expires_s=services.result_url_expires_s, filename=name, mime=_mime(job, name, services)
    )
    return Response(status_code=307, headers={**_NO_STORE, "Location": url})


@router.post(
    "/v1/jobs/{job_id}/cancel",
    status_code=202,
    response_model=JobSummary,
    response_description="It is cancelled, or will be at its worker's next checkpoint",
    responses=responses("job_not_found", "already_finished", "validation_error", "unavailable"),
)
def cancel_job(job_id: str, request: Request, services: ServicesOf, owner: OwnerOf) -> Response:
    """Cancel a job: at once while it waits; one that runs is asked to stop. Asking again changes nothing."""
    try:
        job = services.control.cancel(_owned(job_id, request, services, owner))
    except StateError as error:
        raise _conflict(error, "already_finished", "It can't be cancelled any more") from None
    return _changed(job, services)


@router.post(
    "/v1/jobs/{job_id}/redrive",
    status_code=202,
    response_model=JobSummary,
    response_description="It will be done again; `epoch` counts how often",
    responses=responses("job_not_found", "not_redrivable", "validation_error", "unavailable"),
)
def redrive_job(job_id: str, request: Request, services: ServicesOf, owner: OwnerOf) -> Response:
    """Run a job again that has failed or is dead-lettered, with all its attempts."""
    try:
        job = services.control.redrive(_owned(job_id, request, services, owner))
    except StateError as error:
        detail = "Only a job that has failed or is dead-lettered can be run again"
        raise _conflict(error, "not_redrivable", detail) from None
    return _changed(job, services)


def _conflict(error: StateError, code: str, detail: str) -> ProblemError:
    if error.job is None:
        return _not_found()
    return ProblemError(code, f"{detail}: it is {error.job.status}.")


def _changed(job: Job, services: Services) -> Response:
    shown = summarise(job, services.kinds).model_dump_json()
    headers = {**_NO_STORE, **_wait(job)}
    return Response(shown, status_code=202, headers=headers, media_type="application/json")


def _not_found() -> ProblemError:
    return ProblemError("job_not_found", "The caller has no job with this id.")


def _owned(job_id: str, request: Request, services: Services, owner: str) -> Job:
    """Return the caller's job; another's is as good as none."""
    job = services.ports.jobs.get(job_id) if is_job_id(job_id) else None
    if job is None or job.owner != owner:
        raise _not_found()
    request.state.job_id = job.id
    return job


def _wait(job: Job) -> dict[str, str]:
    return {} if job.status.is_final else {"Retry-After": str(POLL_AFTER_S)}


def _etag(job: Job) -> str:
    """Return a weak tag: a version's view can still lose documents whose retention is over."""
    return f'W/"{job.created_at.timestamp():.3f}-{job.version}"'


def _matches(if_none_match: str | None, etag: str) -> bool:
    """Compare weakly, as RFC 9110 section 13.1.2 wants it; proxies may have made a strong tag of it."""
    if if_none_match is None:
        return False
    asked = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return bool(asked & {"*", etag.removeprefix("W/")})


def _mime(job: Job, name: str, services: Services) -> str:
    """Return the file's type as the result says it."""
    try:
        result = services.ports.payloads.load(job.result) if job.result else {}
    except MissingObjectError:
        return _UNKNOWN_MIME
    types = (file.get("mime") for file in stored_files(result) if file["key"] == job.files[name])
    return str(next(types, None) or _UNKNOWN_MIME)
