"""What the asker wants of the reply, by the words of the goal."""

from __future__ import annotations

import re

_WISHES = (
    (
        "decline",
        (
            r"거절|안 ?가고 ?싶|싫다고|못 ?간다|안 ?하고 ?싶|빠지고|피하고|부담|선을|declin"
            r"|say no|turn .{0,15}down|refuse|reject|avoid"
            r"|don'?t want to"
        ),
    ),
    ("postpone", r"미루|미뤄|연기|다음으로|다른 ?날|나중에|postpone|put off|reschedul|another (?:day|time)|later"),
    ("apologise", r"사과|미안|화해|풀고|풀어|잘못|용서|apolog|sorry|make up|reconcile"),
    ("confess", r"고백|좋아한다고|마음을? ?(?:전하|표현)|사귀|confess|tell .{0,12}(?:i like|feelings)|ask .{0,6}out"),
    ("thank", r"고마움|고맙|감사|thank|gratitude"),
    ("meet", r"만나|만남|약속|데이트|보고 ?싶|얼굴|밥 ?(?:한번|먹)|meet|see (?:him|her|them)|date|hang ?out"),
    (
        "closer",
        (
            r"친해|가까워|관심|호감|잘 ?보이|대화를? ?(?:이어|계속)|알아가|close|get to know"
            r"|keep .{0,12}(?:going|talking)|impress|flirt"
        ),
    ),
)
_COMPILED = tuple((name, re.compile(words, re.IGNORECASE)) for name, words in _WISHES)


def wish_of(goal: str | None) -> str | None:
    """Return what is wanted, a name of the table; None where nobody can tell."""
    return next((name for name, words in _COMPILED if goal and words.search(goal)), None)
