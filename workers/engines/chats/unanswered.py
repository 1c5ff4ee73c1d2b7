"""Which of a chat's messages a reply answers."""

from __future__ import annotations

from itertools import dropwhile, islice, takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.engines.ports import Chat, ChatMessage

#: How many messages in a row are answered as one.
_MOST_AT_ONCE = 6


def is_mine(message: ChatMessage, chat: Chat) -> bool:
    """Whether the asker wrote it; nobody's is the partner's."""
    return message.name is not None and message.name == chat.me


def last_of_partner(chat: Chat) -> tuple[ChatMessage, ...]:
    """Return what the partner said last: the newest messages in a row, the asker's own behind them left out."""
    theirs = list(dropwhile(lambda message: is_mine(message, chat), reversed(chat.messages)))
    row = takewhile(lambda message: message.name == theirs[0].name, theirs)
    return tuple(islice(row, _MOST_AT_ONCE))[::-1]
