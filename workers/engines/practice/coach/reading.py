"""What is to be answered: the partner's last messages, what they do, and what the chat before and its feeling add."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING

from workers.engines.lexicon.emotions import emotions
from workers.engines.lexicon.feelings import hits
from workers.engines.lexicon.sentiment import sentiment
from workers.engines.practice.coach.intents import Recognised, leads_of, recognise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.kinds.analysis import AnalysisResult
    from workers.engines.ports import Chat, ChatMessage

#: How much of these is read; more than anybody types at once.
_MOST_CHARACTERS = 1_000
#: Intents that say so little that an analysis of the chat may say more.
_VAGUE = frozenset({"other", "share"})
_BY_EMOTION = {"sadness": "vent", "anger": "vent", "fear": "worry"}
#: Who laughs is not to be comforted.
_LAUGH = re.compile("[ㅋㅎ]{2}")
_CERTAIN = 0.5
#: There is nobody to answer: the asker begins.
_NOTHING = Recognised("other", "opener", (), grave=False, plan=None)


def understood(chat: Chat, theirs: Sequence[ChatMessage], analysis: AnalysisResult | None) -> Recognised:
    """Tell what the partner's last messages do.

    Args:
        chat: all of it.
        theirs: the messages to be answered, see `workers.engines.chats.unanswered`.
        analysis: one of the chat, which knows more of the feeling than these messages do; None has them tell it.
    """
    if not theirs:
        return _NOTHING
    message = last_words(theirs)
    return _informed(_in_context(_newest(theirs, recognise(message)), chat, theirs), message, analysis)


def _newest(theirs: Sequence[ChatMessage], whole: Recognised) -> Recognised:
    """Take the last of several messages for what is answered, unless it is vague or an earlier one weighs more."""
    last = recognise(theirs[-1].text[-_MOST_CHARACTERS:])
    if len(theirs) == 1 or not last.matched or last.intent == whole.intent or last.intent in _SLIGHT:
        return whole
    weighs_more = whole.intent in _WEIGHTY or (whole.grave and last.intent not in _PROPOSALS)
    if weighs_more and whole.intent not in leads_of(last.intent):
        return whole
    others = tuple(intent for intent in (whole.intent, *whole.others) if intent != last.intent)
    return replace(last, others=others, grave=last.grave or whole.grave, plan=last.plan or whole.plan)


#: What is answered whatever was said after it, unless the answer to that begins with it.
_WEIGHTY = frozenset(
    {
        "crisis",
        "breakup",
        "death",
        "rejection",
        "confession",
        "serious_talk",
        "cancel",
        "sick",
        "bad_news",
        "good_news",
        "anniversary",
        "birthday",
        "gift",
    }
)
#: What is said behind something else, and does not take its place.
_SLIGHT = frozenset(
    {
        "share",
        "laugh",
        "reaction",
        "short_ack",
        "greeting",
        "photo",
        "care",
        "maybe",
        "clarify",
        "teasing",
        "thanks",
        "apology",
        "weather",
    }
)


def last_words(theirs: Sequence[ChatMessage]) -> str:
    """Return what is read of messages: their end, where what is to be answered stands."""
    return "\n".join(one.text for one in theirs)[-_MOST_CHARACTERS:]


def _in_context(does: Recognised, chat: Chat, theirs: Sequence[ChatMessage]) -> Recognised:
    """Take a plain yes for what it is: consent where the asker has proposed something, else little at all."""
    if does.intent != "short_ack":
        return does
    before = list(takewhile(lambda message: message is not theirs[0], chat.messages))
    proposed = recognise(before[-1].text).intent in _PROPOSALS if before and before[-1].name == chat.me else False
    yes = proposed and _YES.match(theirs[-1].text)
    return replace(does, intent="accepted", sort="accepted") if yes else does


_PROPOSALS = frozenset(
    {"invitation", "schedule_ask", "plan_confirm", "choice_ask", "call_ask", "request", "work_request"}
)
_YES = re.compile(
    r"\s*(?:ㅇㅇ|응|웅|어|네|넵|넹|예|ㅇㅋ|오케|그래|알겠|알았|굿|ok|yes|yeah|yep"
    r"|sure|alright|got it)",
    re.IGNORECASE,
)


def _informed(does: Recognised, message: str, analysis: AnalysisResult | None) -> Recognised:
    """Take a feeling that shows for what a message that says little is about; an analysis knows more than its words."""
    if does.intent not in _VAGUE or (analysis is None and _LAUGH.search(message)):
        return does
    felt = analysis.emotions if analysis and analysis.emotions else emotions(message, None)
    intent = _BY_EMOTION.get(felt.label)
    if intent is None or felt.scores[felt.label] < _CERTAIN:
        return replace(does, sort="share_bad") if _is_bad(does, message) else does
    if analysis is None and all(hit.is_sign for hit in hits(message, None)):
        return replace(does, sort="share_sad")  # tears alone do not say what for
    return replace(does, intent=intent, sort=intent, grave=True)


def _is_bad(does: Recognised, message: str) -> bool:
    """Tell whether what somebody has done was no pleasure."""
    return does.intent == "share" and sentiment(message, None).label == "negative"
