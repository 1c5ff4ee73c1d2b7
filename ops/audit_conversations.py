"""The part of the audit that looks at conversations: heads, histories, and the jobs that have answered turns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ops.evidence import Evidence, Finding
from schemas import histories
from schemas.conversation import CONVERSATIONS_FOLDER, conversation_folder
from schemas.errors import MissingObjectError
from schemas.files import USERS_PREFIX
from schemas.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from schemas.conversation import ConversationHead
    from schemas.job import Job

    #: By owner and conversation: the job of each turn; None where there is nothing to compare with.
    Said = Mapping[tuple[str, str], Mapping[int, str] | None]


def conversations(evidence: Evidence) -> Iterator[Finding]:
    """Yield what does not agree about conversations."""
    said: dict[tuple[str, str], Mapping[int, str] | None] = {}
    for head in evidence.conversations:
        place = head.owner, head.id
        said[place] = None
        if not head.deleted:
            try:
                history = histories.read(head, evidence.objects)
            except (MissingObjectError, ValueError) as error:
                yield Finding("history_missing", head.id, type(error).__name__)
                continue
            said[place] = {turn.number: turn.job_id for turn in history.turns}
            if [turn.number for turn in history.turns] != list(range(1, head.turns + 1)):
                yield Finding("turns_disagree", head.id, f"{len(history.turns)} of {head.turns}")
    for job in evidence.jobs.values():
        yield from _turn(job, evidence, said)
    yield from _strays(evidence)


def _turn(job: Job, evidence: Evidence, said: Said) -> Iterator[Finding]:
    if job.status is not Status.SUCCEEDED or job.result is None or job.after:
        return
    match _answer(job, evidence):
        case {"type": "conversation", "conversation": str(conversation), "turn": int(turn)}:
            turns = said.get((job.owner, conversation), {})
            if turns is not None and turns.get(turn) != job.id:
                yield Finding("turn_missing", job.id, f"turn {turn} of {conversation}")


def _answer(job: Job, evidence: Evidence) -> Any:  # noqa: ANN401 - any JSON
    try:
        return evidence.payloads.load(job.result).get("answer") if job.result else None
    except MissingObjectError:
        return None  # the audit of results says so


def _strays(evidence: Evidence) -> Iterator[Finding]:
    """Find histories of no conversation; those of a live one's dead attempts go with its next turn."""
    live = {_folder(head) for head in evidence.conversations if not head.deleted}
    for key in evidence.objects.keys(f"{USERS_PREFIX}/"):
        folder, _, _ = key.rpartition("/")
        if folder.split("/")[2] == CONVERSATIONS_FOLDER and f"{folder}/" not in live:
            yield Finding("object_of_no_conversation", key)


def _folder(head: ConversationHead) -> str:
    return conversation_folder(head.owner, head.id)
