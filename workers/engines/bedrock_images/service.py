"""What Bedrock's errors mean where a picture was asked for.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html#API_runtime_InvokeModel_Errors
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workers.engines.aws import ClientError, Service, code_of
from workers.engines.bedrock.service import once_more
from workers.engines.bedrock_images.options import NAME
from workers.engines.drawing.answers import refused_by_policy

if TYPE_CHECKING:
    from schemas.errors import PermanentError

MODEL_NOT_FOUND = "model_not_found"

SERVICE = Service(
    engine=NAME,
    title="Amazon Bedrock",
    refusals={
        "ResourceNotFoundException": (
            MODEL_NOT_FOUND,
            "Amazon Bedrock has not, or no longer, the image models of the settings in their region.",
        ),
    },
)
#: A filter before the model, in Bedrock's words and in Stability's, all as ValidationException.
_FILTERED = re.compile(r"content filter|filtered words|responsible ai|content (policy|moderation)", re.IGNORECASE)


def refusal_of(error: ClientError) -> PermanentError | None:
    """Return what an error says about the request or the model; None where it says something else."""
    message = str(error.response.get("Error", {}).get("Message", ""))
    if code_of(error) == "ValidationException" and _FILTERED.search(message):
        return refused_by_policy(NAME)
    return once_more(error, engine=NAME)
