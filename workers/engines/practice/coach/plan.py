"""What an invitation proposes, in the forms in which an answer says it again."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from workers.engines.practice.coach.words import find_time, is_filler, words
from workers.engines.practice.particles import final_of

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Verbs of things that are done together: stem, and stem of `-을래`, and polite present.
_VERBS = {
    "가": ("갈", "가요"),
    "보": ("볼", "봐요"),
    "먹": ("먹을", "먹어요"),
    "마시": ("마실", "마셔요"),
    "하": ("할", "해요"),
    "만나": ("만날", "만나요"),
    "놀": ("놀", "놀아요"),
    "걷": ("걸을", "걸어요"),
    "타": ("탈", "타요"),
    "치": ("칠", "쳐요"),
    "뛰": ("뛸", "뛰어요"),
    "찍": ("찍을", "찍어요"),
    "듣": ("들을", "들어요"),
    "배우": ("배울", "배워요"),
    "시키": ("시킬", "시켜요"),
    "나가": ("나갈", "나가요"),
    "다녀오": ("다녀올", "다녀와요"),
    "때리": ("때릴", "때려요"),
    "조지": ("조질", "조져요"),
}
#: Verbs that the one who is asked says in another way: you come, I go.
_SEEN_FROM_ME = {
    "오": "가",
    "나오": "나가",
    "드시": "먹",
    "뵙": "보",
    "뵈": "보",
    "잡수시": "먹",
    "때리": "먹",
    "조지": "먹",
}
#: Proposals in form that are none: of a time to come, of parting, of what the other one is to do.
_LEFT_OUT = re.compile(
    r"가능|오래 ?(?:보|가|만나)자|또 ?(?:보|만나)자|(?:다음|담)에 ?(?:또 ?)?(?:보|만나)자|그만|나중에|얘기|이별|헤어"
    r"|(?:어디|해|두고) ?보자|전화|통화|어떻게 ?(?:할|하)|내가|제가|해줄|뭐 ?하자"
)
_STOPS = re.compile(r"(?:면|는데|은데|니까|지만|거든|서|하고|끝나고|,)$")
#: `해볼래`: a verb stands before 보다, and no thing that is looked at.
_TRIED = re.compile(r"(?:해|가|먹어|만나|마셔|타|입어|들러|걸어|찾아)$")
_OPEN = re.compile(r"뭐|뭘|언제|어디|몇|어떤|무슨|어떻게")
_MOST_WORDS = 3


@dataclass(frozen=True)
class Plan:
    """A proposal: what stands before the verb, and the verb's stem."""

    before: str
    stem: str

    def forms(self) -> Mapping[str, str]:
        """Return the slots that replies have for it."""
        polite = _VERBS[self.stem][1]
        stem = self._present()
        slots = {"plan_ja": f"{self.before}{self.stem}자", "plan_yo": f"{self.before}{polite}"}
        if self.before:
            slots |= {"plan_neun": f"{self.before}{stem}는", "plan_go": f"{self.before}{self.stem}고"}
        return slots

    def _present(self) -> str:
        """Return the stem as it stands before 는: ㄹ falls out."""
        return self.stem[:-1] + "노" if self.stem.endswith("놀") else self.stem


@cache
def _pattern() -> re.Pattern[str]:
    stems = sorted({*_VERBS, *_SEEN_FROM_ME}, key=len, reverse=True)
    return re.compile("|".join(f"(?P<v{index}>{_endings(stem)})" for index, stem in enumerate(stems)))


@cache
def _stems() -> tuple[str, ...]:
    return tuple(sorted({*_VERBS, *_SEEN_FROM_ME}, key=len, reverse=True))


def _endings(stem: str) -> str:
    future = _VERBS[stem][0] if stem in _VERBS else _with_rieul(stem)
    open_ended = not final_of(stem)
    honorific = stem if stem.endswith("시") else stem + ("시" if open_ended else "으시")
    formal = unicodedata.normalize("NFC", unicodedata.normalize("NFD", stem) + "\u11b8") if open_ended else stem + "읍"
    neun = "노" if stem == "놀" else stem
    return (
        rf"(?:{future}(?:래|까)(?:요|욤|용)?|{stem}자(?:고|구|요|용)?"
        rf"|{_with_rieul(honorific)}(?:래|까)요|{honorific}(?:죠|겠어요"
        rf"|지요)"
        rf"|{stem}지 ?(?:않을래|않으실래|않을까)요?|{formal}시다|{neun}는 ?(?:거|건"
        rf"|게|거는|것) ?(?:어때|어떠|어떨|괜찮))"
    )


def _with_rieul(stem: str) -> str:
    return (
        unicodedata.normalize("NFC", unicodedata.normalize("NFD", stem) + "\u11af")
        if not final_of(stem)
        else stem + "을"
    )


def find_plan(clause: str) -> Plan | None:
    """Return what a clause proposes to do together; a Plan without words before its verb is just meeting.

    Args:
        clause: in the dictionary's spelling, with spaces.
    """
    if _LEFT_OUT.search(clause) or _OPEN.search(clause):
        return None
    found = next((match for match in _pattern().finditer(clause)), None)
    if found is None:
        return _noun_plan(clause)
    stem = _stems()[int((found.lastgroup or "v0")[1:])]
    stem = _SEEN_FROM_ME.get(stem, stem)
    head = clause[: found.start()]
    attached = bool(head) and not head[-1].isspace()
    before = _kept(head) or (_meal(head) if stem == "먹" else "")
    joined = not before or (attached and (stem == "하" or (stem == "보" and _TRIED.search(head))))
    return Plan(before + ("" if joined else " "), stem)


def find_wish(clause: str) -> Plan | None:
    """Return what a clause says that somebody would like to do: 제주도 가고 싶다."""
    found = _WISHED.search(clause)
    return Plan(f"{before} " if (before := _kept(clause[: found.start()])) else "", found["stem"]) if found else None


_WISHED = re.compile(rf"(?P<stem>{'|'.join(sorted(_VERBS, key=len, reverse=True))})고 ?싶")


def _meal(head: str) -> str:
    """Return the meal that is eaten where the time is all that is said: 저녁 먹자."""
    found = _MEAL.search(find_time(head) or "")
    return found[0] if found else ""


_MEAL = re.compile(r"(?:아침|점심|저녁)$")


def _kept(head: str) -> str:
    """Return the last words before a verb that say what is to be done."""
    head = head.replace("한 번", "한번")
    time = find_time(head)
    words = (head.replace(time, " ", 1) if time else head).split()
    kept: list[str] = []
    for word in reversed(words):
        if _STOPS.search(word) or len(kept) == _MOST_WORDS:
            break
        if not is_filler(word):
            kept.insert(0, word)
    return " ".join(kept)


def _noun_plan(clause: str) -> Plan | None:
    """Read a proposal without a verb: 파스타 어때?, 롤 한판 ㄱ?"""
    found = _NOUN.search(clause)
    if found is None:
        return None
    noun, measure = found["noun"], found["measure"]
    stem = "먹" if noun in words("foods") else next((stem for stem, name in _NOUNS if noun in words(name)), None)
    return Plan(f"{noun} {measure} " if measure else f"{noun} ", stem) if stem else None


#: Verbs of nouns that are proposed without one, and the lists of those.
_NOUNS = (("하", "done"), ("먹", "eaten"), ("보", "watched"), ("가", "visited"))
_NOUN = re.compile(
    r"(?<![가-힣])(?P<noun>[가-힣]{1,8}?)(?:은|는|이나|나|이라도"
    r"|라도)? ?(?P<measure>한 ?잔|한 ?판|한 ?끼|한 ?게임)?(?:은|는)? ?(?:어때"
    r"|어떠|ㄱ|고고|콜|각\?|고\?)"
)
