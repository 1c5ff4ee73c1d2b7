"""What shows of an engine without making it: the URLs that it calls, and the packages that it lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from workers.engines import engine_options
from workers.engines.extras import missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    #: Kind, name, options, and those of all engines that have such.
    Chosen = tuple[str, str | None, Mapping[str, Any], Mapping[str, Any]]


def addresses(*chosen: Any) -> list[str]:  # noqa: ANN401 - as `Chosen` has them
    """Return the URLs that an engine calls, as its options have them; none for one that is embedded.

    Raises:
        UnknownEngineError, EngineOptionsError: see `load_engine`.
    """
    return list(dict.fromkeys(url for (_, name, *_), made in _stack(*chosen) for url in _urls(made, name or "")))


def lacking(*chosen: Any) -> dict[str, list[str]]:  # noqa: ANN401 - as above
    """Return the packages that are wanted for an engine and not installed, by extra.

    Raises:
        UnknownEngineError, EngineOptionsError: see `load_engine`.
    """
    return {extra: names for (_, name, *_), _ in _stack(*chosen) for extra, names in missing(name).items()}


def _stack(*chosen: Any) -> Iterator[tuple[Chosen, Any]]:  # noqa: ANN401 - as above
    """Iterate over an engine and those that it stands on, each with its options."""
    kind, name, options, defaults = chosen
    made = engine_options(kind, name, options, defaults)
    yield (kind, name, options, defaults), made
    if below := getattr(made, "stands_on", None):
        yield from _stack(*below)


def _urls(options: Any, service: str) -> Iterable[str]:  # noqa: ANN401 - options of any engine, and what is in them
    match options:
        case str() if options.startswith(("http://", "https://")):
            yield options
        case BaseModel():
            for name, value in options:
                is_bare = name == "host" and isinstance(value, str) and "://" not in value
                # What an engine of Amazon's has within its options is a model of Bedrock's.
                yield from _urls(f"https://{value}" if is_bare else value, "bedrock-runtime")
            if "endpoint_url" in type(options).model_fields:
                from workers.engines.aws import address  # noqa: PLC0415 - it imports boto3

                yield address(options, service)
