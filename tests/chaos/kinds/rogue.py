"""A job that takes its process with it, or never comes back: poison."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.kind import Backoff, Kind, Request, Result


class RogueRequest(Request):
    """What it does to its process."""

    n: Annotated[int, Field(strict=True)]
    """Its number in the storm."""
    how: Literal["kill", "hang"] = "kill"


class RogueResult(Result):
    """Never made."""


KIND = Kind(
    name="rogue",
    summary="Do harm",
    request=RogueRequest,
    result=RogueResult,
    example=RogueRequest(n=1),
    timeout_s=1,
    max_attempts=2,
    backoff=Backoff(base_s=0.2, cap_s=1),
    counters={"rogues": 1},
)
