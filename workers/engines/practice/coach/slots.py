"""What the partner has said and is known to like, as replies say it again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workers.engines.practice.coach import words
from workers.engines.practice.coach.clauses import spelt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemas.reply.tasks import ReplyOptions
    from workers.engines.practice.coach.intents import Recognised

_MINUTES = re.compile(r"(\d{1,3}) ?분")
#: Written with a capital, which the spelling that is compared has not.
_NAMED = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\bchristmas\b")
_PLAN_EN = re.compile(
    r"\b(?:want to|wanna|let'?s|would you like to"
    r"|why don'?t we|shall we|care to)\s+((?:go|grab|watch"
    r"|hang out|get|eat|meet|see|play|have|try|visit"
    r"|do)\b[^.?!,;]{0,40})"
)
_DUE_EN = re.compile(r"\b(?:by|before|due) ((?:the end of )?[^.?!,;]{2,30})")
_ENDS_EN = re.compile(
    r"\s+(?:(?:this|next) \w+|tonight|today|tomorrow|on \w+day"
    r"|with me|together|sometime|at \d.*|for \w+day.*)\b.*$"
)


def slots_of(message: str, does: Recognised, task: ReplyOptions) -> Mapping[str, str]:
    """Return what can be put into a reply, by the names that replies have for it."""
    text = spelt(message)
    if task.language == "en":
        found = _english(text)
    else:
        found = {
            **_korean(text, does.said, does.plan.before.strip() if does.plan else ""),
            **(does.plan.forms() if does.plan else {}),
        }
    return {name: value for name, value in {**found, **_likes(task)}.items() if value}


def _korean(text: str, said: str, meal: str) -> dict[str, str | None]:
    """Find what Korean replies take up; a time is that of the clause that is answered, if it has one.

    Of `저녁 먹자` the meal is what is eaten, and no time of its own.
    """
    time = words.find_time(said) or words.find_time(text)
    if time and meal:
        time = time.removesuffix(meal).strip() or None
    minutes = _MINUTES.search(text)
    return {
        "time": time,
        "time_e": words.at(time) if time else None,
        "day": time if time and words.has_day(time) else None,
        "place": words.find_place(text),
        "minutes": f"{minutes[1]}분" if minutes else None,
        "exam": words.first_of("exams", text),
        "cause": words.first_of("causes", text),
        "toil": words.first_of("toils", text),
        "thing": words.first_of("things", text) or words.first_of("shown", text),
        "topic": words.find_topic(text),
    }


def _english(text: str) -> dict[str, str | None]:
    plan, due = _PLAN_EN.search(text), _DUE_EN.search(text)
    return {
        "time": _NAMED.sub(lambda day: day[0].title(), due[1].strip() if due else words.find_time_en(text) or ""),
        "plan": _ENDS_EN.sub("", plan[1]).strip() if plan else None,
    }


def _likes(task: ReplyOptions) -> dict[str, str | None]:
    """Return what the partner likes, in the language of the reply."""
    hangul = task.language == "ko"
    disliked = {word.casefold() for word in task.partner.dislikes}
    likes = [like for like in task.partner.likes if like.casefold() not in disliked and hangul == _is_hangul(like)]
    return {
        "like": next(iter(likes), None),
        "like_food": next((like for like in likes if words.is_food(like)), None),
    }


def _is_hangul(text: str) -> bool:
    return "가" <= text[-1] <= "힣"
