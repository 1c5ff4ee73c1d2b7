"""A chat model's adapter at a local server: one prompt, and what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.integration.calling import Attempt
from workers.engines.llm.model import ChatPrompt, ChatTurn

if TYPE_CHECKING:
    from workers.engines.llm.model import ChatModel, Completion

SCHEMA = {
    "type": "object",
    "properties": {"reply": {"type": "string"}},
    "required": ["reply"],
    "additionalProperties": False,
}
SECRET_TEXT = "my grandmother's recipe"


def prompt_of(**fields: Any) -> ChatPrompt:
    """A prompt of a second turn."""
    turns = (
        ChatTurn("user", "Hi, I am Mina."),
        ChatTurn("assistant", '{"reply": "Hello, Mina. What do you cook?"}'),
        ChatTurn("user", SECRET_TEXT),
    )
    given: dict[str, Any] = {
        "system": "You are a tutor. 한국어로 설명하세요.",
        "turns": turns,
        "schema": SCHEMA,
        "schema_name": "said_turn",
        "max_tokens": 300,
        "temperature": None,
    }
    return ChatPrompt(**(given | fields))


def complete(
    chat: ChatModel, *, call: Attempt | None = None, seen: list[str] | None = None, **prompt: Any
) -> Completion:
    """Have a model write, once; `seen` is given what is there at every event."""
    texts = [] if seen is None else seen
    try:
        return chat.complete(prompt_of(**prompt), on_text=texts.append, call=call or Attempt())
    finally:
        chat.close()
