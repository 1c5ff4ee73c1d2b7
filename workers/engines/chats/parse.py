"""A chat's text read into messages."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workers.engines.chats.lines import Blank, Said, Titled, is_deleted, read_line
from workers.engines.chats.speakers import find_me
from workers.engines.ports import Chat, ChatMessage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


@dataclass
class _Open:
    """A message whose lines are being read."""

    name: str | None
    lines: list[str] = field(default_factory=list)

    def closed(self) -> Iterator[ChatMessage]:
        text = "\n".join(self.lines).strip()
        if text and not is_deleted(text):
            yield ChatMessage(name=self.name, text=text)


def parse_chat(text: str, *, me: str | None, partner: str | None) -> Chat:
    """Read a chat: `name: text` a line, or a KakaoTalk export; a text without names is the partner's.

    Never fails: lines before the first message that are of no known form count as unread.

    Args:
        text: the chat, oldest message first.
        me: the asker's name in it; found out where None.
        partner: the other one's, which helps to find out who is the asker.
    """
    lines = [line.rstrip().lstrip("\ufeff\u200e") for line in text.splitlines()]
    read = _without_false_names([(line, read_line(line)) for line in lines], known={me, partner} - {None})
    if not any(isinstance(what, Said) for _, what in read):
        messages = tuple(ChatMessage(name=None, text=line.strip()) for line, what in read if what is None)
        return Chat(messages=messages, me=None)
    messages, unread = _messages(read)
    titles = [what.partner for _, what in read if isinstance(what, Titled)]
    return Chat(messages=messages, me=find_me(messages, me=me, partner=partner, titles=titles), unread_lines=unread)


_Read = tuple[str, Said | Titled | Blank | None]


def _without_false_names(read: Sequence[_Read], *, known: set[str | None]) -> list[_Read]:
    """Undo lines such as `meet here: the station` within a message: an export's are never of the plain form."""
    said = [what for _, what in read if isinstance(what, Said)]
    exported = any(what.exported for what in said)
    counts = Counter(what.name for what in said)
    first = said[0].name if said else None

    def is_false(what: object) -> bool:
        if not isinstance(what, Said) or what.exported:
            return False
        alone = counts[what.name] == 1 and what.name not in known and what.name != first
        return exported or (alone and (" " in what.name or not what.text) and len(counts) > _TWO)

    return [(line, None if is_false(what) else what) for line, what in read]


_TWO = 2


def _messages(read: Iterable[_Read]) -> tuple[tuple[ChatMessage, ...], int]:
    messages: list[ChatMessage] = []
    current: _Open | None = None
    unread = 0
    for line, what in read:
        if isinstance(what, Said):
            messages.extend(current.closed() if current else ())
            current = _Open(what.name, [what.text])
        elif what is None and current is not None:
            current.lines.append(line)
        elif what is None:
            unread += 1
    messages.extend(current.closed() if current else ())
    return tuple(messages), unread
