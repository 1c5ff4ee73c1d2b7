"""A kind whose jobs are turns of conversations, with time to kill them in, and the conversations themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.acceptance.running import wait_for_end

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx2

    from tests.acceptance.busy import Ledger

KIND = '''"""Talks."""

from schemas.kind import Backoff, Kind, Request, Result
from schemas.reply.answers import ConversationAnswer
from schemas.reply.tasks import Conversation


class TalkRequest(Request):
    ledger: str
    task: Conversation
    before_s: float = 0
    after_s: float = 0
    until: str | None = None


class TalkResult(Result):
    answer: ConversationAnswer


KIND = Kind(
    name="talk",
    summary="Talk",
    request=TalkRequest,
    result=TalkResult,
    example=TalkRequest(ledger="/dev/null", task=Conversation(type="conversation")),
    timeout_s=60,
    max_attempts=5,
    backoff=Backoff(base_s=0.5, cap_s=0.5),
)
'''

HANDLER = '''"""Says all that it has heard in the conversation, and notes when it begins and has written that down."""

import json
import os
import time
from pathlib import Path

from schemas.kinds.talk import TalkResult
from schemas.reply.answers import ConversationAnswer


def handle(request, work):
    task = request.task
    dialogue = work.conversation(task)
    history = dialogue.history
    note(request, "begin")
    time.sleep(request.before_s)
    while request.until and not Path(request.until).exists():
        time.sleep(0.02)
    reply = " / ".join([turn.message for turn in history.turns] + [task.message])
    dialogue.end(reply=reply, recast=None, memory={}, summary=None, summarised_turns=0)
    note(request, "written")
    time.sleep(request.after_s)
    answer = ConversationAnswer(
        conversation=history.id, turn=dialogue.turn, reply=reply, message=task.message,
        level=history.level, topic=history.topic, role=history.role,
    )
    return TalkResult(answer=answer, engine="talk", model="1")


def note(request, what):
    line = {"name": request.task.message, "what": what, "pid": os.getpid(), "parent": os.getppid(), "at": time.time()}
    with Path(request.ledger).open("a") as ledger:
        ledger.write(json.dumps(line) + "\\n")
'''

TALK = {"talk": (KIND, HANDLER)}


def ask(
    client: httpx2.Client,
    ledger: Ledger,
    message: str,
    *,
    conversation: str,
    pauses: Mapping[str, object] | None = None,
    **task: Any,
) -> str:
    """Submit a turn; return its job's id.

    `pauses` are `before_s` and `after_s` it is written down, and `until` a file is there, before.
    """
    said = {"type": "conversation", "message": message, "conversation": conversation, **task}
    body = {"ledger": str(ledger.path), "task": said, **(pauses or {})}
    job_id: str = client.post("/v1/jobs/talk", json=body).raise_for_status().json()["id"]
    return job_id


def say(client: httpx2.Client, ledger: Ledger, message: str, *, conversation: str, **how: Any) -> dict[str, Any]:
    """Submit a turn, and return its job once it has ended well."""
    job = wait_for_end(client, ask(client, ledger, message, conversation=conversation, **how))
    assert job["status"] == "succeeded", job["error"]
    return job


def shown(client: httpx2.Client, conversation: str) -> dict[str, Any]:
    """Return a conversation as the API shows it."""
    view: dict[str, Any] = client.get(f"/v1/conversations/{conversation}").raise_for_status().json()
    return view


def messages(client: httpx2.Client, conversation: str) -> list[str]:
    """Return what the learner has said in a conversation, whose turns are numbered without gap."""
    view = shown(client, conversation)
    assert [turn["number"] for turn in view["history"]] == list(range(1, view["turns"] + 1))
    return [turn["message"] for turn in view["history"]]
