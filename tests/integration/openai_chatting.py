"""The chat engine of OpenAI's protocol at a local server, and what becomes of a job by what it lets out."""

from __future__ import annotations

from contextlib import contextmanager
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from schemas.errors import WorkError
from schemas.kinds.reply import KIND
from tests import replies
from tests.integration.calling import Attempt
from tests.vendors.openai_chat import OPENAI, Dialect, OpenAIChatServer
from workers.engines import load_engine
from workers.retry import Decision, decide

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.engines.openai.chat import OpenAIChatEngine
    from workers.engines.ports import Asked, Reply

KEY = "sk-0123456789"
MODEL = "gpt-test"


@contextmanager
def server_of(environment: pytest.MonkeyPatch, dialect: Dialect = OPENAI) -> Iterator[OpenAIChatServer]:
    """Run a server, and have its key in the environment."""
    environment.setenv("SAYLINE_TEST_KEY", KEY)
    with OpenAIChatServer(KEY, dialect=dialect) as running:
        yield running


def engine(server: OpenAIChatServer, **options: Any) -> OpenAIChatEngine:
    given = {"base_url": f"{server.url}/v1", "api_key": "env:SAYLINE_TEST_KEY", "model": MODEL, **options}
    made: OpenAIChatEngine = load_engine("reply", "openai-chat", given)
    return made


def reply_of(
    server: OpenAIChatServer, asked: Asked | None = None, *, call: Attempt | None = None, **options: Any
) -> Reply:
    made = engine(server, **options)
    try:
        return made.answer(asked or replies.turn(), call or Attempt())
    finally:
        made.close()


def failure_of(server: OpenAIChatServer, *, call: Attempt | None = None, **options: Any) -> tuple[WorkError, Decision]:
    """Return the error that is let out, and what becomes of the job at its first attempt."""
    with pytest.raises(WorkError) as raised:
        reply_of(server, call=call, **options)
    assert raised.value.engine == "openai-chat"
    return raised.value, decide(raised.value, attempt=1, kind=KIND, held_s=0, random=Random(7))
