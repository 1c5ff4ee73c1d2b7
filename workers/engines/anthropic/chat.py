"""One request to the Messages API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anthropic

from workers.engines.anthropic.answer import read_message, read_stream
from workers.engines.anthropic.service import connect, is_overflow, time_out, translated
from workers.engines.llm.model import Completion, Stop, seconds_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from workers.engines.anthropic.options import AnthropicOptions
    from workers.engines.llm.model import ChatPrompt
    from workers.engines.ports import Call


class AnthropicChat:
    """Implements ChatModel."""

    def __init__(self, options: AnthropicOptions) -> None:
        self._options = options
        self._client = connect(options)

    def complete(self, prompt: ChatPrompt, *, on_text: Callable[[str], None], call: Call) -> Completion:
        """Have the model write.

        Raises:
            ThrottledError, EngineUnavailableError: see `translated`.
            PermanentError: `model_not_found`, `insufficient_quota`, `refused_by_engine`.
        """
        asked = self._asked(prompt) | {"timeout": time_out(seconds_for(call, self._options.timeout_s))}
        with translated():
            try:
                return self._completed(asked, on_text)
            except anthropic.APIStatusError as error:
                if not is_overflow(error):
                    raise
                return Completion(text="", stop=Stop.OVERFLOW, tokens=None, model=self._options.model)

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def _completed(self, asked: dict[str, Any], on_text: Callable[[str], None]) -> Completion:
        messages, model = self._client.messages, self._options.model
        if not self._options.stream:
            return read_message(messages.with_raw_response.create(**asked).read(), model=model)
        with messages.create(**asked, stream=True) as events:
            return read_stream(events, on_text, model=model)

    def _asked(self, prompt: ChatPrompt) -> dict[str, Any]:
        options = self._options
        asked: dict[str, Any] = {
            "model": options.model,
            "max_tokens": prompt.max_tokens,
            "system": prompt.system,
            "messages": [{"role": turn.role, "content": turn.text} for turn in prompt.turns],
        }
        if prompt.temperature is not None:
            # The SDK has no such parameter any more; older models have.
            asked["extra_body"] = {"temperature": prompt.temperature}
        if options.thinking is not None:
            asked["thinking"] = {"type": options.thinking}
        output: dict[str, Any] = {} if options.effort is None else {"effort": options.effort}
        if options.json_schema:
            output["format"] = {"type": "json_schema", "schema": dict(prompt.schema)}
        return asked | ({"output_config": output} if output else {})
