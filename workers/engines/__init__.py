"""The engines: each kind's name for it, and where its class is. Adding one is a module and a line here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

ENGINES: Mapping[str, Mapping[str, str]] = {
    "tts": {"espeak": "workers.engines.espeak.engine:EspeakEngine"},
}


class UnknownEngineError(ValueError):
    """The settings name an engine that there is not."""


def load_engine(kind: str, name: str | None) -> Any:  # noqa: ANN401 - each kind has an engine port of its own
    """Import and make the engine that the settings name; None for a kind that needs none.

    Raises:
        UnknownEngineError: no engine of the kind has this name, or none is named and the kind needs one.
    """
    engines = ENGINES.get(kind, {})
    if name is None and not engines:
        return None
    if name is None or name not in engines:
        raise UnknownEngineError(f"{kind}: engine {name!r} is none of {', '.join(engines) or '(none)'}")
    module, _, attribute = engines[name].partition(":")
    return getattr(import_module(module), attribute)()
