"""Routes that show an owner's conversations, and delete them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from producers.paging import begin_at
from producers.problems import ProblemError, responses
from producers.services import OwnerOf, Ports, ServicesOf
from schemas import histories
from schemas.after import complete
from schemas.conversation import ConversationHead, ConversationId, History, Turn
from schemas.errors import MissingObjectError, UnavailableError
from schemas.model import Model
from schemas.paging import MAX_CURSOR, cursor_at
from schemas.reply.levels import Level
from schemas.status import Status

#: Looks at a conversation that goes on meanwhile.
_ROUNDS = 5
_NO_STORE = {"Cache-Control": "no-store"}
_ID = TypeAdapter(ConversationId)

router = APIRouter(tags=["conversations"])


class ConversationLinks(Model):
    """Where to go from here."""

    self: str
    """The conversation."""


class ConversationSummary(Model):
    """A conversation without what was said."""

    id: str
    turns: int
    """How many there are; 0 while the first one is being answered."""
    level: Level
    """The latest turn's, as are role and topic."""
    role: str
    topic: str | None
    created_at: AwareDatetime
    updated_at: AwareDatetime
    """When its latest turn ended."""
    links: ConversationLinks


class ConversationView(ConversationSummary):
    """A conversation."""

    history: tuple[Turn, ...]
    """What was said, the oldest turn first."""
    summary: str | None
    """What the oldest turns were about, where a model is no longer given their words."""
    summarised_turns: int
    """How many turns the summary stands for."""


class ConversationList(Model):
    """The caller's conversations, the latest turn first."""

    conversations: tuple[ConversationSummary, ...]
    next: str | None
    """`cursor` of the next page; null on the last one."""


@router.get(
    "/v1/conversations", response_model=ConversationList, responses=responses("validation_error", "unavailable")
)
def list_conversations(
    services: ServicesOf,
    owner: OwnerOf,
    limit: Annotated[int, Query(ge=1, le=100, description="How many")] = 20,
    cursor: Annotated[str | None, Query(max_length=MAX_CURSOR, description="`next` of the page before")] = None,
) -> Response:
    """List the caller's conversations, the latest turn first, without what was said.

    One that is gone on with between two pages comes to stand in front of the first.
    """
    found = services.ports.conversations.list_by_owner(owner, limit=limit + 1, before=begin_at(cursor))
    shown = ConversationList(
        conversations=tuple(ConversationSummary(**_summary(head)) for head in found[:limit]),
        next=cursor_at(found[limit - 1].place) if len(found) > limit else None,
    )
    return Response(shown.model_dump_json(), headers=_NO_STORE, media_type="application/json")


@router.get(
    "/v1/conversations/{conversation_id}",
    response_model=ConversationView,
    responses=responses("conversation_not_found", "validation_error", "unavailable"),
)
def show_conversation(conversation_id: str, services: ServicesOf, owner: OwnerOf) -> Response:
    """Show a conversation with all of its turns."""
    head, history = _look(conversation_id, services.ports, owner)
    shown = ConversationView(
        **_summary(head),
        history=history.turns,
        summary=history.summary,
        summarised_turns=history.summarised_turns,
    )
    return Response(shown.model_dump_json(), headers=_NO_STORE, media_type="application/json")


@router.delete(
    "/v1/conversations/{conversation_id}",
    status_code=204,
    response_class=Response,
    response_description="Nothing of it is left but, for 30 days, that it was",
    responses=responses("conversation_not_found", "validation_error", "unavailable"),
)
def delete_conversation(conversation_id: str, services: ServicesOf, owner: OwnerOf) -> Response:
    """Delete a conversation and all that was said. The jobs that made its turns go when their retention is over."""
    ports = services.ports
    if not _is_id(conversation_id):
        raise _not_found()
    deleted = ports.conversations.delete(owner, conversation_id, now=ports.now())
    # Of one that was deleted before, too: whoever did so may not have come this far.
    histories.erase(owner, conversation_id, ports.objects)
    if not deleted:
        raise _not_found()
    return Response(status_code=204, headers=_NO_STORE)


def _look(conversation_id: str, ports: Ports, owner: str) -> tuple[ConversationHead, History]:
    """Return the caller's conversation; another's is as good as none."""
    before = None
    for _ in range(_ROUNDS):
        head = ports.conversations.get(owner, conversation_id) if _is_id(conversation_id) else None
        if head is None or head.deleted:
            raise _not_found()
        if head != before and _is_counted(head, ports):
            before = head
            continue
        try:
            return head, histories.read(head, ports.objects)
        except MissingObjectError:
            continue  # two more turns have come between
    raise UnavailableError("S3", "the history was gone in each round")


def _is_counted(head: ConversationHead, ports: Ports) -> bool:
    """Whether the turn that the head says is held is counted by now: here, should its worker not have come so far.

    A count lets go of the turn, so that a head whose holder has succeeded is older than the record beside it. One that
    stays so was held by a job that never wrote a turn down.
    """
    job = ports.jobs.get(head.holder[0]) if head.holder else None
    if job is None:
        return False
    complete(ports.jobs, job)
    return job.status is Status.SUCCEEDED


def _summary(head: ConversationHead) -> dict[str, object]:
    return {
        "id": head.id,
        "turns": head.turns,
        "level": head.level,
        "role": head.role,
        "topic": head.topic,
        "created_at": head.created_at,
        "updated_at": head.updated_at,
        "links": ConversationLinks(self=f"/v1/conversations/{head.id}"),
    }


def _is_id(text: str) -> bool:
    """Whether a conversation could have this id; keeps foreign text out of keys."""
    try:
        _ID.validate_python(text)
    except ValidationError:
        return False
    return True


def _not_found() -> ProblemError:
    return ProblemError("conversation_not_found", "The caller has no conversation with this id.")
