"""Who asks: the port that names a request's owner, and the identity for development."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any, Protocol

from producers.problems import FieldError, ProblemError

if TYPE_CHECKING:
    from collections.abc import Mapping

OWNER_HEADER = "X-Sayline-Owner"
DEFAULT_OWNER = "developer"
_OWNER = re.compile(r"[A-Za-z0-9._:@-]{1,64}")


class Identify(Protocol):
    """Names the owner of a request by its headers."""

    @property
    def is_for_development(self) -> bool:
        """Whether it believes whatever it is told."""

    @property
    def security_scheme(self) -> dict[str, Any]:
        """What OpenAPI says about it."""

    def __call__(self, headers: Mapping[str, str]) -> str:
        """Return the owner.

        Raises:
            ProblemError: the headers name none.
        """


class DevelopmentIdentity:
    """The owner is whoever the header says; `developer` without one."""

    is_for_development = True

    @property
    def security_scheme(self) -> dict[str, Any]:
        """An API key that is believed unseen."""
        description = f"Development only: any name is believed, `{DEFAULT_OWNER}` where there is none."
        return {"type": "apiKey", "in": "header", "name": OWNER_HEADER, "description": description}

    def __call__(self, headers: Mapping[str, str]) -> str:
        """Return the owner that the header names."""
        owner = headers.get(OWNER_HEADER, DEFAULT_OWNER)
        if not _OWNER.fullmatch(owner):
            message = "Should be 1 to 64 letters, digits or ._:@-"
            error = FieldError(field=OWNER_HEADER, message=message, code="string_pattern_mismatch")
            raise ProblemError("validation_error", "1 field is not valid.", errors=[error])
        return owner


def refuse_exposure(identify: Identify, host: str) -> None:
    """Refuse to serve the development identity to other machines.

    Raises:
        SystemExit: the host is no loopback address.
    """
    if identify.is_for_development and not _is_loopback(host):
        raise SystemExit(
            f"The development identity believes any caller, so the API listens on loopback addresses only, not on "
            f"{host}. Set SAYLINE_API_HOST=127.0.0.1."
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
