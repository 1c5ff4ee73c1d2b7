"""What sort of fact a question asks for, by its words, and whether a sentence has one of this sort."""

from __future__ import annotations

import re

_NUMBER = (
    r"(?:\d[\d,.:/]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|"
    r"sixty|hundred|half|한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|하루|이틀|사흘|나흘|엿새)"
)
_MONTHS = r"january|february|march|april|may|june|july|august|september|october|november|december"
_DAYS = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
_UNITS = r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|terms?|초|분|시간|일|주일?|달|개월|년|살)"

#: Pairs of patterns: of a question, and of a sentence that may answer it. The first that fits the question counts.
_TYPES = tuple(
    (re.compile(question, re.IGNORECASE), re.compile(sentence, re.IGNORECASE))
    for question, sentence in (
        (
            (
                r"how much|what .*\b(cost|price|fee|fine)|\b(cost|price)s?\b|"
                r"얼마(예요|인가요|입니까|를 내|죠|야)|요금|비용|가격|이용료"
            ),
            r"[$€£₩]\s?\d|\d\s?(won|euros?|dollars?|pounds?|cents?|원)|\bfree\b|costs? nothing|included|무료",
        ),
        (
            (
                r"how (long|old|often|far|soon|fast)|for how|until when|"
                r"얼마나 (걸|오래|자주)|며칠|몇 (분|시간|달|년|살|주)|얼마 동안"
            ),
            rf"{_NUMBER}[\s-]?{_UNITS}|every|각|마다|동안|이틀|사흘|나흘|엿새",
        ),
        (
            r"\bwhen\b|what time|which day|what day|언제|몇 시|요일|며칠",
            rf"\b(?:{_MONTHS}|{_DAYS}|noon|midnight|a\.m\.|p\.m\.)\b|\d:\d\d|\d\s?(?:시|월|일|분)|요일|아침|저녁|새벽",
        ),
        (r"how many|how (warm|hot|tall|big|large)|몇", rf"\b{_NUMBER}\b|{_NUMBER}\s?(?:번|명|권|개|대|점|장|퍼센트)"),
        (
            r"\bwhere\b|which (floor|room)|어디",
            r"\b(?:at|in|on|behind|beside|below|under|next to|floor|room)\b|층|옆|앞|에서|출구|에 있",
        ),
    )
)


def fits(question: str, sentence: str) -> bool:
    """Whether a sentence has the sort of fact that the question asks for; false where that can't be told."""
    wanted = next((answer for asked, answer in _TYPES if asked.search(question)), None)
    return bool(wanted and wanted.search(sentence))
