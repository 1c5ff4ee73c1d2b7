"""Does nothing, for as long as it is told to."""

from typing import Annotated

from pydantic import Field

from schemas.kind import Kind, Request, Result


class NoopRequest(Request):
    """How long to do nothing."""

    seconds: Annotated[float, Field(ge=0)] = 0
    ledger: str | None = None
    """A file that gets a line when an attempt begins."""
    name: str = ""
    """What the line says."""


class NoopResult(Result):
    """Nothing."""


KIND = Kind(
    name="noop", summary="Do nothing", request=NoopRequest, result=NoopResult, example=NoopRequest(), timeout_s=900
)
