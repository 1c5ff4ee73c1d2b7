"""One dry probe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from ops.aws.errors import code

if TYPE_CHECKING:
    from collections.abc import Callable

#: Nobody makes items, messages and objects of this name.
NOBODYS = "sayline-doctor"
#: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html; S3 says 403 to a HEAD.
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "AuthorizationError", "403"})


@dataclass(frozen=True)
class Probe:
    """A request that needs a right, and does nothing."""

    action: str
    """As IAM's policies have it."""
    subject: str
    ask: Callable[[], object]

    def is_denied(self) -> bool:
        """Whether the role that asks has not this right."""
        try:
            self.ask()
        except ClientError as error:
            return is_denied(error)
        return False


def is_denied(error: ClientError) -> bool:
    """Whether AWS has refused for a missing right."""
    return code(error) in _DENIED
