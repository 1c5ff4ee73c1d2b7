"""Which of a chat's names is the asker's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.engines.ports import ChatMessage

#: What people and KakaoTalk's Android export call the one whose chat it is.
_SELVES = frozenset({"나", "저", "본인", "회원님", "me", "i", "myself", "you (me)"})
_TWO = 2


def find_me(
    messages: Sequence[ChatMessage], *, me: str | None, partner: str | None, titles: Sequence[str]
) -> str | None:
    """Return the asker's name as the chat has it; None in a group where nothing tells.

    What is given decides if the chat has it, then a name such as `나`, then who is not the partner, else who did not
    write last.
    """
    names = tuple(dict.fromkeys(message.name for message in messages if message.name is not None))
    if me is not None and (found := matching(me, names)) is not None:
        return found
    if (found := next((name for name in names if name.strip().lower() in _SELVES), None)) is not None:
        return found
    if len(names) != _TWO:
        return None
    others = [matching(given, names) for given in (partner, *titles) if given is not None]
    other = next((name for name in others if name is not None), None) or messages[-1].name
    return next(name for name in names if name != other)


def matching(given: str, names: Sequence[str]) -> str | None:
    """Return the name that is meant: the same, or one that the other ends with, as `지수` does `김지수`."""
    wanted = _plain(given)
    plain = {name: _plain(name) for name in names}
    return next((name for name in names if plain[name] == wanted), None) or next(
        (name for name in names if wanted and plain[name] and _within(wanted, plain[name])), None
    )


def _within(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= _TWO and (longer.endswith(shorter) or longer.startswith(shorter))


def _plain(name: str) -> str:
    """Return the letters and digits, in lower case: nicknames have hearts and spaces."""
    return "".join(char for char in name.casefold() if char.isalnum())
