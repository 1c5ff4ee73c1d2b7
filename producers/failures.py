"""Every exception that a route lets out, as the problem that the caller sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from producers.files import UnusableFilesError
from producers.head import with_head
from producers.problems import FieldError, ProblemError, respond
from producers.submission import KeyReusedError, NotInTimeError
from producers.validation import field_errors
from schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import FastAPI, Request
    from fastapi.responses import Response

#: When to try again after a 503, in seconds; AWS's clients have retried for longer than this already.
RETRY_AFTER_S = 2

_NOT_IN_TIME = {"in_the_past": "Should be in the future", "too_far_ahead": "Should be within a year"}

#: What the framework itself answers with, by status.
_FRAMEWORK = {
    400: ("malformed_json", "The body could not be read as JSON."),
    404: ("not_found", "No resource has this path."),
    405: ("method_not_allowed", "The header Allow names the methods that this resource takes."),
}

log = structlog.get_logger(__name__)


def install(app: FastAPI) -> None:
    """Have the app answer with problems; what is not named here is a defect and ends in `producers.access`."""
    app.add_exception_handler(ProblemError, _problem)
    app.add_exception_handler(HTTPException, _framework)
    app.add_exception_handler(RequestValidationError, _invalid)
    for error in (KeyReusedError, NotInTimeError, UnusableFilesError, UnavailableError):
        app.add_exception_handler(error, _told)


async def _problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)  # noqa: S101 - registered for this type alone
    return respond(error)


async def _framework(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    if error.status_code not in _FRAMEWORK:
        raise error
    code, detail = _FRAMEWORK[error.status_code]
    headers = {name: with_head(value) if name == "Allow" else value for name, value in (error.headers or {}).items()}
    return respond(ProblemError(code, detail, headers=headers))


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    return respond(invalid(field_errors(error.errors())))


async def _told(_: Request, error: Exception) -> Response:
    return respond(told(error))


def invalid(errors: Sequence[FieldError]) -> ProblemError:
    """Return the problem of fields that are not valid."""
    detail = f"{len(errors)} {'field is' if len(errors) == 1 else 'fields are'} not valid."
    return ProblemError("validation_error", detail, errors=errors)


def told(error: Exception) -> ProblemError:
    """Return the problem of a submission that came to nothing.

    Raises:
        Exception: the error itself, where no caller is to be told of it.
    """
    match error:
        case KeyReusedError():
            detail = "This Idempotency-Key came with another request before. Send a new key with a new request."
            return ProblemError("idempotency_key_reused", detail)
        case NotInTimeError():
            return invalid([FieldError(field="run_at", message=_NOT_IN_TIME[error.code], code=error.code)])
        case UnusableFilesError():
            return _unusable(error)
        case UnavailableError():
            log.warning("service_unavailable", service=error.service, reason=error.reason)
            detail = "Nothing was promised. Try again: with the same Idempotency-Key, that makes one job."
            return ProblemError("unavailable", detail, headers={"Retry-After": str(RETRY_AFTER_S)})
    raise error


def _unusable(error: UnusableFilesError) -> ProblemError:
    if all(one.code != "unknown_file" for one in error.errors):
        return invalid(error.errors)
    detail = "Upload it, or name the file of a job that has succeeded; both are kept for a while only."
    return ProblemError("unknown_file", detail, errors=error.errors)
