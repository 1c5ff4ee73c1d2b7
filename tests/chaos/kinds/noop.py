"""A job that computes a little, or fails as it is asked to."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.kind import Backoff, Kind, Request, Result
from schemas.media import StoredFile
from schemas.reply.answers import ConversationAnswer


class NoopRequest(Request):
    """How the job is to end."""

    n: Annotated[int, Field(strict=True)]
    """Its number in the storm."""
    how: Literal["succeed", "fail", "flaky"] = "succeed"
    """`fail` is a permanent error, `flaky` a transient one at every attempt."""
    padding: str = ""
    """Makes a request too large for its record."""
    conversation: str | None = None
    """Makes it a turn of this conversation."""


class NoopResult(Result):
    """What was computed."""

    digest: str
    file: StoredFile
    answer: ConversationAnswer | None = None
    """The turn."""


KIND = Kind(
    name="noop",
    summary="Compute a little",
    request=NoopRequest,
    result=NoopResult,
    example=NoopRequest(n=1),
    timeout_s=3,
    max_attempts=6,
    backoff=Backoff(base_s=0.2, cap_s=1),
    counters={"noops": 1},
)
