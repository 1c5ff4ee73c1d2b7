"""Bedrock and Anthropic side by side: one engine, one prompt, two vendors, and what becomes of a job."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import contextmanager
from random import Random
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from schemas.errors import WorkError
from schemas.kinds.reply import KIND
from tests import replies
from tests.integration import anthropic_chatting, bedrock_chatting
from tests.integration.calling import Attempt
from tests.vendors import anthropic, bedrock
from workers.engines import load_engine
from workers.retry import Decision, decide

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.vendors.server import Effect
    from workers.engines.ports import Asked, Reply


class Vendor(ABC):
    """A vendor's server, and its engine."""

    name: ClassVar[str]
    stops: ClassVar[dict[str, str]]
    """What it calls it, by what it means."""
    errors: ClassVar[dict[str, bytes]]
    """Its answers, by what they mean."""

    @abstractmethod
    def writes(self, *texts: str, stop: str | None = None) -> None:
        """Have the model write one of these to each request that comes."""

    @abstractmethod
    def plan(self, *effects: Effect) -> None:
        """Say what comes of the next requests."""

    @property
    @abstractmethod
    def paid(self) -> list[dict[str, Any]]:
        """Requests that a model was given."""

    @abstractmethod
    def options(self) -> dict[str, Any]:
        """Return what its engine has to be given."""

    def reply(self, asked: Asked | None = None, *, call: Attempt | None = None, **options: Any) -> Reply:
        engine = load_engine("reply", self.name, {**self.options(), **options}, {"region": "us-east-1"})
        try:
            answered: Reply = engine.answer(asked or replies.turn(), call or Attempt())
            return answered
        finally:
            engine.close()

    def fails(self, **options: Any) -> tuple[WorkError, Decision]:
        """Return the error that is let out, and what becomes of the job at its first attempt."""
        with pytest.raises(WorkError) as raised:
            self.reply(**options)
        assert raised.value.engine == self.name
        return raised.value, decide(raised.value, attempt=1, kind=KIND, held_s=0, random=Random(7))


class Bedrock(Vendor):
    name = "bedrock"
    stops: ClassVar = {"length": "max_tokens", "refused": "guardrail_intervened", "tool": "tool_use"}
    errors: ClassVar = {
        "throttled": bedrock.refusal("ThrottlingException", retry_after="9"),
        "failed": bedrock.refusal("InternalServerException"),
        "refused": bedrock.refusal("ValidationException"),
        "gone": bedrock.refusal("ResourceNotFoundException"),
        "no entry": bedrock.refusal("AccessDeniedException"),
        "too long": bedrock.refusal("ValidationException", "Input is too long for requested model."),
    }

    def __init__(self, server: bedrock.BedrockServer) -> None:
        self.server = server

    def writes(self, *texts: str, stop: str | None = None) -> None:
        self.server.next.extend(bedrock.Written(deltas=_pieces(text), stop=stop or "end_turn") for text in texts)

    def plan(self, *effects: Effect) -> None:
        for operation in (bedrock.STREAM, bedrock.CONVERSE):
            self.server.plan(operation, *effects)

    @property
    def paid(self) -> list[dict[str, Any]]:
        return self.server.paid

    def options(self) -> dict[str, Any]:
        return {"endpoint_url": self.server.url, "model": bedrock.MODEL}


class Anthropic(Vendor):
    name = "anthropic"
    stops: ClassVar = {"length": "max_tokens", "refused": "refusal", "tool": "pause_turn"}
    errors: ClassVar = {
        "throttled": anthropic.refusal("rate_limit_error", retry_after="9"),
        "failed": anthropic.refusal("overloaded_error"),
        "refused": anthropic.refusal("invalid_request_error"),
        "gone": anthropic.refusal("not_found_error"),
        "no entry": anthropic.refusal("authentication_error"),
        "too long": anthropic.refusal("invalid_request_error", "prompt is too long: 208310 tokens > 200000 maximum"),
    }

    def __init__(self, server: anthropic.AnthropicServer) -> None:
        self.server = server

    def writes(self, *texts: str, stop: str | None = None) -> None:
        self.server.next.extend(anthropic.Written(deltas=_pieces(text), stop=stop or "end_turn") for text in texts)

    def plan(self, *effects: Effect) -> None:
        self.server.plan(anthropic.PATH, *effects)

    @property
    def paid(self) -> list[dict[str, Any]]:
        return self.server.paid

    def options(self) -> dict[str, Any]:
        return {"base_url": self.server.url, "api_key": "env:SAYLINE_TEST_KEY", "model": anthropic.MODEL}


@contextmanager
def vendor_of(name: str, environment: pytest.MonkeyPatch) -> Iterator[Vendor]:
    """Run a vendor's server, and have credentials that it takes."""
    if name == "bedrock":
        with bedrock_chatting.server_of(environment) as server:
            yield Bedrock(server)
    else:
        with anthropic_chatting.server_of(environment) as other:
            yield Anthropic(other)


def _pieces(text: str, length: int = 7) -> tuple[str, ...]:
    return tuple(text[start : start + length] for start in range(0, len(text), length))
