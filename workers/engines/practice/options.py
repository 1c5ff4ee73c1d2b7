"""Three replies to a chat, of different risk, from rules and shipped replies: no model is asked, nothing is made up."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from schemas.errors import PermanentError
from schemas.reply.answers import ReplyOption, ReplyOptionsAnswer
from workers.engines.chats.unanswered import last_of_partner
from workers.engines.practice.coach import compose
from workers.engines.practice.coach.intents import leads_of
from workers.engines.practice.coach.manner import address_of, is_formal, relation_of
from workers.engines.practice.coach.reading import last_words, understood
from workers.engines.practice.coach.slots import slots_of
from workers.engines.practice.coach.wish import wish_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from schemas.reply.tasks import ReplyOptions
    from workers.engines.ports import Asked, Chat
    from workers.engines.practice.coach.intents import Recognised

_GENTLE = ("내성", "소심", "낯가", "낯을", "신중", "조용", "예민", "shy", "introvert", "quiet", "sensitive", "reserved")


def reply_options(asked: Asked) -> ReplyOptionsAnswer:
    """Answer the partner's last messages in three ways.

    The intent of the messages decides what is answered; relationship, register, goal, likes and dislikes decide how.
    `matched` is false where no intent was recognised: the options are general then.

    Raises:
        PermanentError: `empty_chat`: it has no message.
    """
    task = cast("ReplyOptions", asked.task)
    if asked.chat is None:
        raise ValueError("reply options need a chat")
    if not asked.chat.messages:
        raise PermanentError("empty_chat", "There is no message in this chat. Send lines such as `name: text`.")
    theirs = last_of_partner(asked.chat)
    message = "\n".join(one.text for one in theirs)
    name = theirs[-1].name if theirs else None
    does = understood(asked.chat, theirs, asked.analysis)
    manner = _manner(task, asked.chat, does, message=last_words(theirs), name=name)
    sort = _sort(does, task, manner)
    return ReplyOptionsAnswer(
        options=_options(does, sort, task, manner),
        intent=does.intent,
        matched=does.matched,
        partner=name or task.partner.name,
        partner_message=message,
        messages=len(asked.chat.messages),
        unread_lines=asked.chat.unread_lines,
    )


def _manner(task: ReplyOptions, chat: Chat, does: Recognised, *, message: str, name: str | None) -> compose.Manner:
    mine = [one.text for one in chat.messages if chat.me is not None and one.name == chat.me]
    theirs = [one.text for one in chat.messages if one.text not in mine]
    relation = relation_of(task.partner, name, [*mine, *theirs])
    formal = is_formal(task.partner, name, mine=mine, theirs=theirs)
    return compose.Manner(
        language=task.language,
        relation=relation,
        formal=formal,
        sober=does.grave or relation == "work",
        slots=slots_of(message, does, task),
        disliked=tuple(task.partner.dislikes),
        address=address_of(task.partner, name),
    )


#: Intents that a wish to decline is an answer to, though they are no proposal in form.
_DECLINABLE = frozenset(
    {"other", "question", "notice", "plan_confirm", "choice_ask", "boredom", "what_doing", "hungry", "accepted"}
)


def _sort(does: Recognised, task: ReplyOptions, manner: compose.Manner) -> str:
    """Return under which name the replies stand: that of the goal, of the sort, or of the intent."""
    wish = wish_of(task.goal)
    wanted = [f"{does.intent}_{wish}", does.sort, does.intent]
    if wish == "decline" and does.intent in _DECLINABLE:
        wanted.insert(0, "invitation_decline")
    if does.intent in ("short_ack", "other", "laugh") and "like" in manner.slots and manner.relation != "work":
        wanted.insert(1, "short_ack_like")
    out_of_place = _NOT_WITH.get(manner.relation, ())
    if manner.relation != "work":
        out_of_place = (*out_of_place, *_AT_WORK)
    return next(sort for sort in wanted if sort not in out_of_place and compose.has(sort, manner))


#: Sorts that are what they are at work alone: to be asked to come at the weekend.
_AT_WORK = ("invitation_duty",)
#: Sorts that are something else among these: a mother's `자고 가`.
_NOT_WITH: Mapping[str, tuple[str, ...]] = {"family": ("invitation_intimate",)}


def _options(
    does: Recognised, sort: str, task: ReplyOptions, manner: compose.Manner
) -> tuple[ReplyOption, ReplyOption, ReplyOption]:
    safe, balanced, bold = (
        ReplyOption(
            risk=risk,
            text=_text(does, sort, risk, task, manner),
            why=compose.why(sort, does.intent, risk, task.language),
        )
        for risk in compose.RISKS
    )
    return safe, balanced, bold


def _text(does: Recognised, sort: str, risk: str, task: ReplyOptions, manner: compose.Manner) -> str:
    parts = [
        *_lead(does, sort, risk, manner),
        compose.reply(sort, risk, manner),
        *_ends(does, sort, risk, task, manner),
    ]
    return " ".join(parts)


def _lead(does: Recognised, sort: str, risk: str, manner: compose.Manner) -> Sequence[str]:
    """Return what is said first to a second thing that the message does; a bold answer comes to the point."""
    second = next((name for name in leads_of(does.intent) if name in does.others), None)
    if second is None or risk == "bold" or sort != does.intent:
        return ()
    return (compose.lead(second, manner),)


def _ends(does: Recognised, sort: str, risk: str, task: ReplyOptions, manner: compose.Manner) -> Sequence[str]:
    """Return what is said behind it: what the asker wants, and what makes a bold answer easier for a shy partner."""
    wish = wish_of(task.goal)
    served = sort.endswith(f"_{wish}") or does.intent in _SERVES.get(wish or "", ()) or (does.grave and wish in _LIGHT)
    wanted = compose.goal(wish, risk, manner) if wish and not served else None
    shy = any(word in trait.lower() for trait in task.partner.traits for word in _GENTLE)
    gentle = compose.goal("gentle", risk, manner) if shy else None
    return [text for text in (wanted, gentle) if text]


#: Intents whose answers do what is wanted by themselves.
_SERVES = {
    "meet": (
        "invitation",
        "schedule_ask",
        "choice_ask",
        "plan_confirm",
        "accepted",
        "enjoyed",
        "affection",
        "short_ack",
        "other",
        "greeting",
    ),
    "apologise": ("complaint", "breakup"),
    "confess": ("confession",),
    "thank": ("gift", "money_sent", "care", "compliment", "birthday"),
}
#: What is out of place where something grave is answered.
_LIGHT = ("meet", "closer", "confess")
