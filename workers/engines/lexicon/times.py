"""Days and hours as English and Korean texts name them."""

from __future__ import annotations

import re

_DAY = (
    r"(?:이번 ?주말|다음 ?주말|지난 ?주말|이번 ?주|다음 ?주|지난 ?주|오늘|내일|모레|어제"
    r"|그저께|글피|주말|평일|[월화수목금토일]요일"
    r"|크리스마스(?: ?이브)?|추석|설날|연휴|방학|\d{4}년|\d{1,2}월 ?\d{1,2}일"
    r"|\d{1,2}월|\d{1,2}일|이번 ?달|다음 ?달|지난 ?달|올해|작년|내년)"
)
_PART = r"(?:새벽|아침|오전|점심|낮|오후|저녁|밤|퇴근하고|퇴근 ?후|수업 ?끝나고)"
_CLOCK = r"(?:\d{1,2}|[한두세네]|다섯|여섯|일곱|여덟|아홉|열|열한|열두)시(?!간)(?: ?반| ?\d{1,2}분)?"
KOREAN_TIME = re.compile(rf"(?<![가-힣\d])(?:{_DAY}|{_PART}|{_CLOCK})(?:에| 날)?(?:[ ,]*(?:{_DAY}|{_PART}|{_CLOCK}))*")
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august"
    r"|september|october|november|december|jan|feb|mar|apr|jun"
    r"|jul|aug|sept?|oct|nov|dec)\.?"
)
ENGLISH_TIME = re.compile(
    rf"\b(?:(?:this|next|last) (?:week(?:end)?|month|year"
    rf"|summer|winter|spring|fall|{_WEEKDAY})|tonight|today"
    rf"|yesterday"
    rf"|tomorrow(?: (?:night|morning|evening|afternoon))?|(?:on )?{_WEEKDAY}(?: (?:night|morning|afternoon|evening))?"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:, \d{{4}})?"
    rf"|\d{{1,2}}(?:st|nd|rd|th) of {_MONTH}|(?:january"
    rf"|february|april|june|july|august|september|october"
    rf"|november|december)\b"
    rf"|(?:at )?\d{{1,2}}(?::\d{{2}})? ?(?:am|pm|o'clock)"
    rf"|(?:at )?\d{{1,2}}:\d{{2}}|noon|midnight|(?:19"
    rf"|20)\d{{2}})(?!\w)",
    re.IGNORECASE,
)
#: Times that are a day at least.
HAS_DAY = re.compile(r"오늘|내일|모레|글피|주말|평일|요일|크리스마스|추석|설날|연휴|방학|\d일")
