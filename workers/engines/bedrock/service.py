"""What Bedrock's errors and stop reasons mean.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workers.engines.aws import ClientError, Service, code_of
from workers.engines.bedrock.options import NAME
from workers.engines.llm.model import OnceMoreError, Stop

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVICE = Service(
    engine=NAME,
    title="Amazon Bedrock",
    refusals={
        "ResourceNotFoundException": (
            "model_not_found",
            "Amazon Bedrock has not, or no longer, the model or guardrail of the settings in its region.",
        ),
    },
    failures=frozenset({"InternalServerException", "ModelStreamErrorException", "ServiceUnavailableException"}),
)
#: The model took too long, or failed: the same prompt may do it again.
_ONCE_MORE = frozenset({"ModelTimeoutException", "ModelErrorException"})
#: Bedrock and each model's vendor say it in words of their own, all as ValidationException.
_TOO_LONG = re.compile(
    r"(input|prompt) is too long|too many input tokens|input tokens? exceed|maximum context length|context window",
    re.IGNORECASE,
)
_STOPS: Mapping[str, Stop] = {
    "end_turn": Stop.END,
    "stop_sequence": Stop.END,
    "max_tokens": Stop.LENGTH,
    "guardrail_intervened": Stop.REFUSED,
    "content_filtered": Stop.REFUSED,
    "malformed_model_output": Stop.MALFORMED,
    "malformed_tool_use": Stop.MALFORMED,
    "model_context_window_exceeded": Stop.OVERFLOW,
}


def stop_of(reason: str) -> Stop:
    """Return what a stop reason means; `tool_use`, and one that is new to us, is nothing that an answer ends with."""
    return _STOPS.get(reason, Stop.TOOL)


def is_overflow(error: ClientError) -> bool:
    """Say whether an error means that the prompt is too long for the model."""
    message = str(error.response.get("Error", {}).get("Message", ""))
    return code_of(error) == "ValidationException" and _TOO_LONG.search(message) is not None


def once_more(error: ClientError, *, engine: str = NAME) -> OnceMoreError | None:
    """Return the error that has the prompt asked once more; None where it is another's."""
    code = code_of(error)
    if code not in _ONCE_MORE:
        return None
    return OnceMoreError("model_failed", f"The model failed at this request ({code}).", engine=engine)
