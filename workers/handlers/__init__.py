"""One module per kind of job: what is done with a request, in terms of ports and engines."""

from __future__ import annotations

from importlib import import_module
from pkgutil import extend_path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.kind import Result

# See the package above.
__path__ = extend_path(__path__, __name__)


def load_handler(kind: str) -> Callable[[Any, Any], Result]:
    """Import `handle(request, work)` of the kind's module.

    Raises:
        ModuleNotFoundError: the kind has no handler here.
    """
    handler: Callable[[Any, Any], Result] = import_module(f"{__name__}.{kind}").handle
    return handler
