"""The engine: replies by `/chat/completions` of a server that speaks OpenAI's protocol.

Such are OpenAI, HyperCLOVA X, vLLM and Ollama, each of which takes a part of it: what differs is an option.
https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import openai
from pydantic import Field

from schemas.errors import PermanentError
from workers.engines.llm.engine import LanguageModelEngine
from workers.engines.llm.model import Completion, Stop, seconds_for
from workers.engines.llm.options import LanguageModelOptions
from workers.engines.openai.completion import read_completion, read_stream
from workers.engines.openai.options import ServerOptions
from workers.engines.openai.service import connect, time_out, translated
from workers.engines.watching import watched

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.job import JsonObject
    from workers.engines.llm.model import ChatPrompt
    from workers.engines.ports import Call

ENGINE = "openai-chat"

#: How servers say that a prompt is too long: OpenAI's code; vLLM and others have none, but OpenAI's older sentence.
_TOO_LONG_CODES = frozenset({"context_length_exceeded", "string_above_max_length"})
_TOO_LONG_WORDS = ("maximum context length", "context window", "context length", "prompt is too long")
#: How a filter before the model says that it let nothing through (OpenAI, Azure).
_FILTERED_CODES = frozenset({"content_filter", "content_policy_violation"})
_TOO_LARGE = 413


class ChatOptions(ServerOptions, LanguageModelOptions):
    """Options of an OpenAI-compatible chat server."""

    model: Annotated[str, Field(min_length=1)]
    """The model to ask for, as the server names it."""
    response_format: Literal["json_schema", "json_object", "none"] = "json_schema"
    """Whether the server is to see to it that the answer is of the form that was asked for. `json_object` for servers
    that only know JSON, `none` for those that refuse the field, such as HyperCLOVA X for HCX-005; it is checked here
    whichever it is."""
    usage_in_stream: bool = True
    """Whether a stream is asked for its tokens (`stream_options`); off for servers that refuse that."""
    max_tokens_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    """OpenAI's newer models and HCX-007 know the second alone, many other servers the first."""
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high"] | None = None
    """How long a model thinks that can; `none` for HCX-007, which gives structured answers only so."""


class OpenAIChatModel:
    """Implements ChatModel."""

    def __init__(self, options: ChatOptions) -> None:
        self._options = options
        self._client = connect(options)

    def complete(self, prompt: ChatPrompt, *, on_text: Callable[[str], None], call: Call) -> Completion:
        """Have the model write; see `ChatModel.complete`."""
        with translated(ENGINE):
            try:
                return self._complete(prompt, on_text, seconds_for(call, self._options.timeout_s))
            except openai.APIError as error:
                stop = _stop_of(error)
                if stop is None:
                    raise
                return Completion(text="", stop=stop, tokens=None, model=self._options.model)

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def _complete(self, prompt: ChatPrompt, on_text: Callable[[str], None], seconds: float) -> Completion:
        asked = self._asked(prompt) | {"timeout": time_out(seconds)}
        completions, model = self._client.chat.completions, self._options.model
        if not self._options.stream:
            with completions.with_streaming_response.create(**asked) as response:
                return read_completion(b"".join(watched(response.iter_bytes(), lambda: on_text(""))), model=model)
        with completions.create(**asked, stream=True) as stream:
            return read_stream(stream, on_text, model=model, engine=ENGINE)

    def _asked(self, prompt: ChatPrompt) -> JsonObject:
        options = self._options
        turns = [{"role": turn.role, "content": turn.text} for turn in prompt.turns]
        asked: dict[str, Any] = {
            "model": options.model,
            "messages": [{"role": "system", "content": prompt.system}, *turns],
            options.max_tokens_field: prompt.max_tokens,
        }
        if prompt.temperature is not None:
            asked["temperature"] = prompt.temperature
        if options.reasoning_effort is not None:
            asked["reasoning_effort"] = options.reasoning_effort
        if options.stream and options.usage_in_stream:
            asked["stream_options"] = {"include_usage": True}
        return asked | self._format(prompt)

    def _format(self, prompt: ChatPrompt) -> JsonObject:
        match self._options.response_format:
            case "json_schema":
                schema = {"name": prompt.schema_name, "schema": dict(prompt.schema), "strict": True}
                return {"response_format": {"type": "json_schema", "json_schema": schema}}
            case "json_object":
                return {"response_format": {"type": "json_object"}}
            case "none":
                return {}


class OpenAIChatEngine(LanguageModelEngine):
    """Implements ReplyEngine; safe to use from several threads."""

    name: ClassVar[str] = ENGINE
    Options = ChatOptions

    def __init__(self, options: ChatOptions) -> None:
        super().__init__(OpenAIChatModel(options), options, model=options.model)


def _stop_of(error: openai.APIError) -> Stop | None:
    """Return what a refusal says about the prompt; None where it says something else.

    Raises:
        PermanentError: `model_not_found`.
    """
    if error.code in _TOO_LONG_CODES or any(words in error.message for words in _TOO_LONG_WORDS):
        return Stop.OVERFLOW
    if error.code in _FILTERED_CODES:
        return Stop.REFUSED
    if isinstance(error, openai.APIStatusError) and error.status_code == _TOO_LARGE:
        return Stop.OVERFLOW
    if isinstance(error, openai.NotFoundError):
        sentence = "The server does not have the model that this worker is set to ask for, or answers elsewhere."
        raise PermanentError("model_not_found", sentence, engine=ENGINE) from error
    return None
