"""What is used of MiniStack beside its HTTP interface: its application, and its state as files.

Its inner parts are called by name, which the exact version in `pyproject.toml` allows. Importing this module imports
MiniStack, which reads its settings from the environment as it is imported.
"""

from __future__ import annotations

import copy
import json
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from ministack import app as gateway
from ministack.core import persistence
from ministack.services import dynamodb, sqs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_NO_COPY = SimpleNamespace(deepcopy=lambda value: value, copy=copy.copy)


class MiniStack:
    """The emulator, its state loaded from the directory that the environment names."""

    def __init__(self, services: Iterable[str]) -> None:
        self._services = frozenset(services)
        gateway._load_persisted_state()  # noqa: SLF001
        # Else it would load again at its start, and write over the current snapshot in place at its end.
        gateway.PERSIST_STATE = False

    @property
    def app(self) -> Any:  # noqa: ANN401 - MiniStack has no types
        """The ASGI application."""
        return gateway.app

    def save(self, directory: Path) -> None:
        """Write the state of each service into the directory, in the format that MiniStack loads.

        As its own `save_all`, with three differences: a failure is raised; nothing is copied; and `json.dumps`, which
        is written in C, does what `json.dump` would do in Python.

        Raises:
            OSError: a file could not be written.
            RuntimeError: another thread has changed the state meanwhile.
        """
        states = gateway._build_persistence_save_dict()  # noqa: SLF001
        # CloudFormation imports every service that it could make something of: the others' state is nothing to us.
        for name in sorted(states.keys() & self._services):
            with _uncopied():
                text = _serialise(name, states[name]())
            (directory / f"{name}.json").write_text(text, "utf-8")


def _serialise(service: str, state: Any) -> str:  # noqa: ANN401 - MiniStack has no types
    version = persistence._state_format_version(service)  # noqa: SLF001
    content = {"__ministack_format__": version, "payload": state}
    return json.dumps(content, default=persistence._json_default)  # noqa: SLF001


@contextmanager
def _uncopied() -> Iterator[None]:
    """Have services give their state itself and not a deep copy, which is nine tenths of a snapshot's time.

    Requests are served, and stacks of our resources deployed, by the thread that takes the snapshot, so that nothing
    changes before the state is written; the one other thread, which removes expired items, works under the lock.
    """
    modules = (dynamodb, sqs)
    with dynamodb._lock:  # noqa: SLF001
        for module in modules:
            module.copy = _NO_COPY
        try:
            yield
        finally:
            for module in modules:
                module.copy = copy
