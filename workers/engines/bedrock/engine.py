"""The engine: replies by a model of Bedrock's."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from workers.engines.aws import AwsOptions
from workers.engines.bedrock.chat import BedrockChat
from workers.engines.bedrock.lifecycle import require_alive
from workers.engines.bedrock.options import NAME, BedrockOptions
from workers.engines.llm.engine import LanguageModelEngine

if TYPE_CHECKING:
    from collections.abc import Mapping


class BedrockEngine(LanguageModelEngine):
    """Implements ReplyEngine; safe to use from several threads."""

    name: ClassVar[str] = NAME
    Options = BedrockOptions

    def __init__(self, options: BedrockOptions) -> None:
        super().__init__(BedrockChat(options), options, model=options.model)

    @classmethod
    def check(cls, options: BedrockOptions) -> None:
        """See that the model is there and lives: asked once, before a worker begins.

        Raises:
            EngineOptionsError: it is not there, does not, or can't be used as the options say.
        """
        where = AwsOptions(region=options.region, endpoint_url=options.control_endpoint_url)
        require_alive(options.model, where, engine=NAME, unfit=partial(_unfit, options))


def _unfit(options: BedrockOptions, details: Mapping[str, Any]) -> str | None:
    """Say why a model can't write as the options say; None where it can, or nothing is known."""
    if "TEXT" not in details.get("outputModalities", ["TEXT"]):
        return "writes no text: choose another"
    if options.stream and not details.get("responseStreamingSupported", True):
        return "does not stream: set `stream` to false"
    return None
