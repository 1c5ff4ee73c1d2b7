"""A server that speaks OpenAI's protocol: how it is reached, and what its errors mean.

https://platform.openai.com/docs/guides/error-codes
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx2
import openai

from schemas.errors import EngineUnavailableError, PermanentError, ThrottledError, WorkError
from workers.engines.retry_after import asked_s

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.engines.openai.options import ServerOptions

_CONNECT_TIMEOUT_S = 3.0
#: The SDK wants a key, and would take one from `OPENAI_API_KEY`, which is not for just any server.
_NO_KEY = "none"
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,60}")

_OUT_OF_REACH = "The server can't be reached, or does not answer."
_KEY_REFUSED = frozenset({401, 403})
_TOO_LARGE = 413
_TOO_MANY_REQUESTS = 429
#: Request time-out and conflict, which the SDK itself would try again.
_PASSING = frozenset({408, 409})
_SERVER_ERRORS = 500
_THROTTLED_CODES = frozenset({"rate_limit_exceeded", "rate_limit_error", "too_many_requests"})


def connect(options: ServerOptions) -> openai.OpenAI:
    """Make a client with one try per call, to be used by the process that makes it, from any of its threads."""
    key = options.api_key.resolve().get_secret_value() if options.api_key else _NO_KEY
    made = openai.OpenAI(base_url=options.base_url, api_key=key, max_retries=0)
    # The SDK takes these from the environment, whichever server it talks to.
    made.organization = made.project = None
    return made


def time_out(seconds: float) -> openai.Timeout:
    """Return a time-out: how long the server may be silent, and a connection may take to be made."""
    return openai.Timeout(max(0.1, seconds), connect=_CONNECT_TIMEOUT_S)


@contextmanager
def translated(engine: str) -> Iterator[None]:
    """Turn the SDK's errors into those that engines let out. A server's message may quote the request: it is left out.

    Raises:
        ThrottledError: the server was asked for too much.
        EngineUnavailableError: it is out of reach, failed, or refuses the worker's key.
        PermanentError: it refuses the request, or the account has no money left: `insufficient_quota`.
    """
    try:
        yield
    except openai.APIConnectionError as error:
        begun = not isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout)
        raise EngineUnavailableError(_OUT_OF_REACH, engine=engine, may_have_run=begun) from error
    except httpx2.TransportError as error:
        # An answer that is read by its caller and breaks off.
        raise EngineUnavailableError(_OUT_OF_REACH, engine=engine) from error
    except openai.APIStatusError as error:
        raise _refused(engine, error.status_code, error.code, asked_s(error.response.headers)) from error
    except openai.APIError as error:
        raise _refused(engine, _status_of(error), error.code, None) from error


def _status_of(error: openai.APIError) -> int:
    """Return the status of an error within a stream: its code is one (vLLM), or a word (OpenAI)."""
    if not _THROTTLED_CODES.isdisjoint((error.code, error.type)):
        return _TOO_MANY_REQUESTS
    return int(error.code) if error.code and re.fullmatch(r"[45]\d\d", error.code) else _SERVER_ERRORS


def _refused(engine: str, status: int, code: str | None, wait_s: float | None) -> WorkError:
    if code == "insufficient_quota":
        return PermanentError(code, "The account with the server has no credit left.", engine=engine)
    if status == _TOO_MANY_REQUESTS:
        return ThrottledError("The server has too much to do.", engine=engine, retry_after_s=wait_s)
    if status in _KEY_REFUSED:
        # Whoever runs the worker must mend it; no job is to blame.
        sentence = f"The server does not let this worker in ({status})."
        return EngineUnavailableError(sentence, engine=engine, may_have_run=False)
    if status >= _SERVER_ERRORS or status in _PASSING:
        return EngineUnavailableError(f"The server failed ({status}).", engine=engine, retry_after_s=wait_s)
    if status == _TOO_LARGE:
        return PermanentError("audio_too_long", "The recording is longer than the server takes.", engine=engine)
    why = f", {code}" if isinstance(code, str) and _CODE.fullmatch(code) else ""
    return PermanentError("refused_by_engine", f"The server refused the request ({status}{why}).", engine=engine)
