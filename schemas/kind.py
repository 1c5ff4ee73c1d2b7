"""What a kind of job declares about itself; route, queue, worker and CLI come from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from schemas.files import SAMPLES
from schemas.model import Model

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from schemas.files import FileField


class Request(Model):
    """What a caller asks of a kind. JSON's types are meant: numbers and booleans are declared with `strict=True`."""

    @property
    def is_deterministic(self) -> bool:
        """Whether this request has the same result each time, in a kind that is reusable; false without a seed."""
        return True


class Result(Model):
    """What a finished job says; every result names who made it."""

    engine: str
    """The engine that did the work, for example `espeak-ng`."""
    model: str
    """The engine's model or version."""


In = TypeVar("In", bound=Request)
Out = TypeVar("Out", bound=Result)


@dataclass(frozen=True, kw_only=True)
class Backoff:
    """Full jitter: a random wait in [0, min(cap, base * 2**(attempt - 1))] seconds.

    Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """

    base_s: float = 2.0
    cap_s: float = 300.0


@dataclass(frozen=True, kw_only=True)
class Kind(Generic[In, Out]):
    """A kind of job. Its name is its queue, its dead-letter queue's stem, its task's suffix, route and module."""

    name: str
    summary: str
    request: type[In]
    result: type[Out]
    example: In
    timeout_s: int = 60
    """Longest time that one attempt may run."""
    max_attempts: int = 3
    backoff: Backoff = field(default_factory=Backoff)
    request_max_bytes: int = 65_536
    """Longest request body that the API takes."""
    retention_days: int = 7
    """How long objects below `{name}/` are kept."""
    reusable: bool = False
    """Whether the request alone decides what the result is: then an owner's finished work is not paid for again.

    Not for a kind whose request names an object that may change under its key.
    """
    files: Mapping[str, FileField] = field(default_factory=dict)
    """Fields of the request that name a file, by their paths, for example `audio` or `task.export`."""
    roles: tuple[str, ...] = ()
    """Engines that its handler needs beside its own, by their names in the settings, for example `retrieval`."""
    counters: Mapping[str, int] = field(default_factory=dict)
    """Daily counters of the owner that grow with each success, for example `{"practice_count": 1}`."""

    @property
    def task(self) -> str:
        """The Celery task's name."""
        return f"sayline.{self.name}"

    @property
    def samples(self) -> dict[str, Path]:
        """Files that go with the example, by the fields that name them."""
        return {path: SAMPLES / file.sample for path, file in self.files.items() if file.sample}
