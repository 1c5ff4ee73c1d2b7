"""What the routes work with, and how a route gets it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from producers.control import Control
from producers.identity import Identify
from producers.submission import Submissions
from schemas.kinds import AnyKind
from schemas.ports import Clock, Conversations, Enqueuer, Images, JobStore, ObjectStore, Payloads


@dataclass(frozen=True, kw_only=True)
class Ports:
    """The API's ends to the outside world."""

    jobs: JobStore
    conversations: Conversations
    images: Images
    payloads: Payloads
    objects: ObjectStore
    queue: Enqueuer
    ready: Callable[[], Sequence[str]]
    """Names what cannot be reached; nothing when all can."""
    identify: Identify
    now: Clock
    new_id: Callable[[], str]


@dataclass(frozen=True, kw_only=True)
class Services:
    """Everything that a route may need."""

    ports: Ports
    submissions: Submissions
    control: Control
    kinds: Mapping[str, AnyKind]
    result_url_expires_s: int


async def services(request: Request) -> Services:
    """Return the app's services."""
    found = request.app.state.services
    assert isinstance(found, Services)  # noqa: S101 - the state is untyped
    return found


ServicesOf = Annotated[Services, Depends(services)]


def owner(request: Request, services: ServicesOf) -> str:
    """Return who asks; not async, for an identity may read a key set."""
    return services.ports.identify(request.headers)


OwnerOf = Annotated[str, Depends(owner)]
