"""A job that a vendor is paid for."""

from typing import Annotated

from pydantic import Field

from schemas.kind import Backoff, Kind, Request, Result


class VendorRequest(Request):
    """What the vendor is asked."""

    n: Annotated[int, Field(strict=True)]
    """Its number in the storm."""


class VendorResult(Result):
    """What the vendor has answered."""

    echo: int


KIND = Kind(
    name="vendor",
    summary="Call a vendor",
    request=VendorRequest,
    result=VendorResult,
    example=VendorRequest(n=1),
    timeout_s=6,
    max_attempts=6,
    backoff=Backoff(base_s=0.2, cap_s=1),
    counters={"calls": 1},
)
