"""How the other one is spoken to: formally or not, and as what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemas.reply.tasks import Partner

Relation = Literal["romance", "family", "work", "friend", "any"]

#: By what is said of the partner; the first that fits, so that 여자친구 is no 친구.
_RELATIONS: tuple[tuple[Relation, re.Pattern[str]], ...] = (
    (
        "romance",
        re.compile(
            r"연인|애인|(?:남자|여자|남|여)친|남편|아내|와이프|썸|소개팅|데이트|짝사랑|좋아하는|크러쉬|자기|여보|약혼"
            r"|boyfriend|girlfriend|husband|wife|fianc|crush|partner|dating|lover|\bdate\b",
            re.IGNORECASE,
        ),
    ),
    (
        "family",
        re.compile(
            r"엄마|아빠|어머니|아버지|부모|할머니|할아버지|이모|고모|삼촌|가족|친척|시어머니|장모|며느리|사위"
            r"|친동생|친언니|친오빠|친누나|친형|딸|아들|조카"
            r"|\b(?:mom|mum|dad|mother|father|parent|grand|aunt|uncle|sister|brother|family|son|daughter|cousin)",
            re.IGNORECASE,
        ),
    ),
    (
        "work",
        re.compile(
            r"상사|팀장|부장|과장|차장|대리|사원|사장|대표|이사님|본부장|실장|동료|회사|직장|고객|거래처"
            r"|클라이언트|교수|선생|조교|원장|업무|비즈니스|사수|인턴"
            r"|\b(?:boss|manager|colleague|coworker|client|customer|professor|teacher|team lead|supervisor|work)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "friend",
        re.compile(
            r"친구|사친|동창|절친|베프|룸메|선배|후배|동기|동아리|언니|오빠|누나|형|동생|friend"
            r"|classmate|roommate|buddy",
            re.IGNORECASE,
        ),
    ),
)
#: Elders within reach; 동생 and the like are no such.
_ADDRESSED = re.compile(r"엄마|아빠|할머니|할아버지|이모|고모|삼촌|오빠|언니|누나|(?<![가-힣])형(?![가-힣])|선배")
_LOVERS = re.compile(r"자기야|여보(?!세요)|사랑해|뽀뽀|울애기|내사랑|honey|babe|darling|love you", re.IGNORECASE)
#: How parents call who they write to.
_CHILD = re.compile(r"(?m)^(?:우리 ?)?(?:아들|딸|손주|손녀|아가)(?:[아~,!\s]|$)")
_OFFICE = re.compile(
    r"팀장님|부장님|과장님|대리님|차장님|대표님|교수님|선생님|부탁드립니다|바랍니다|보고서|기획안|거래처"
    r"|업무|회신|검토 ?부탁|첨부"
)
_STIFF = re.compile("니다|니까|십시오")
_POLITE = re.compile(r"(?:요|니다|니까|세요|시죠|죠|넵|넹|네|욥|용|십시오|심다|슴다)$")
#: Endings of 반말 that no open vowel tells.
_PLAIN = re.compile(r"(?:지|자|니|냐|게|걸|듯|임|음|함|삼|데|까|구|군|응|웅|당|징|중|ㅇㅇ|ㄱㄱ|ㄴㄴ|ㅇㅋ|오)$")
#: Vowels that verbs end in without 요: 가, 먹어, 해, 그래, 마셔, 꿔, 봐, 돼, 얘.
_VERBAL = frozenset("ㅏㅓㅐㅔㅕㅝㅘㅙㅑㅖㅒ")
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
#: Letters alone, and words that are not said to those whom one honours.
_CASUAL = re.compile(r"[ㄱ-ㅎ]|헐|대박|(?:^|\s)(?:나|너|내가|니가|네가|야|나도|너도|난|넌)(?:\s|$)")
_ELDERS = re.compile(
    r"시어머니|장모|장인|시아버지|할머니|할아버지|어르신|선생|교수|상사|팀장|부장|과장|차장|대표|사장"
    r"|고객|거래처|소개팅|처음"
)
_CLOSE = re.compile(r"친구|연인|애인|남친|여친|남자친구|여자친구|남편|아내|엄마|아빠|동생|동창|절친|베프|동기|룸메|썸")
_ENDS = re.compile(r"[\n.!?~;]+|[ㅋㅎㅠㅜ]{1,}|\s{2,}|[^\w\s가-힣ㄱ-ㅎ]+")


def relation_of(partner: Partner, name: str | None, texts: Iterable[str]) -> Relation:
    """Say as what the other one is spoken to, by what is said of the relationship, the name, or the chat."""
    for said in (partner.relationship or "", name or partner.name or ""):
        if (found := next((relation for relation, words in _RELATIONS if words.search(said)), None)) is not None:
            return found
    whole = "\n".join(texts)
    if _CHILD.search(whole):
        return "family"
    if _LOVERS.search(whole):
        return "romance"
    # Who complains about the boss to a friend does not write as to the boss.
    return "work" if _OFFICE.search(whole) and _STIFF.search(whole) else "any"


def address_of(partner: Partner, name: str | None) -> str | None:
    """Return what somebody is called to whom one does not say 너; None for those to whom one does."""
    known = f"{partner.relationship or ''} {name or partner.name or ''}"
    found = _ADDRESSED.search(known)
    return found[0] if found else None


def is_formal(partner: Partner, name: str | None, *, mine: Iterable[str], theirs: Iterable[str]) -> bool:
    """Say whether to write 존댓말.

    What is asked for decides, then how the asker writes, then the relationship, then how the other one writes.
    """
    if partner.formal is not None:
        return partner.formal
    if (own := _politeness(mine)) is not None:
        return own
    known = f"{partner.relationship or ''} {name or partner.name or ''}"
    if _ELDERS.search(known):
        return True
    if _CLOSE.search(known):
        return False
    written = list(theirs)
    other = _politeness(written)
    return other if other is not None else not any(_CASUAL.search(text) for text in written)


def _politeness(texts: Iterable[str]) -> bool | None:
    """Return whether most sentences are polite; None where none can be told."""
    ends = [part.strip() for text in texts for part in _ENDS.split(text) if part and part.strip()]
    polite = sum(1 for end in ends if _is_polite(end))
    plain = sum(1 for end in ends if not _is_polite(end) and _is_plain(end))
    return None if polite == plain == 0 else polite >= plain


def _is_polite(end: str) -> bool:
    """Tell 네, a polite yes, from 좋네."""
    return bool(_POLITE.search(end)) and (not end.endswith("네") or end in ("네", "네네", "아 네"))


def _is_plain(end: str) -> bool:
    if _PLAIN.search(end):
        return True
    last = ord(end[-1]) - ord("가")
    is_open = 0 <= last <= ord("힣") - ord("가") and last % 28 == 0
    return is_open and _VOWELS[last // 28 % 21] in _VERBAL
