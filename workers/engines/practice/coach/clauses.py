"""A message cut into clauses, and spellings of chats made those of the dictionary."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import accumulate

#: Spellings of chats, by what is compared; only such as are nothing else.
_SPELLINGS = (
    (re.compile(r"([가-힣])([ㅋㅎㅠㅜㅇㄷㄱ])(?![ㅋㅎㅠㅜㅇㄷㄱ])"), r"\1 \2"),
    (re.compile("ㅈㅅ"), "죄송"),
    (re.compile("ㄱㅅ|ㄳ"), "감사"),
    (re.compile("ㅊㅋ+|추카"), "축하"),
    (re.compile("ㅇㅋ|오키+|옼케|웅케|ㅇㅋㅇㅋ"), "오케이"),
    (re.compile("ㅁㅎ"), "뭐해"),
    (re.compile("ㅃㅃ|ㅂㅂ"), "바이바이"),
    (re.compile("ㅇㄷ"), "어디"),
    (re.compile("ㅈㅉ|ㄹㅇ"), "진짜"),
    (re.compile("ㅅㄱ"), "수고"),
    (re.compile("(?<![가-힣])(?:머|모)(?=해|하|햐)"), "뭐"),
    (re.compile("뭐행|뭐햐|모행"), "뭐해"),
    (re.compile("머(?:거|것|겄|겄)(?=어|네|다|는|지|니|냐)"), "먹었"),
    (re.compile("조아"), "좋아"),
    (re.compile("시러"), "싫어"),
    (re.compile("갠찮|괜춘|갠춘"), "괜찮"),
    (re.compile("마싯|마딧|맛잇"), "맛있"),
    (re.compile("재밋|재밌엇"), "재밌"),
    (re.compile("엇(?=어|네|다|는|지|음|냐)"), "었"),
    (re.compile("햇(?=어|네|다|는|지|음|냐)"), "했"),
    (re.compile("갓(?=어|네|다|는|지|음|냐)"), "갔"),
    (re.compile("왓(?=어|네|다|는|지|음|냐)"), "왔"),
    (re.compile("됬"), "됐"),
    (re.compile("않되|않돼"), "안돼"),
    (re.compile("구래"), "그래"),
    (re.compile("안뇽|안녕하숑"), "안녕"),
    (re.compile("낼(?= |$|은|도|까지)"), "내일"),
    (re.compile("담주"), "다음 주"),
    (re.compile("([월화수목금토일])욜"), r"\1요일"),
    (re.compile("어뜨케|어떻해|어떻게해|어케해|우짜|어뜩"), "어떡해"),
    (re.compile("어케"), "어떻게"),
    (re.compile("보고시[퍼프]|보고십"), "보고 싶"),
    (re.compile("셤"), "시험"),
)
#: Behind marks, laughs and tears, and behind what ends a sentence where few write a full stop.
_BREAKS = re.compile(
    r"(?<=[?])\s*|[\n.!;~]+\s*|(?<=[가-힣]),\s+|\s*(?:[ㅋㅎ]{2,}|[ㅠㅜ]+)[~!.?]*\s*(?=[^\s?])"
    r"|(?<=[었았했웠렸졌됐갔왔봤쳤셨][어다네지]) (?=\S)|(?<=[어아해에예세네나가까군든와줘려져봐죠]요) (?=\S)"
    r"|(?<=니다) (?=\S)"
)
_SIGNS = re.compile(r"[^\w\s?!.,~^':;/%()-]")
#: Endings that patterns begin with: 먹는 중, 하고 있어.
_ENDINGS = frozenset("는은을고러")
#: A word of two syllables and more.
_LONGER = re.compile("[가-힣]{2}$")
_LAUGH = re.compile(r"[ㅋㅎㅠㅜ\s]+")
_LONG = re.compile(r"(.)\1{2,}")
_ASKING = re.compile(
    r"\?|(?:^|\s)(?:뭐|뭘|왜|언제|어디|누구|몇|어떻게|어떤|무슨|얼마|어때)|뭐해"
    r"|시간 ?(?:이|은|도)? ?(?:돼|되|있|괜찮|어때)"
    r"|(?:나요|까요|은가요|는가요|을까|ㄹ까|(?<!아)니|냐|(?<![그이저노])래|(?<![그이저노])래요"
    r"|셨어요|셨나요|신가요|인가요|시나요|가능할까요)[\s~!^ㅎㅋㅠ]*$"
)
_ASKING_EN = re.compile(
    r"^(?:so |and |but |hey |hi |well )*(?:what|where|when|who"
    r"|why|how|which|do|does|did|are|is|was|were|can|could"
    r"|would|will|should|shall|have|has|wanna|want to)\b"
)


@dataclass(frozen=True)
class Clause:
    """A clause of a message."""

    text: str
    """In the dictionary's spelling, lower case, without emoji."""
    asks: bool

    @property
    def compact(self) -> str:
        """Without spaces and marks behind it, as Korean is compared: few put the spaces where they belong."""
        return re.sub(r"\s", "", self.text).rstrip("!~^.,")

    def has(self, pattern: re.Pattern[str]) -> bool:
        """Tell whether a pattern fits the text without its spaces, but not from the last syllable of a longer word.

        `공부 고민` has no 부고, and `혼자 해` no 자해.
        """
        compact, tails = self.compact, self._tails()
        found = pattern.search(compact)
        while found is not None and found.start() in tails and len(found[0]) > 1 and found[0][0] not in _ENDINGS:
            found = pattern.search(compact, found.start() + 1)
        return found is not None

    def _tails(self) -> frozenset[int]:
        """Return where the last syllables of words of two and more stand in the text without spaces."""
        ends = list(accumulate(len(word) for word in self.text.split()))[:-1]
        return frozenset(end - 1 for end, word in zip(ends, self.text.split(), strict=False) if _LONGER.search(word))


def clauses(message: str) -> tuple[Clause, ...]:
    """Cut a message into clauses."""
    text = spelt(message)
    parts = [part.strip() for part in _BREAKS.split(text) if part and part.strip(" ?!.,~")]
    # A laugh behind a sentence does nothing of its own.
    said = [part for part in parts if not _LAUGH.fullmatch(part)] or parts or [text.strip()]
    return tuple(Clause(part, _asks(part)) for part in said if part)


def spelt(message: str) -> str:
    """Return the text in the dictionary's spelling; runs of a letter are cut to two, emoji left out."""
    text = _LONG.sub(r"\1\1", unicodedata.normalize("NFC", message).lower().replace("\u2019", "'"))
    for pattern, spelling in _SPELLINGS:
        text = pattern.sub(spelling, text)
    return _SIGNS.sub(" ", text)


def _asks(part: str) -> bool:
    return bool(_ASKING.search(part) or _ASKING_EN.search(part))
