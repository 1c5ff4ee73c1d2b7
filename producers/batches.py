"""The route that takes many jobs in with one request."""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Body, Response
from pydantic import Field, ValidationError

from producers.bodies import json_route
from producers.failures import invalid, told
from producers.problems import CODES, Problem, ProblemError, responses
from producers.services import OwnerOf, Services, ServicesOf
from producers.submission import Accepted, Answer, Submission
from producers.submit import IdempotencyKey, TraceParent
from producers.validation import field_errors
from producers.views import JobSummary, summarise
from schemas.errors import UnavailableError
from schemas.job import JsonObject
from schemas.kinds import AnyKind
from schemas.model import Model
from schemas.trace import valid_traceparent

#: Jobs of one request.
LARGEST = 25
MAX_BYTES = 2 * 1024 * 1024


class BatchItem(Model):
    """One job of a batch, as it would be asked for alone."""

    kind: Annotated[str, Field(min_length=1, max_length=40)]
    request: JsonObject
    """As the kind's own route takes it."""


class Batch(Model):
    """Jobs that are asked for together; each stands for itself."""

    jobs: Annotated[tuple[BatchItem, ...], Field(min_length=1, max_length=LARGEST)]


class BatchAnswer(Model):
    """What became of one job of a batch: a job, or a problem."""

    status: int
    """The HTTP status that it would have got alone; 202 where it was accepted."""
    job: JobSummary | None = None
    replayed: bool = False
    """Whether the batch's key had made it before."""
    problem: Problem | None = None


class BatchView(Model):
    """What became of a batch, in the order in which its jobs were asked for."""

    jobs: tuple[BatchAnswer, ...]


def routes(kinds: Mapping[str, AnyKind]) -> APIRouter:
    """Return the route of batches, with an example of every kind."""
    router = APIRouter(tags=["jobs"])
    router.add_api_route(
        "/v1/batches",
        _endpoint(kinds),
        methods=["POST"],
        status_code=202,
        response_model=BatchView,
        operation_id="submit_batch",
        summary="Submit many jobs",
        description=f"Take in up to {LARGEST} jobs of any kinds. Each is accepted or refused by itself: look at each "
        "answer. With an Idempotency-Key, the same batch again makes no job twice.",
        response_description="What became of each",
        responses=responses(
            "malformed_json", "request_too_large", "unsupported_media_type", "validation_error", "unavailable"
        ),
        route_class_override=json_route(MAX_BYTES),
    )
    return router


def _endpoint(kinds: Mapping[str, AnyKind]) -> Callable[..., Response]:
    asked = [
        {"kind": k.name, "request": k.example.model_dump(mode="json", exclude_defaults=True)} for k in kinds.values()
    ]
    example: Any = {"value": {"jobs": asked[:LARGEST]}}

    def submit_batch(
        body: Batch,
        services: ServicesOf,
        owner: OwnerOf,
        idempotency_key: IdempotencyKey = None,
        traceparent: TraceParent = None,
    ) -> Response:
        trace = valid_traceparent(traceparent)
        asked = [
            _submission(item, services, owner, key=_item_key(idempotency_key, number), trace=trace)
            for number, item in enumerate(body.jobs)
        ]
        answers = iter(services.submissions.submit_many([one for one in asked if isinstance(one, Submission)]))
        return _answered([next(answers) if isinstance(one, Submission) else one for one in asked], services)

    submit_batch.__annotations__["body"] = Annotated[Batch, Body(openapi_examples={"every kind": example})]
    return submit_batch


def _item_key(key: str | None, number: int) -> str | None:
    """Return the key of one job of a batch: no caller can send one with a line break."""
    return None if key is None else f"{key}\n{number}"


def _submission(
    item: BatchItem, services: Services, owner: str, *, key: str | None, trace: str | None
) -> Submission | ProblemError:
    """Return what is asked for, or the problem that the kind's own route would answer with."""
    kind = services.kinds.get(item.kind)
    if kind is None:
        return ProblemError("unknown_kind", f"The kinds are: {', '.join(services.kinds)}.")
    size = len(json.dumps(item.request, ensure_ascii=False, separators=(",", ":")).encode())
    if size > kind.request_max_bytes:
        return ProblemError("request_too_large", f"This kind takes at most {kind.request_max_bytes} bytes.")
    try:
        request = kind.request.model_validate(item.request)
    except ValidationError as error:
        return invalid(field_errors({**e, "loc": ("body", *e["loc"])} for e in error.errors(include_input=False)))
    return Submission(owner=owner, kind=kind, request=request, idempotency_key=key, trace=trace)


def _answered(answers: list[Answer | ProblemError], services: Services) -> Response:
    """Return the answer to a batch; that nothing at all could be done is an answer to the whole.

    Raises:
        UnavailableError: no job was accepted, all for want of AWS.
    """
    if all(isinstance(answer, UnavailableError) for answer in answers):
        raise UnavailableError("AWS", "no job of a batch was accepted")
    shown = BatchView(jobs=tuple(_shown(answer, services) for answer in answers))
    return Response(
        shown.model_dump_json(), status_code=202, headers={"Cache-Control": "no-store"}, media_type="application/json"
    )


def _shown(answer: Answer | ProblemError, services: Services) -> BatchAnswer:
    if isinstance(answer, Accepted):
        return BatchAnswer(status=202, job=summarise(answer.job, services.kinds), replayed=answer.replayed)
    problem = (answer if isinstance(answer, ProblemError) else told(answer)).problem
    return BatchAnswer(status=CODES[problem.code][0], problem=problem)
