"""What the tutor reads once, before it is asked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from schemas.conversation import History
from schemas.reply.tasks import Conversation
from workers.engines.practice.tutor.turn import answer_turn

if TYPE_CHECKING:
    from workers.engines.practice.tutor.feedback import GrammarChecker

_MESSAGES = ("I went to a cafe with my friend because it was rainy.", "I like 김치.", "What do you think?")


def warm_up(checker: GrammarChecker) -> None:
    """Answer a few messages of nobody's, so that all data are there."""
    history = History(
        id="warming", created_at=datetime(2026, 1, 1, tzinfo=UTC), level="mid", role="a friendly tutor", topic=None
    )
    for message in _MESSAGES:
        answer_turn(Conversation(type="conversation", message=message), history, 1, checker)
