"""What a vendor's adapter does: one prompt to a chat model, its text as it comes, and why it stopped.

`workers.engines.llm.engine.LanguageModelEngine` makes prompts, checks answers and decides what is tried again; an
adapter speaks the vendor's protocol and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Literal, Protocol

from schemas.errors import PermanentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from schemas.kinds.reply import Tokens
    from workers.engines.ports import Call


class Stop(Enum):
    """Why a model stopped writing, whatever its vendor calls that."""

    END = "end"
    """It had said all: `end_turn`, `stop_sequence`, `stop`."""
    LENGTH = "length"
    """It had no tokens left: `max_tokens`, `length`."""
    REFUSED = "refused"
    """It, a filter or a guardrail would not: `refusal`, `content_filter(ed)`, `guardrail_intervened`."""
    OVERFLOW = "overflow"
    """The prompt was too long for it: `model_context_window_exceeded`, or an error that says the same."""
    MALFORMED = "malformed"
    """It wrote something that its own vendor can't read: `malformed_model_output`, or a stream that is no stream."""
    TOOL = "tool"
    """It asked for a tool, or to go on later, though it has none: `tool_use`, `tool_calls`, `pause_turn`; and whatever
    a vendor may come to say."""


@dataclass(frozen=True)
class ChatTurn:
    """A message of the prompt's conversation; never empty."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, kw_only=True)
class ChatPrompt:
    """What a model is asked."""

    system: str
    turns: tuple[ChatTurn, ...]
    """Begins and ends with the user's; roles alternate."""
    schema: Mapping[str, object]
    """JSON Schema of the object to be answered: every property required, `additionalProperties: false`, no `$ref`. The
    system prompt has it as well: an adapter need not send it, and does where the vendor sees to it that it is kept."""
    schema_name: str
    """Letters, digits, `_`."""
    max_tokens: int
    temperature: float | None
    """0 to 1; None leaves it to the model: some take none."""


@dataclass(frozen=True, kw_only=True)
class Completion:
    """What a model has written."""

    text: str
    """All of it; what it wrote before it was stopped."""
    stop: Stop
    tokens: Tokens | None
    """None where the server does not say."""
    model: str
    """The model that answered, as the vendor names it."""


class OnceMoreError(PermanentError):
    """The model failed at this prompt in a way that one more try may mend, and further ones will not."""


class ChatModel(Protocol):
    """A chat model of a vendor's; safe to use from several threads, by the process that made it."""

    def complete(self, prompt: ChatPrompt, *, on_text: Callable[[str], None], call: Call) -> Completion:
        """Have the model write, in one request, of at most `seconds_for(call, options.timeout_s)`.

        Args:
            prompt: what to ask.
            on_text: to be given all of the text as far as it is there, whenever anything comes, be it a ping: it looks
                at the time and whether the job was cancelled, and raises to end the request, which is then to be
                closed. An SDK's time-outs are of silence alone.
            call: the attempt.

        Raises:
            ThrottledError: the vendor was asked for too much.
            EngineUnavailableError: it is out of reach, failed, refuses the worker's key or took too long.
            OnceMoreError: see there.
            PermanentError: `refused_by_engine`, `insufficient_quota`, `model_not_found`: it refuses the request.
        """

    def close(self) -> None:
        """Let go of connections."""


#: Kept of the attempt's time to store the result.
ENDING_S = 5.0


def seconds_for(call: Call, timeout_s: float) -> float:
    """Return how long a request may take now; positive."""
    return max(0.1, min(timeout_s, call.remaining_s - ENDING_S))
