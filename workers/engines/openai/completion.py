"""The answer of `/chat/completions`, whole or as a stream, in our terms. Servers add fields, and leave some out.

https://platform.openai.com/docs/api-reference/chat/object
https://platform.openai.com/docs/api-reference/chat/streaming
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import openai
from pydantic import BaseModel, ConfigDict, ValidationError

from schemas.errors import EngineUnavailableError
from schemas.kinds.reply import Tokens
from workers.engines.llm.model import Completion, Stop
from workers.engines.watching import watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from openai.types.chat import ChatCompletionChunk

_STOPS = {"stop": Stop.END, "length": Stop.LENGTH, "content_filter": Stop.REFUSED}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Usage(_Part):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Text(_Part):
    content: str | None = None
    refusal: str | None = None


class _Choice(_Part):
    message: _Text | None = None
    """Of a whole answer."""
    delta: _Text | None = None
    """Of a stream's chunk."""
    finish_reason: str | None = None


class _Answer(_Part):
    """A whole answer, or a chunk; a stream's last one may have the usage and no choice."""

    model: str | None = None
    choices: tuple[_Choice, ...] | None = None
    usage: _Usage | None = None


def read_completion(raw: bytes, *, model: str) -> Completion:
    """Return what a whole answer says; `MALFORMED` where it is none.

    Args:
        raw: the answer's body, JSON.
        model: the model's name where the answer has none.
    """
    gathered = _Gathered(model)
    try:
        gathered.add(_Answer.model_validate_json(raw))
    except ValidationError:
        return gathered.completion(Stop.MALFORMED)
    # Some servers give no reason; whether the answer is whole shows when it is read.
    return gathered.completion(gathered.stop or (Stop.END if gathered.text else Stop.MALFORMED))


def read_stream(
    stream: openai.Stream[ChatCompletionChunk], on_text: Callable[[str], None], *, model: str, engine: str
) -> Completion:
    """Return what a stream says, and give the text so far to `on_text` whenever anything comes; `MALFORMED` if none.

    Raises:
        EngineUnavailableError: it ended before the model did.
    """
    gathered = _Gathered(model)
    watch(stream.response, lambda: on_text(gathered.text))
    try:
        for chunk in stream:
            gathered.add(_answer(chunk))
        on_text(gathered.text)
    except (ValidationError, json.JSONDecodeError):
        return gathered.completion(Stop.MALFORMED)
    if gathered.stop is None:
        raise EngineUnavailableError("The server's answer ended before it was whole.", engine=engine)
    return gathered.completion(gathered.stop)


def _answer(chunk: object) -> _Answer:
    """Return a chunk, checked: the SDK takes whatever comes."""
    return _Answer.model_validate(chunk.to_dict(warnings=False) if isinstance(chunk, openai.BaseModel) else chunk)


class _Gathered:
    """What has come so far."""

    def __init__(self, model: str) -> None:
        self.text = ""
        self.stop: Stop | None = None
        self._model = model
        self._usage: _Usage | None = None

    def add(self, answer: _Answer) -> None:
        """Take the first choice's text, and whatever is said about the whole."""
        for choice in (answer.choices or ())[:1]:
            said = choice.message or choice.delta or _Text()
            self.text += said.content or ""
            if choice.finish_reason:
                self.stop = self.stop or _STOPS.get(choice.finish_reason, Stop.TOOL)
            if said.refusal:
                self.stop = Stop.REFUSED
        self._model = answer.model or self._model
        self._usage = answer.usage or self._usage

    def completion(self, stop: Stop) -> Completion:
        """Return it."""
        return Completion(text=self.text, stop=stop, tokens=_tokens(self._usage), model=self._model)


def _tokens(usage: _Usage | None) -> Tokens | None:
    if usage is None or usage.prompt_tokens is None or usage.completion_tokens is None:
        return None
    return Tokens(input=max(0, usage.prompt_tokens), output=max(0, usage.completion_tokens))
