"""One request to Converse or ConverseStream."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

from schemas.errors import EngineUnavailableError
from schemas.kinds.reply import Tokens
from workers.engines.aws import ClientError, answering_within, client, translated
from workers.engines.bedrock.options import NAME
from workers.engines.bedrock.service import SERVICE, is_overflow, once_more, stop_of
from workers.engines.llm.model import Completion, Stop, seconds_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workers.engines.bedrock.options import BedrockOptions
    from workers.engines.llm.model import ChatPrompt
    from workers.engines.ports import Call


class BedrockChat:
    """Implements ChatModel."""

    def __init__(self, options: BedrockOptions) -> None:
        self._options = options
        self._client = client("bedrock-runtime", options, read_timeout_s=options.timeout_s)

    def complete(self, prompt: ChatPrompt, *, on_text: Callable[[str], None], call: Call) -> Completion:
        """Have the model write.

        Raises:
            ThrottledError, EngineUnavailableError: see `workers.engines.aws.translated`.
            OnceMoreError: the model itself failed, or took too long for Bedrock.
            PermanentError: `model_not_found`, `refused_by_engine`.
        """
        request = self._request(prompt)
        with translated(SERVICE), answering_within(seconds_for(call, self._options.timeout_s)):
            try:
                return self._streamed(request, on_text) if self._options.stream else self._whole(request)
            except ClientError as error:
                if is_overflow(error):
                    return self._completion("", Stop.OVERFLOW, None)
                raise (once_more(error) or error) from error

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def _request(self, prompt: ChatPrompt) -> dict[str, Any]:
        inference: dict[str, Any] = {"maxTokens": prompt.max_tokens}
        if prompt.temperature is not None:
            inference["temperature"] = prompt.temperature
        request: dict[str, Any] = {
            "modelId": self._options.model,
            "system": [{"text": prompt.system}],
            "messages": [{"role": turn.role, "content": [{"text": turn.text}]} for turn in prompt.turns],
            "inferenceConfig": inference,
        }
        if guardrail := self._options.guardrail:
            request["guardrailConfig"] = {
                "guardrailIdentifier": guardrail.id,
                "guardrailVersion": guardrail.version,
            }
        if self._options.json_schema:
            schema = {"schema": json.dumps(prompt.schema), "name": prompt.schema_name}
            form = {"type": "json_schema", "structure": {"jsonSchema": schema}}
            request["outputConfig"] = {"textFormat": form}
        return request

    def _whole(self, request: Mapping[str, Any]) -> Completion:
        answer = self._client.converse(**request)
        try:
            blocks = answer["output"]["message"]["content"]
            stop, tokens = stop_of(answer["stopReason"]), _tokens(answer["usage"])
        except KeyError as error:  # an answer that ends within its head is an empty one to boto3
            raise _broken() from error
        # Other blocks are what a model thinks before it answers.
        return self._completion("".join(block.get("text", "") for block in blocks), stop, tokens)

    def _streamed(self, request: Mapping[str, Any], on_text: Callable[[str], None]) -> Completion:
        text, stop, tokens = "", None, None
        with closing(self._client.converse_stream(**request)["stream"]) as events:
            for event in events:
                match event:
                    case {"contentBlockDelta": {"delta": {"text": str(more)}}}:
                        text += more
                    case {"messageStop": {"stopReason": str(reason)}}:
                        stop = stop_of(reason)
                    case {"metadata": {"usage": usage}}:
                        tokens = _tokens(usage)
                on_text(text)
        if stop is None:  # that a stream has ended says nothing
            raise _broken()
        return self._completion(text, stop, tokens)

    def _completion(self, text: str, stop: Stop, tokens: Tokens | None) -> Completion:
        return Completion(text=text, stop=stop, tokens=tokens, model=self._options.model)


def _tokens(usage: Mapping[str, int]) -> Tokens:
    """Count; what is read from a prompt cache, or written to one, was read all the same."""
    cached = usage.get("cacheReadInputTokens", 0) + usage.get("cacheWriteInputTokens", 0)
    return Tokens(input=usage["inputTokens"] + cached, output=usage["outputTokens"])


def _broken() -> EngineUnavailableError:
    return EngineUnavailableError("Amazon Bedrock's answer broke off.", engine=NAME)
