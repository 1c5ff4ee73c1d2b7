"""What a line of a chat is, by its form alone.

KakaoTalk's text exports have no published grammar; these forms are those of its PC, Android, iOS and macOS programs, in
Korean and English, as users share them. All patterns are anchored and bounded, so that a line takes linear time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Longest name that is taken for one; KakaoTalk allows 20 characters, its contacts' names more.
MAX_NAME = 40

_CLOCK = r"(?:(?:오전|오후|AM|PM|am|pm|[ap]\.m\.) ?)?\d{1,2}:\d{2}(?::\d{2})?(?: ?(?:AM|PM|am|pm|[ap]\.m\.))?"
_DAY = (
    r"(?:\d{4}년 ?\d{1,2}월 ?\d{1,2}일|\d{4}\. ?\d{1,2}\. ?\d{1,2}\.?|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"
    r"|[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}|\d{1,2} [A-Z][a-z]{2,8}\.? \d{4}|\d{1,2}/\d{1,2}/\d{2,4})"
)
_WEEKDAY = r"(?:[월화수목금토일]요일|\([월화수목금토일]\)|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)"
_NAME = rf"(?P<name>[^\s\[\]:\uff1a][^\[\]:\uff1a\t]{{0,{MAX_NAME - 1}}}?)"

#: `[민수] [오후 3:45] text`: the PC's, and what is copied out of it.
_BRACKETS = re.compile(rf"\[(?P<name>[^\]\t]{{1,{MAX_NAME}}})\] ?\[{_CLOCK}\](?: (?P<text>.*))?")
#: `2023년 5월 1일 오후 3:45, 민수 : text`: the phones'.
_DATED = re.compile(rf"{_DAY}(?:,| at)? ?{_CLOCK}, {_NAME} : ?(?P<text>.*)")
#: `2023-05-01 15:45:12,"민수","text"`: macOS's table.
_ROW = re.compile(rf'"?{_DAY} {_CLOCK}"?,"?(?P<name>[^",]{{1,{MAX_NAME}}})"?,(?P<text>.*)')
#: `민수: text`, perhaps with a time before the name or behind it.
_PLAIN = re.compile(
    rf"(?:[\[(]?(?:{_DAY},? )?{_CLOCK}[\])]? ?[-,]? "
    rf")?{_NAME}(?: ?[\[(]?(?<=[ \[(]){_CLOCK}[\])]?)? "
    rf"?(?:(?<!\d)[:\uff1a]|[:\uff1a](?!\d\d))(?!//)(?P<text>.*)"
)

_TITLE = re.compile(
    r"(?P<ko>.{1,60}?)(?: \d{1,4})? ?님과 카카오톡 대화"
    r"|KakaoTalk Chats with (?P<en>.{1,60})"
    r"|(?P<with>.{1,60}?) with KakaoTalk Chats"
)
_NOTHING = tuple(
    re.compile(pattern)
    for pattern in (
        r"-{3,}.{0,60}-{3,}",
        r"(?:저장한 날짜|저장된 날짜|Date Saved|Saved on) ?:.{0,60}",
        rf"(?:{_WEEKDAY},? )?{_DAY}(?:,| at)? ?(?:{_WEEKDAY})?(?: ?{_CLOCK})?",
        rf"{_CLOCK}",
        r"Date,User,Message",
        r".{1,60}님(?:이|을|께서) .{0,60}(?:들어왔|나갔|초대했|초대하였|내보냈)습니다\.?.{0,40}",
        r".{1,60} (?:has )?(?:joined|left)(?: this chatroom| the chatroom)?\.",
        r".{1,60} invited .{1,80}\.?",
        r"채팅방 관리자가 메시지를 가렸습니다\.?",
        r"\(?읽음\)?|\d{1,3}",
    )
)
_GONE = re.compile(
    r"(?:삭제된 메시지입니다\.?|메시지가 삭제되었습니다\.?|(?:This )?message (?:was|has been) deleted\.?)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Said:
    """A line that begins a message."""

    name: str
    text: str
    exported: bool
    """Whether the form is an export's: then the name is one for certain."""


@dataclass(frozen=True)
class Titled:
    """An export's first line; names the other one, or the group."""

    partner: str


class Blank:
    """A line that says nothing: a date, a system's line."""


BLANK = Blank()


def read_line(line: str) -> Said | Titled | Blank | None:
    """Say what a line is; None where it is of no form: it goes on with the message before, or stands for itself."""
    if not line.strip():
        return BLANK
    for form in (_BRACKETS, _DATED, _ROW):
        if found := form.fullmatch(line):
            return Said(found["name"].strip(), _unquoted(found["text"] or "", row=form is _ROW), exported=True)
    stripped = line.strip()
    if found := _TITLE.fullmatch(stripped):
        return Titled((found["ko"] or found["en"] or found["with"]).strip())
    if any(pattern.fullmatch(stripped) for pattern in _NOTHING):
        return BLANK
    if (found := _PLAIN.fullmatch(stripped)) and is_name(name := found["name"].strip()):
        return Said(name, found["text"].strip(), exported=False)
    return None


def is_deleted(text: str) -> bool:
    """Tell whether the message was taken back: there is nothing to read."""
    return _GONE.fullmatch(text.strip()) is not None


def is_name(text: str) -> bool:
    """Tell whether what stands before a colon can be a name: not a number, nor a sentence."""
    return len(text.split()) <= _MAX_WORDS and any(char.isalpha() for char in text) and text.lower() not in _NO_NAMES


_MAX_WORDS = 4
_NO_NAMES = frozenset(
    {
        "http",
        "https",
        "re",
        "fw",
        "ps",
        "p.s.",
        "note",
        "저장한 날짜",
        "date saved",
        "링크",
        "장소",
        "시간",
        "파일",
        "주소",
    }
)


def _unquoted(text: str, *, row: bool) -> str:
    if row and text.startswith('"'):
        text = text[1:].removesuffix('"').replace('""', '"')
    return text.strip()
