"""Uploaded chats: bytes of a text export read into text."""

from __future__ import annotations

from schemas.errors import PermanentError
from schemas.reply.tasks import MAX_CHAT

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
#: First bytes of what people upload by mistake: PDF, ZIP, gzip, 7z, RAR, Office before 2007, RTF, and pictures.
_NO_TEXT = (
    b"%PDF",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\xd0\xcf\x11\xe0",
    b"{\\rtf",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF87a",
    b"GIF89a",
    b"RIFF",
    b"II*\0",
    b"MM\0*",
)
#: ISO media (HEIC, AVIF, MP4) have it behind the length of their first box.
_BOX, _BOX_AT = b"ftyp", 4
#: The title of an export is its first line, or follows an empty one.
_TITLE_LINES = 2


def read_export(data: bytes) -> str:
    """Decode a chat export in UTF-8, UTF-16 with a mark, or the Windows code page of Korea (cp949).

    Of a long one the title and the newest `MAX_CHAT` characters are returned, from the beginning of a line.

    Raises:
        PermanentError: `unreadable_chat`: it is no text, or a file of another kind by its first bytes.
    """
    if data.removeprefix(_BOMS[0][0]).lstrip().startswith(_NO_TEXT) or data.startswith(_BOX, _BOX_AT):
        raise PermanentError(*_UNREADABLE)
    text = _decoded(data)
    if "\0" in text or not text.strip():
        raise PermanentError(*_UNREADABLE)
    if len(text) <= MAX_CHAT:
        return text
    head = text[:MAX_CHAT].splitlines()[:_TITLE_LINES]
    kept = max(0, MAX_CHAT - sum(len(line) + 1 for line in head))
    tail = text[len(text) - kept :].partition("\n")[2]
    return "\n".join([*(line for line in head if len(line) <= _LONGEST_TITLE), tail])


_LONGEST_TITLE = 100
_UNREADABLE = ("unreadable_chat", "The file is no text. Upload a chat that was exported as a text file.")


def _decoded(data: bytes) -> str:
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), None)
    for candidate in (encoding,) if encoding else ("utf-8", "cp949"):
        try:
            return data.decode(candidate)
        except UnicodeDecodeError:
            continue
    raise PermanentError(*_UNREADABLE)
