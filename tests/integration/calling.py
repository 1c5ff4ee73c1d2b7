"""An attempt as an engine of a vendor sees it, for tests."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from schemas.usage import Usage
from workers.engines.calling import patiently
from workers.inputs import unknown_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")


@dataclass
class Output:
    """A file of the job's, in a dictionary."""

    name: str
    files: dict[str, bytes]

    @property
    def uri(self) -> str:
        return f"memory:///{self.name}"

    def read(self) -> bytes:
        if self.name not in self.files:
            raise unknown_file()
        return self.files[self.name]

    def write(self, data: bytes, *, mime: str) -> None:
        assert "/" in mime
        self.files[self.name] = data


@dataclass
class Attempt:
    """Has so many seconds from when it is made."""

    seconds: float = 120.0
    token: str = "0198c5f0-3b5a-7c3e-9d55-0d6c1f6a2b11-0"
    said: list[str | None] = field(default_factory=list)
    partial: list[str] = field(default_factory=list)
    on_progress: Callable[[], None] = lambda: None
    outputs: dict[str, bytes] = field(default_factory=dict)
    """Files of the job's; the next attempt has them too."""
    took: Usage = field(default_factory=Usage)
    began: float = field(default_factory=time.monotonic)

    @property
    def remaining_s(self) -> float:
        return self.began + self.seconds - time.monotonic()

    def output(self, name: str) -> Output:
        return Output(name, self.outputs)

    def progress(self, _fraction: float | None, note: str | None = None, *, partial: str | None = None) -> None:
        self.said.append(note)
        if partial is not None:
            self.partial.append(partial)
        self.on_progress()

    def record_usage(self, usage: Usage) -> None:
        self.took += usage


@contextmanager
def impatient(module: str, *, within_s: float = 0.5) -> Iterator[None]:
    """Have a module's calls made again for so many seconds only, however long one of them may take.

    An attempt of half a second does so as well, but on a busy machine it ends by a time-out of its own.
    """

    def briefly(call: Callable[[], T], **options: Any) -> T:
        return patiently(call, **options | {"within_s": within_s})

    with pytest.MonkeyPatch.context() as environment:
        environment.setattr(f"{module}.patiently", briefly)
        yield
