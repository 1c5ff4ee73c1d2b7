"""What the audit looks at, and what it says of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from schemas.conversation import ConversationHead
    from schemas.images import ImageEntry
    from schemas.job import Job
    from schemas.ports import ObjectStore, Payloads


@dataclass(frozen=True)
class Finding:
    """What does not agree, and where."""

    code: str
    subject: str
    detail: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return the finding for JSON."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What the audit looks at; read once."""

    jobs: Mapping[str, Job]
    objects: ObjectStore
    payloads: Payloads
    conversations: Collection[ConversationHead] = ()
    images: Collection[ImageEntry] = ()
    waiting: Mapping[str, int]
    """Messages on each kind's queue: visible, in flight and delayed."""
    dead: Mapping[str, Mapping[str, Any]]
    """By job id: the reason that its latest dead letter carries, with the `epoch` that it is of; by `message <id>`: a
    message there that is of no job."""
