"""A message of Anthropic's, whole or as a stream of events, in our terms.

https://platform.claude.com/docs/en/build-with-claude/streaming
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import anthropic
from pydantic import BaseModel, ConfigDict, ValidationError

from schemas.errors import EngineUnavailableError
from schemas.kinds.reply import Tokens
from workers.engines.anthropic.options import NAME
from workers.engines.llm.model import Completion, Stop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_STOPS = {
    "end_turn": Stop.END,
    "stop_sequence": Stop.END,
    "max_tokens": Stop.LENGTH,
    "refusal": Stop.REFUSED,
    "model_context_window_exceeded": Stop.OVERFLOW,
}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Usage(_Part):
    """A stream gives its counts in parts; what was read from a prompt cache, or written to one, is counted apart."""

    input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    output_tokens: int | None = None


class _Block(_Part):
    """What a model thinks is a block of its own, and no text."""

    type: str
    text: str = ""


class _Message(_Part):
    model: str
    content: tuple[_Block, ...] = ()
    stop_reason: str | None = None
    usage: _Usage = _Usage()


class _Delta(_Part):
    """Of a block, where it has a type, or of the message as a whole."""

    type: str | None = None
    text: str = ""
    stop_reason: str | None = None


class _Event(_Part):
    type: str
    message: _Message | None = None
    delta: _Delta | None = None
    usage: _Usage | None = None


def read_message(raw: bytes, *, model: str) -> Completion:
    """Return what a whole message says; `MALFORMED` where it is none.

    Args:
        raw: the answer's body, JSON.
        model: the model's name where the answer has none.
    """
    gathered = _Gathered(model)
    try:
        gathered.begin(_Message.model_validate_json(raw))
    except ValidationError:
        return gathered.completion(Stop.MALFORMED)
    return gathered.completion(gathered.stop or Stop.MALFORMED)


def read_stream(events: Iterable[object], on_text: Callable[[str], None], *, model: str) -> Completion:
    """Return what a stream says, and give the text so far to `on_text` at every event; `MALFORMED` where it is none.

    Raises:
        EngineUnavailableError: it ended before the message did.
    """
    gathered, ended = _Gathered(model), False
    try:
        for event in events:
            # Else pydantic warns, with what it has found, of values that the SDK's own types do not foresee.
            plain = event.to_dict(warnings=False) if isinstance(event, anthropic.BaseModel) else event
            ended = gathered.add(_Event.model_validate(plain))
            on_text(gathered.text)
    except (ValidationError, json.JSONDecodeError):
        return gathered.completion(Stop.MALFORMED)
    if not ended or gathered.stop is None:
        raise EngineUnavailableError("Anthropic's answer broke off.", engine=NAME)
    return gathered.completion(gathered.stop)


class _Gathered:
    """What has come so far."""

    def __init__(self, model: str) -> None:
        self.text = ""
        self.stop: Stop | None = None
        self._model = model
        self._usage: dict[str, int] = {}

    def begin(self, message: _Message) -> None:
        """Take a message, or the beginning of one."""
        self._model = message.model
        self.text += "".join(block.text for block in message.content if block.type == "text")
        self._end(message.stop_reason)
        self._count(message.usage)

    def add(self, event: _Event) -> bool:
        """Take an event; return whether it is the last."""
        if event.message is not None:
            self.begin(event.message)
        if event.delta is not None:
            self.text += event.delta.text if event.delta.type == "text_delta" else ""
            self._end(event.delta.stop_reason)
        if event.usage is not None:
            self._count(event.usage)
        return event.type == "message_stop"

    def completion(self, stop: Stop) -> Completion:
        """Return it."""
        return Completion(text=self.text, stop=stop, tokens=self._tokens(), model=self._model)

    def _end(self, reason: str | None) -> None:
        if reason is not None:
            self.stop = _STOPS.get(reason, Stop.TOOL)

    def _count(self, usage: _Usage) -> None:
        """Take the counts: each is that of the whole so far."""
        self._usage |= usage.model_dump(exclude_none=True)

    def _tokens(self) -> Tokens | None:
        counts = dict(self._usage)
        output = counts.pop("output_tokens", None)
        if output is None or "input_tokens" not in counts:
            return None
        return Tokens(input=max(0, sum(counts.values())), output=max(0, output))
