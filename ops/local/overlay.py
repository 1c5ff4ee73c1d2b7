"""Kinds beside those of the source, as a user adds them: two files below a directory on PYTHONPATH."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import schemas.kinds
from schemas.kinds import registry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


@contextmanager
def kinds_of(directory: Path, sources: Mapping[str, tuple[str, str]]) -> Iterator[None]:
    """Add kinds, here and in processes started within: by name, the sources of declaration and handler."""
    declarations, handlers = directory / "schemas/kinds", directory / "workers/handlers"
    for folder in (declarations, handlers):
        folder.mkdir(parents=True)
    for name, (declaration, handler) in sources.items():
        (declarations / f"{name}.py").write_text(declaration, "utf-8")
        (handlers / f"{name}.py").write_text(handler, "utf-8")
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(directory), before)))
    schemas.kinds.__path__.append(str(declarations))
    registry.cache_clear()
    try:
        yield
    finally:
        os.environ.pop("PYTHONPATH")
        if before is not None:
            os.environ["PYTHONPATH"] = before
        schemas.kinds.__path__.remove(str(declarations))
        registry.cache_clear()
        for name in sources:
            sys.modules.pop(f"schemas.kinds.{name}", None)
