"""Amazon's engines: their clients, and what their errors mean; the one place of the engines that knows boto3.

A client gives each call one try: retries are `patiently`'s within seconds, and the job's beyond. A stream of events
(`application/vnd.amazon.eventstream`) may end with an error in place of an event, which is translated as others are.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
from botocore import exceptions as sdk
from botocore.config import Config
from botocore.eventstream import ParserError
from botocore.exceptions import ClientError
from urllib3.exceptions import HTTPError

from schemas.errors import EngineUnavailableError, PermanentError, ThrottledError, WorkError
from schemas.model import Model

__all__ = ["AwsOptions", "ClientError", "Service", "address", "answering_within", "client", "code_of", "translated"]

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_CONNECT_TIMEOUT_S = 3
#: As many as a worker may have threads.
_CONNECTIONS = 256

#: "Too many requests", in every service's words, as SDKs take them:
#: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
THROTTLED = frozenset(
    {
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttling",
        "ThrottledException",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
#: Whoever runs the worker must mend these; no job is to blame, so none is failed for it. Nothing has been done.
#: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
REFUSED_ACCESS = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "NotAuthorized",
        "OptInRequired",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
#: The call did not get as far as the service.
_NOT_BEGUN = (
    sdk.ConnectTimeoutError,
    sdk.EndpointConnectionError,
    sdk.NoCredentialsError,
    sdk.PartialCredentialsError,
    sdk.CredentialRetrievalError,
    sdk.TokenRetrievalError,
    sdk.ProxyConnectionError,
)
_TOO_MANY_REQUESTS = 429
_SERVER_ERRORS = 500
#: How long the service may be silent in the call that is made now, where that is less than the client allows.
_silence_s: ContextVar[float | None] = ContextVar("silence_s", default=None)


class AwsOptions(Model):
    """Options of every engine of Amazon's; credentials are found as all of AWS's tools find them, never set here."""

    region: str | None = None
    """AWS region; `SAYLINE_REGION` where none is given."""
    endpoint_url: str | None = None
    """Where the service answers, for example a VPC endpoint; AWS's own where none is given."""


#: Engines whose names are not boto3's for their services.
_SERVICES = {"bedrock": "bedrock-runtime", "bedrock-images": "bedrock-runtime"}


def address(options: Any, engine: str) -> str:  # noqa: ANN401 - AwsOptions, or a subclass
    """Return the URL at which an engine's service answers, by its options; needs no credentials."""
    service: Any = _SERVICES.get(engine, engine)
    # Nothing is signed with these: without any, boto3 would look for some, over the network at last.
    session: Any = boto3.session.Session("none", "none", region_name=options.region)
    return options.endpoint_url or str(session.client(service).meta.endpoint_url)


@dataclass(frozen=True, kw_only=True)
class Service:
    """How one service's errors are to be understood, beside those that all services have."""

    engine: str
    """The engine's name."""
    title: str
    """The service's name in sentences."""
    refusals: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """By the service's code: our code and sentence for a request that it will never carry out."""
    quotable: frozenset[str] = frozenset()
    """Codes whose messages the job's owner may read, as they can't quote any text or audio."""
    waits_s: Mapping[str, float] = field(default_factory=dict)
    """By the service's code: how long to leave it alone, where it is throttled and does not say."""
    failures: frozenset[str] = frozenset()
    """Codes of failures of its own that come within a stream, where they have no status to tell them by."""


def client(service: str, options: AwsOptions, *, read_timeout_s: float) -> Any:  # noqa: ANN401 - boto3 overloads on the literal
    """Make a client of a service, to be used by the process that makes it, from any of its threads."""
    session = boto3.Session(region_name=options.region)
    config = Config(
        connect_timeout=_CONNECT_TIMEOUT_S,
        read_timeout=read_timeout_s,
        retries={"mode": "standard", "total_max_attempts": 1},
        max_pool_connections=_CONNECTIONS,
        user_agent_extra="sayline",
    )
    made: Any = session.client(service, endpoint_url=options.endpoint_url, config=config)  # type: ignore[call-overload]
    made.meta.events.register("before-call", _hurry)
    return made


@contextmanager
def answering_within(seconds: float) -> Iterator[None]:
    """Allow the service so many seconds of silence in the calls that this thread makes inside."""
    before = _silence_s.set(seconds)
    try:
        yield
    finally:
        _silence_s.reset(before)


def _hurry(context: dict[str, Any], **_: object) -> None:
    if (seconds := _silence_s.get()) is not None:
        context["read_timeout"] = seconds


def code_of(error: ClientError) -> str:
    """Return the service's code for an error, for example `ConflictException`."""
    code = str(error.response.get("Error", {}).get("Code", "Unknown"))
    # In a stream it is the name of a member of the events' union, `throttlingException`.
    return code[:1].upper() + code[1:]


@contextmanager
def translated(service: Service) -> Iterator[None]:
    """Turn the SDK's errors into those that engines let out; a code that a caller decides on it catches inside.

    A parameter that the SDK itself refuses is a defect of ours, and let through.

    Raises:
        ThrottledError: the service was asked for too much.
        EngineUnavailableError: it is out of reach, failed, or refuses the worker's credentials.
        PermanentError: it refuses the request.
    """
    try:
        yield
    except sdk.ParamValidationError:
        raise
    except ClientError as error:
        raise _refused(service, error) from error
    except sdk.BotoCoreError as error:
        raise EngineUnavailableError(
            f"{service.title} can't be reached.",
            engine=service.engine,
            may_have_run=not isinstance(error, _NOT_BEGUN),
        ) from error
    except (HTTPError, ParserError) as error:  # as a stream is read, boto3 lets through what it is made of
        raise EngineUnavailableError(f"{service.title}'s answer broke off.", engine=service.engine) from error


def _refused(service: Service, error: ClientError) -> WorkError:
    """Return what a service's error means. Its message may quote the request: the code alone is passed on."""
    code = code_of(error)
    metadata: Mapping[str, Any] = error.response.get("ResponseMetadata", {})
    status = metadata.get("HTTPStatusCode", 0)
    if code in service.refusals:
        ours, sentence = service.refusals[code]
        return PermanentError(ours, sentence, engine=service.engine)
    if code in THROTTLED or status == _TOO_MANY_REQUESTS:
        wait_s = _asked_s(metadata.get("HTTPHeaders", {})) or service.waits_s.get(code)
        return ThrottledError(f"{service.title} has too much to do.", engine=service.engine, retry_after_s=wait_s)
    if code in REFUSED_ACCESS:
        sentence = f"{service.title} does not let this worker in ({code})."
        return EngineUnavailableError(sentence, engine=service.engine, may_have_run=False)
    if status >= _SERVER_ERRORS or code in service.failures:
        wait_s = _asked_s(metadata.get("HTTPHeaders", {}))
        return EngineUnavailableError(f"{service.title} failed ({code}).", engine=service.engine, retry_after_s=wait_s)
    why = str(error.response.get("Error", {}).get("Message")) if code in service.quotable else code
    return PermanentError("refused_by_engine", f"{service.title} refused the request: {why}", engine=service.engine)


def _asked_s(headers: Mapping[str, str]) -> float | None:
    """Return the wait that the service asked for; in AWS's answers it is a number of seconds."""
    value = headers.get("retry-after", "")
    return float(value) if value.isdigit() else None
