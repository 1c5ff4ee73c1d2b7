"""Uploaded chats: bytes of a text export read into text."""

from __future__ import annotations

from schemas.errors import PermanentError
from schemas.reply.tasks import MAX_CHAT

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
#: The title of an export is its first line, or follows an empty one.
_TITLE_LINES = 2


def read_export(data: bytes) -> str:
    """Decode a chat export in UTF-8, UTF-16 with a mark, or the Windows code page of Korea (cp949).

    Of a long one the title and the newest `MAX_CHAT` characters are returned, from the beginning of a line.

    Raises:
        PermanentError: `unreadable_chat`: it is no text.
    """
    text = _decoded(data)
    if "\0" in text or not text.strip():
        raise PermanentError(
            "unreadable_chat", ("The file is no text. Upload a chat that was exported as a text file.")
        )
    if len(text) <= MAX_CHAT:
        return text
    head = text[:MAX_CHAT].splitlines()[:_TITLE_LINES]
    kept = max(0, MAX_CHAT - sum(len(line) + 1 for line in head))
    tail = text[len(text) - kept :].partition("\n")[2]
    return "\n".join([*(line for line in head if len(line) <= _LONGEST_TITLE), tail])


_LONGEST_TITLE = 100


def _decoded(data: bytes) -> str:
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), None)
    for candidate in (encoding,) if encoding else ("utf-8", "cp949"):
        try:
            return data.decode(candidate)
        except UnicodeDecodeError:
            continue
    raise PermanentError("unreadable_chat", "The file is no text. Upload a chat that was exported as a text file.")
