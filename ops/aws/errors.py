"""AWS's errors, translated once: what is out of reach for now, and what is a defect of ours."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

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

#: SQS's two ways to say that there is no such queue: the older protocol's, and the newer one's.
MISSING_QUEUE = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})


def code(error: ClientError) -> str:
    """Return the error's code, for example `ConditionalCheckFailedException`."""
    return str(error.response.get("Error", {}).get("Code", "Unknown"))


def reason(error: Exception) -> str:
    """Return AWS's code for it, or the error's name, for example `ConnectTimeoutError`; texts may quote a request."""
    return code(error) if isinstance(error, ClientError) else type(error).__name__


@contextmanager
def translated(service: str) -> Iterator[None]:
    """Turn errors of reach, load, credentials and missing resources into `UnavailableError`; let defects through.

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
        raise UnavailableError(service, reason(error)) from error
