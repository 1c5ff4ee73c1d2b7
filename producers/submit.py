"""Routes that take jobs in: one for each kind, typed by its request."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Query, Request, Response
from pydantic import AwareDatetime, BeforeValidator

from producers import jobs
from producers.bodies import FORM, json_route
from producers.form_fields import described
from producers.forms import form_reader
from producers.ids import KEY_PATTERN
from producers.problems import ProblemError, responses
from producers.services import OwnerOf, Services, ServicesOf
from producers.submission import Accepted, Submission
from producers.validation import rfc3339
from producers.views import JobSummary, job_path, summarise
from schemas.kind import Request as KindRequest
from schemas.kinds import AnyKind
from schemas.trace import valid_traceparent

IdempotencyKey = Annotated[
    str | None,
    Header(pattern=KEY_PATTERN, description="1 to 255 printable ASCII characters; the same key makes one job"),
]
RunAt = Annotated[
    AwareDatetime | None,
    BeforeValidator(rfc3339),
    Query(
        description="When to start, as RFC 3339 has it, at most a year ahead; now where it is left out. "
        "`+` is `%2B` in a URL.",
        openapi_examples={"later": {"value": "2030-01-01T07:30:00+09:00"}},
    ),
]
TraceParent = Annotated[str | None, Header(description="W3C trace context; kept with the job where it is valid")]

_ACCEPTED_HEADERS = {
    "Location": {"description": "Path of the job", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds until a look at it may pay", "schema": {"type": "integer"}},
    "Idempotency-Replayed": {
        "description": "`true` where the key had made the job before",
        "schema": {"type": "string", "const": "true"},
    },
}


def routes(kinds: Mapping[str, AnyKind]) -> APIRouter:
    """Return a route for every kind; to be added before those of jobs, so that a wrong method is told POST."""
    router = APIRouter(tags=["jobs"])
    for kind in kinds.values():
        _add(router, kind)
    return router


def refusal() -> APIRouter:
    """Return the route of all other kinds; to be added after those of jobs, so that a wrong method is told GET."""
    router = APIRouter()
    router.add_api_route("/v1/jobs/{kind}", _refuse_kind, methods=["POST"], include_in_schema=False)
    return router


def _add(router: APIRouter, kind: AnyKind) -> None:
    router.add_api_route(
        job_path(kind.name),
        _endpoint(kind),
        methods=["POST"],
        status_code=202,
        response_model=JobSummary,
        operation_id=f"submit_{kind.name}",
        summary=kind.summary,
        description=f"Take in a job of the kind `{kind.name}`; it is done once the record and its message are durable.",
        response_description="Accepted: the job will be done",
        responses={
            202: {"headers": _ACCEPTED_HEADERS},
            **responses(
                *("malformed_json", "request_too_large", "unsupported_media_type", "validation_error"),
                *(("malformed_form", "unknown_file") if kind.files else ()),
                *("idempotency_key_reused", "unavailable"),
            ),
        },
        openapi_extra={"requestBody": {"content": {FORM: {"schema": described(kind)}}}} if kind.files else None,
        route_class_override=json_route(kind.request_max_bytes, read_form=form_reader(kind)),
    )


def _endpoint(kind: AnyKind) -> Callable[..., Response]:
    example: Any = {"value": kind.example.model_dump(mode="json", exclude_defaults=True)}

    def submit(  # noqa: PLR0913, PLR0917 - injected by name
        body: KindRequest,
        request: Request,
        services: ServicesOf,
        owner: OwnerOf,
        run_at: RunAt = None,
        idempotency_key: IdempotencyKey = None,
        traceparent: TraceParent = None,
    ) -> Response:
        submission = Submission(
            owner=owner,
            kind=kind,
            request=body,
            idempotency_key=idempotency_key,
            trace=valid_traceparent(traceparent),
            run_at=run_at,
            uploads=getattr(request.state, "uploads", ()),
        )
        accepted = services.submissions.accept(submission)
        request.state.job_id = accepted.job.id
        return _accepted(accepted, services)

    submit.__annotations__["body"] = Annotated[kind.request, Body(openapi_examples={kind.name: example})]
    return submit


def _accepted(accepted: Accepted, services: Services) -> Response:
    job = accepted.job
    headers = {"Location": job_path(job.id), "Cache-Control": "no-store"}
    if not job.status.is_final:
        headers["Retry-After"] = str(jobs.POLL_AFTER_S)
    if accepted.replayed:
        headers["Idempotency-Replayed"] = "true"
    shown = summarise(job, services.kinds).model_dump_json()
    return Response(shown, status_code=202, headers=headers, media_type="application/json")


async def _refuse_kind(services: ServicesOf) -> Any:  # noqa: ANN401 - it returns nothing
    raise ProblemError("unknown_kind", f"The kinds are: {', '.join(services.kinds)}.")
