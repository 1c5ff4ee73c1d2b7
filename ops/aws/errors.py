"""AWS's errors, translated once: what is out of reach for now, and what is a defect of ours."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConfigNotFound,
    ConfigParseError,
    InvalidRegionError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    PartialCredentialsError,
    ProfileNotFound,
)

from schemas.errors import NotSetUpError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: The request itself is wrong: no waiting mends it, and it must be seen.
_DEFECTS = frozenset(
    {
        "InvalidParameterValue",
        "InvalidRequest",
        "MalformedPolicyDocument",
        "SerializationException",
        "ValidationError",
        "ValidationException",
    }
)

_REGION = "Set SAYLINE_REGION to a region of AWS's."
_CONFIG = "Look at ~/.aws/config and ~/.aws/credentials, or at where AWS_CONFIG_FILE points."
#: What no service has refused, as none was asked, and what whoever runs this must do.
_NOT_SET_UP: Mapping[type[BotoCoreError], str] = {
    NoCredentialsError: "Log in, set AWS_PROFILE, or give this machine a role.",
    PartialCredentialsError: "An access key and its secret go together: set both, or neither.",
    ProfileNotFound: "AWS_PROFILE names a profile that is not in ~/.aws/config.",
    ConfigNotFound: _CONFIG,
    ConfigParseError: _CONFIG,
    InvalidRegionError: _REGION,
    NoRegionError: _REGION,
}

#: SQS's two ways to say that there is no such queue: the older protocol's, and the newer one's.
MISSING_QUEUE = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})


def code(error: ClientError) -> str:
    """Return the error's code, for example `ConditionalCheckFailedException`."""
    return str(error.response.get("Error", {}).get("Code", "Unknown"))


def message(error: ClientError) -> str:
    """Return AWS's sentence about the error; it may quote the request."""
    return str(error.response.get("Error", {}).get("Message", error))


def reason(error: Exception) -> str:
    """Return AWS's code for it, or the error's name, for example `ConnectTimeoutError`; texts may quote a request."""
    if isinstance(error, UnavailableError):
        return error.reason
    return code(error) if isinstance(error, ClientError) else type(error).__name__


@contextmanager
def translated(service: str) -> Iterator[None]:
    """Turn errors of reach, load, credentials and missing resources into `UnavailableError`; let defects through.

    What is for whoever runs the process is a `NotSetUpError`, which says what to do.
    What a caller decides upon (a failed condition, a missing key) it catches itself, inside.
    """
    try:
        yield
    except ClientError as error:
        if code(error) in _DEFECTS:
            raise
        raise UnavailableError(service, reason(error)) from error
    except ParamValidationError:
        raise
    except BotoCoreError as error:
        if remedy := _NOT_SET_UP.get(type(error)):
            raise NotSetUpError(service, reason(error), remedy) from error
        raise UnavailableError(service, reason(error)) from error
