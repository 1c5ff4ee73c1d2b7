"""How Anthropic is reached, and what its errors mean.

https://platform.claude.com/docs/en/api/errors
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

import anthropic
import httpx2

from schemas.errors import EngineUnavailableError, PermanentError, ThrottledError, WorkError
from workers.engines.anthropic.options import NAME
from workers.engines.retry_after import asked_s

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.engines.anthropic.options import AnthropicOptions

_CONNECT_TIMEOUT_S = 3.0
_TOO_MANY_REQUESTS, _TOO_LARGE = 429, 413
_PAYMENT_REQUIRED, _NOT_FOUND = 402, 404
_KEY_REFUSED = frozenset({401, 403})
#: Request time-out and conflict, which the SDK itself would try again.
_PASSING = frozenset({408, 409})
_SERVER_ERRORS = 500
#: An error within a stream has no status but its type.
_STATUSES = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": _PAYMENT_REQUIRED,
    "permission_error": 403,
    "not_found_error": _NOT_FOUND,
    "conflict_error": 409,
    "request_too_large": _TOO_LARGE,
    "rate_limit_error": _TOO_MANY_REQUESTS,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
_TOO_LONG = re.compile(r"prompt is too long|exceed(s|ed)? (the )?(model's )?context (limit|window)", re.IGNORECASE)
_NO_CREDIT = "credit balance is too low"


def connect(options: AnthropicOptions) -> anthropic.Anthropic:
    """Make a client with one try per call, to be used by the process that makes it, from any of its threads.

    Raises:
        UnresolvedSecretError, TransientError: the key can't be read.
    """
    key = options.api_key.resolve().get_secret_value()
    return anthropic.Anthropic(api_key=key, base_url=options.base_url, max_retries=0)


def time_out(seconds: float) -> anthropic.Timeout:
    """Return a time-out: how long the server may be silent, and a connection may take to be made."""
    return anthropic.Timeout(seconds, connect=_CONNECT_TIMEOUT_S)


@contextmanager
def translated() -> Iterator[None]:
    """Turn the SDK's errors into those that engines let out. Their messages may quote the prompt: they are left out.

    Raises:
        ThrottledError: Anthropic was asked for too much.
        EngineUnavailableError: it is out of reach, overloaded, failed, or refuses the worker's key.
        PermanentError: it refuses the request, or the account has no money left: `insufficient_quota`.
    """
    try:
        yield
    except anthropic.APIStatusError as error:
        raise _refused(error) from error
    except anthropic.APIConnectionError as error:
        begun = not isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout)
        sentence = "Anthropic can't be reached, or does not answer."
        raise EngineUnavailableError(sentence, engine=NAME, may_have_run=begun) from error
    except httpx2.HTTPError as error:  # as a stream is read, the SDK lets through what it is made of
        raise EngineUnavailableError("Anthropic's answer broke off.", engine=NAME) from error


def is_overflow(error: anthropic.APIStatusError) -> bool:
    """Say whether an error means that the prompt is too long for the model."""
    status = _status_of(error)
    return status == _TOO_LARGE or (status == _STATUSES["invalid_request_error"] and _said(error, _TOO_LONG))


def _refused(error: anthropic.APIStatusError) -> WorkError:
    status, headers = _status_of(error), error.response.headers
    if status in _KEY_REFUSED:
        # Whoever runs the worker must mend it; no job is to blame.
        sentence = f"Anthropic does not let this worker in ({status})."
        return EngineUnavailableError(sentence, engine=NAME, may_have_run=False)
    if not _should_retry(status, headers.get("x-should-retry")):
        return _final(status, error)
    if status == _TOO_MANY_REQUESTS:
        return ThrottledError("Anthropic has too much to do.", engine=NAME, retry_after_s=asked_s(headers))
    return EngineUnavailableError(f"Anthropic failed ({status}).", engine=NAME, retry_after_s=asked_s(headers))


def _final(status: int, error: anthropic.APIStatusError) -> PermanentError:
    if status == _PAYMENT_REQUIRED or _said(error, re.compile(_NO_CREDIT)):
        return PermanentError("insufficient_quota", "The account with Anthropic has no credit left.", engine=NAME)
    if status == _NOT_FOUND:
        return PermanentError("model_not_found", "Anthropic does not have the model of the settings.", engine=NAME)
    why = f", {error.type}" if error.type in _STATUSES else ""
    return PermanentError("refused_by_engine", f"Anthropic refused the request ({status}{why}).", engine=NAME)


def _should_retry(status: int, told: str | None) -> bool:
    """Say whether another try may succeed: by the status, unless the server says so itself, as its SDK takes it."""
    if told in {"true", "false"}:
        return told == "true"
    return status in _PASSING or status == _TOO_MANY_REQUESTS or status >= _SERVER_ERRORS


def _status_of(error: anthropic.APIStatusError) -> int:
    if error.status_code >= _STATUSES["invalid_request_error"]:
        return error.status_code
    return _STATUSES.get(error.type or "", _SERVER_ERRORS)


def _said(error: anthropic.APIStatusError, words: re.Pattern[str]) -> bool:
    return words.search(error.api_message or "") is not None
