"""How Bedrock is set up."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from schemas.model import Model
from workers.engines.aws import AwsOptions
from workers.engines.llm.options import LanguageModelOptions

#: As results and errors name it.
NAME = "bedrock"


class Guardrail(Model):
    """A guardrail of the account: https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails.html."""

    id: Annotated[str, Field(pattern=r"^([a-z0-9]+|arn:aws[a-z-]*:bedrock:[a-z0-9-]+:\d{12}:guardrail/[a-z0-9]+)$")]
    """Its id or ARN."""
    version: Annotated[str, Field(pattern=r"^([1-9][0-9]{0,7}|DRAFT)$")]
    """A number, or `DRAFT`."""


class BedrockOptions(LanguageModelOptions, AwsOptions):
    """Options of Amazon Bedrock.

    The worker needs bedrock:InvokeModel and bedrock:InvokeModelWithResponseStream, with a guardrail
    bedrock:ApplyGuardrail; bedrock:GetFoundationModel and bedrock:GetInferenceProfile have it see at its start whether
    the model is there and how long.
    """

    model: Annotated[str, Field(min_length=1, max_length=2_048, pattern=r"^[A-Za-z0-9_.:/-]+$")]
    """Which model: its id, the id of an inference profile (`global.anthropic.claude-haiku-4-5-20251001-v1:0`), or the
    ARN of either or of a model of one's own. Most newer models are served by inference profiles only."""
    guardrail: Guardrail | None = None
    """What looks at the prompt and at the answer. Text is shown when it has been looked at, and not before."""
    json_schema: bool = False
    """Whether Bedrock is to hold the model to the answer's form, which not every model can be."""
    control_endpoint_url: str | None = None
    """Where Bedrock tells about models, which is not where they answer; AWS's own where none is given."""
