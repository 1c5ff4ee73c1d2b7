"""The engines: each kind's name for it, and where its class is. Adding one is a module and a line here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from workers.engines.secrets import UnresolvedSecretError, require_resolvable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ENGINES: Mapping[str, Mapping[str, str]] = {
    "tts": {
        "espeak": "workers.engines.espeak.engine:EspeakEngine",
        "polly": "workers.engines.polly.engine:PollyEngine",
    },
    "transcription": {
        "pocketsphinx": "workers.engines.pocketsphinx.engine:PocketsphinxEngine",
        "transcribe": "workers.engines.transcribe.engine:TranscribeEngine",
        "openai": "workers.engines.openai.transcription:OpenAITranscriptionEngine",
    },
    "pronunciation": {
        "acoustic": "workers.engines.pronunciation.engine:AcousticEngine",
        "text": "workers.engines.pronunciation.by_text:TextEngine",
        "combined": "workers.engines.pronunciation.combined:CombinedEngine",
    },
    "reply": {
        "rules": "workers.engines.practice.engine:PracticeEngine",
        "bedrock": "workers.engines.bedrock.engine:BedrockEngine",
        "anthropic": "workers.engines.anthropic.engine:AnthropicEngine",
        "openai-chat": "workers.engines.openai.chat:OpenAIChatEngine",
    },
    "image": {
        "cards": "workers.engines.cards.engine:CardsEngine",
        "bedrock-images": "workers.engines.bedrock_images.engine:BedrockImagesEngine",
        "openai-images": "workers.engines.openai.images:OpenAIImagesEngine",
    },
    "analysis": {
        "lexicon": "workers.engines.lexicon.engine:LexiconEngine",
        "comprehend": "workers.engines.comprehend.engine:ComprehendEngine",
    },
    "retrieval": {
        "embedded": "workers.engines.retrieval.embedded:EmbeddedRetrieval",
        "s3vectors": "workers.engines.retrieval.s3vectors:S3VectorsRetrieval",
        "pinecone": "workers.engines.retrieval.pinecone:PineconeRetrieval",
    },
}


def known_engines() -> set[str]:
    """Return the names of all engines, of whatever kind."""
    return {name for names in ENGINES.values() for name in names}


class UnknownEngineError(ValueError):
    """The settings name an engine that there is not, or that is not installed."""


class EngineOptionsError(ValueError):
    """The settings give an engine options that it can't be made with; the message has the field, never its value."""


class EngineSecretError(EngineOptionsError):
    """A secret of an engine's is not where its reference points, or can't be read."""


def engine_class(kind: str, name: str | None) -> Any:  # noqa: ANN401 - each kind has an engine port of its own
    """Import the class of the engine that the settings name; None for a kind that needs none.

    Raises:
        UnknownEngineError: no engine of the kind has this name, none is named and the kind needs one, or a package
            that it needs is not installed.
    """
    engines = ENGINES.get(kind, {})
    if name is None and not engines:
        return None
    if name is None or name not in engines:
        raise UnknownEngineError(f"{kind}: engine {name!r} is none of {', '.join(engines) or '(none)'}")
    module, _, attribute = engines[name].partition(":")
    try:
        return getattr(import_module(module), attribute)
    except ModuleNotFoundError as error:
        raise UnknownEngineError(f"{kind}: engine {name!r} needs {error.name}, which is not installed") from error


def load_engine(
    kind: str,
    name: str | None,
    options: Mapping[str, Any] | None = None,
    defaults: Mapping[str, Any] | None = None,
) -> Any:  # noqa: ANN401 - as above
    """Import and make the engine that the settings name; None for a kind that needs none.

    Args:
        kind: the kind of job.
        name: the engine's name in `ENGINES`.
        options: what its `Options` are made from.
        defaults: options that are used where the engine has such and none is given.

    Raises:
        UnknownEngineError: see `engine_class`.
        EngineOptionsError: the engine has no such options, or a secret is not there.
        TransientError: a secret's store can't be reached.
    """
    found = engine_class(kind, name)
    if found is None:
        return None
    made = _options(found, name, options or {}, defaults or {})
    try:
        return found() if made is None else found(made)
    except UnresolvedSecretError as error:
        raise EngineSecretError(f"options of engine {name!r}: {error}") from None


def check_engine(
    kind: str, name: str | None, options: Mapping[str, Any], defaults: Mapping[str, Any] | None = None
) -> None:
    """See that the engine could be made, without making it: for the worker's parent, before it begins.

    An engine that has more to look at has a class method `check(options)`, which raises EngineOptionsError.

    Raises:
        UnknownEngineError, EngineOptionsError: see `load_engine`; an unreachable store of secrets is one of the latter.
    """
    found = engine_class(kind, name)
    made = None if found is None else _options(found, name, options, defaults or {})
    if made is None:
        return
    try:
        require_resolvable(made)
    except UnresolvedSecretError as error:
        raise EngineSecretError(f"options of engine {name!r}: {error}") from None
    if hasattr(found, "check"):
        found.check(made)


def engine_options(kind: str, name: str | None, options: Mapping[str, Any], defaults: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a model of the engine's own
    """Return an engine's options, checked; None for one without, or where there is none.

    Raises:
        UnknownEngineError, EngineOptionsError: see `load_engine`.
    """
    found = engine_class(kind, name)
    return None if found is None else _options(found, name, options, defaults)


def preload(kind: str, name: str | None) -> None:
    """Have the engine load what all processes share; called once, before they are forked."""
    load = getattr(engine_class(kind, name), "preload", None)
    if load is not None:
        load()


def _options(engine: Any, name: str | None, options: Mapping[str, Any], defaults: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a model of the engine's own
    """Return the engine's options, checked; None for an engine without."""
    model = getattr(engine, "Options", None)
    if model is None:
        if options:
            raise EngineOptionsError(f"engine {name!r} takes no options, and is given {', '.join(options)}")
        return None
    given = {field: value for field, value in defaults.items() if field in model.model_fields} | dict(options)
    try:
        return model.model_validate(given, context=defaults)
    except ValidationError as error:
        raise EngineOptionsError(f"options of engine {name!r}: {'; '.join(_faults(error))}") from None


def _faults(error: ValidationError) -> Iterable[str]:
    """Say where the faults are and what is wanted there, without what was given: it may be a secret."""
    for fault in error.errors(include_input=False, include_context=False, include_url=False):
        where = ".".join(map(str, fault["loc"]))
        yield f"{where}: {fault['msg']}" if where else fault["msg"]
