"""The registry: every module of this folder declares one kind of job as `KIND`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from schemas.kind import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# See the package above.
__path__ = pkgutil.extend_path(__path__, __name__)

AnyKind = Kind[Any, Any]


@cache
def registry() -> Mapping[str, AnyKind]:
    """Return all kinds by name, sorted.

    Raises:
        TypeError: a module of this folder declares no kind, or one under another name than its own.
    """
    return MappingProxyType({name: _load(name) for name in sorted(m.name for m in pkgutil.iter_modules(__path__))})


def with_roles(kinds: Iterable[str]) -> set[str]:
    """Return these kinds, and what their handlers need engines for beside them."""
    return {name for kind in kinds for name in (kind, *registry()[kind].roles)}


def _load(name: str) -> AnyKind:
    kind = getattr(importlib.import_module(f"{__name__}.{name}"), "KIND", None)
    if not isinstance(kind, Kind) or kind.name != name:
        raise TypeError(f"schemas/kinds/{name}.py must declare KIND = Kind(name={name!r}, ...)")
    return kind
