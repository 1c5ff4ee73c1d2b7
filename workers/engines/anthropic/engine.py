"""The engine: replies by Claude."""

from __future__ import annotations

from typing import ClassVar

from workers.engines.anthropic.chat import AnthropicChat
from workers.engines.anthropic.options import NAME, AnthropicOptions
from workers.engines.llm.engine import LanguageModelEngine


class AnthropicEngine(LanguageModelEngine):
    """Implements ReplyEngine; safe to use from several threads."""

    name: ClassVar[str] = NAME
    Options = AnthropicOptions

    def __init__(self, options: AnthropicOptions) -> None:
        super().__init__(AnthropicChat(options), options, model=options.model)
