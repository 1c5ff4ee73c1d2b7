"""Pinecone: how it is reached, and what its errors mean.

https://docs.pinecone.io/reference/api/errors
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import httpx
import pinecone
from pinecone._internal.constants import DATA_PLANE_API_VERSION
from pinecone._internal.http_client import HTTPClient
from pinecone.errors import exceptions as sdk
from pydantic import Field

from schemas.errors import EngineUnavailableError, PermanentError, ThrottledError, WorkError
from schemas.model import Model
from workers.engines.retrieval.vendors.options import EmbeddingsOptions, MiniLMOptions
from workers.engines.retrieval.vendors.rows import unreadable
from workers.engines.retry_after import asked_s
from workers.engines.secrets import SecretRef

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME, TITLE = "pinecone", "Pinecone"
_PAYMENT_REQUIRED, _NOT_FOUND, _TOO_MANY_REQUESTS = 402, 404, 429
_KEY_REFUSED = 401
#: Request time-out and conflict: passing, as everything that is the server's fault.
_PASSING = frozenset({408, 409})
_SERVER_ERRORS = 500
_REFUSALS = {
    _PAYMENT_REQUIRED: ("insufficient_quota", "The account with Pinecone is in arrears."),
    403: ("insufficient_quota", "Pinecone forbids it (403): a quota is used up, or the key may not do this."),
    _NOT_FOUND: ("store_not_found", "Pinecone has not the index of the settings, or it has moved."),
}


class PineconeOptions(Model):
    """Options of Pinecone. The index has to be there: a dense one, of the embeddings' dimensions, by cosine."""

    host: Annotated[str, Field(pattern=r"^(https?://)?[A-Za-z0-9.-]+(:\d+)?$")]
    """Where the index answers, as Pinecone's console says: `sayline-abc123.svc.aped-4627-b74a.pinecone.io`."""
    api_key: SecretRef
    """Where the key is, `"env:PINECONE_API_KEY"`; it needs to read and write the data plane."""
    embeddings: EmbeddingsOptions = MiniLMOptions()
    """What makes the vectors."""
    timeout_s: Annotated[float, Field(gt=0)] = 10.0
    """How long one request may take."""


def connect(options: PineconeOptions) -> pinecone.Index:
    """Make a client of the index with one try per call, to be used by the process that makes it, from any thread."""
    key = options.api_key.resolve().get_secret_value()
    made = pinecone.Index(host=options.host, api_key=key, timeout=options.timeout_s)
    # The SDK tries four times, waits up to a minute in between, and lets nobody set that for an index' requests:
    # https://sdk.pinecone.io/python/guides/retries.html
    made._http.close()  # noqa: SLF001 - there is no other way
    config = replace(made._config, retry_config=pinecone.RetryConfig(max_retries=0))  # noqa: SLF001 - likewise
    made._http = HTTPClient(config, DATA_PLANE_API_VERSION)  # noqa: SLF001 - likewise
    return made


@contextmanager
def translated() -> Iterator[None]:
    """Turn the SDK's errors into those that engines let out; Pinecone's words are left out.

    Raises:
        ThrottledError: Pinecone was asked for too much.
        EngineUnavailableError: it is out of reach, failed, or refuses the worker's key.
        PermanentError: it refuses the request.
        TransientError: `unreadable_answer`.
    """
    try:
        yield
    except sdk.ApiError as error:
        raise _refused(error) from error
    except (sdk.PineconeConnectionError, sdk.PineconeTimeoutError) as error:
        begun = not isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout)
        sentence = "Pinecone can't be reached, or does not answer."
        raise EngineUnavailableError(sentence, engine=NAME, may_have_run=begun) from error
    except sdk.ResponseParsingError as error:
        raise unreadable(NAME, TITLE) from error


def _refused(error: sdk.ApiError) -> WorkError:
    status, wait_s = error.status_code, asked_s(error.headers or {})
    if status == _TOO_MANY_REQUESTS:
        return ThrottledError("Pinecone has too much to do.", engine=NAME, retry_after_s=wait_s)
    if status == _KEY_REFUSED:
        # Whoever runs the worker must mend it; no job is to blame.
        return EngineUnavailableError("Pinecone does not let this worker in.", engine=NAME, may_have_run=False)
    if status >= _SERVER_ERRORS or status in _PASSING:
        return EngineUnavailableError(f"Pinecone failed ({status}).", engine=NAME, retry_after_s=wait_s)
    code, sentence = _REFUSALS.get(status, ("refused_by_engine", f"Pinecone refused the request ({status})."))
    return PermanentError(code, sentence, engine=NAME)
