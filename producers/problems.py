"""What the API answers when it does not do what was asked: RFC 9457 problem details with a stable code.

https://www.rfc-editor.org/rfc/rfc9457. No problem holds any value that the caller sent; the name of an unknown
field is shown if it looks like a name, so that a misspelling can be seen (`producers.validation`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import HTTPException
from fastapi.responses import Response

from schemas.model import Model

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MEDIA_TYPE = "application/problem+json"

#: Every code, with its HTTP status and title.
CODES: Mapping[str, tuple[int, str]] = {
    "malformed_json": (400, "The body is not JSON"),
    "malformed_form": (400, "The body is not a form that is taken here"),
    "unidentified": (401, "The caller is not identified"),
    "not_found": (404, "There is nothing here"),
    "unknown_kind": (404, "There is no such kind of job"),
    "job_not_found": (404, "There is no such job"),
    "collection_not_found": (404, "There is no such collection or document"),
    "conversation_not_found": (404, "There is no such conversation"),
    "image_not_found": (404, "There is no such picture"),
    "file_not_found": (404, "The job has no such file"),
    "method_not_allowed": (405, "The method is not allowed here"),
    "not_finished": (409, "The job is not finished"),
    "already_finished": (409, "The job is over already"),
    "not_redrivable": (409, "The job cannot be run again"),
    "request_too_large": (413, "The body is too large"),
    "unsupported_media_type": (415, "The body is not of a type that is taken here"),
    "validation_error": (422, "The request is not valid"),
    "unknown_file": (422, "The request names a file that is not there"),
    "idempotency_key_reused": (422, "The idempotency key was used for another request"),
    "internal_error": (500, "The request failed"),
    "unavailable": (503, "A service behind this one is out of reach"),
}


class FieldError(Model):
    """What is wrong with one field."""

    field: str
    """JSON path within the body, for example `marks[0]`, or the header's or parameter's name; empty for the body."""
    message: str
    code: str
    """The rule that it breaks, for example `string_too_short`."""


class Problem(Model):
    """A problem as it is sent."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: tuple[FieldError, ...] | None = None
    instance: str | None = None
    """Names this occurrence in the log."""


class ProblemError(HTTPException):
    """Ends a request with a problem."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        errors: Sequence[FieldError] | None = None,
        headers: Mapping[str, str] | None = None,
        instance: str | None = None,
    ) -> None:
        status, title = CODES[code]
        super().__init__(status, detail, headers)
        self.problem = Problem(
            type=f"urn:sayline:problem:{code}",
            title=title,
            status=status,
            detail=detail,
            code=code,
            errors=tuple(errors) if errors is not None else None,
            instance=instance,
        )


def respond(error: ProblemError) -> Response:
    """Return the problem as a response; never to be cached."""
    body = error.problem.model_dump_json(exclude_none=True)
    headers = {"Cache-Control": "no-store", **(error.headers or {})}
    return Response(body, status_code=error.status_code, headers=headers, media_type=MEDIA_TYPE)


def responses(*codes: str) -> dict[int | str, dict[str, Any]]:
    """Return what OpenAPI says about these problems, by status."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    by_status: dict[int | str, dict[str, Any]] = {}
    for code in (*codes, "internal_error"):
        status, _ = CODES[code]
        said = by_status.setdefault(status, {"description": "", "content": content})
        said["description"] = " or ".join(filter(None, (said["description"], f"`{code}`")))
    return by_status


def leads_to(file: str) -> dict[int | str, dict[str, Any]]:
    """Describe an answer that leads to a file by a presigned URL."""
    location = {"description": "A presigned URL", "schema": {"type": "string"}}
    return {307: {"description": f"{file} is at Location, for a while", "headers": {"Location": location}}}
