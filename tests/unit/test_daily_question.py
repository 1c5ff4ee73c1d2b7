import re
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reply.tasks import DailyQuestion
from workers.engines.practice.daily_question import daily_question
from workers.engines.practice.questions import bank

COUPLE = {"audience": "couple"}
LEARNERS = [{"audience": "learner", "level": level} for level in ("low", "mid", "high")]
BANKS = [(COUPLE, "couple"), *((fields, f"learner-{fields['level']}") for fields in LEARNERS)]


def question(day: date, **fields: Any):
    return daily_question(DailyQuestion(type="daily_question", date=day, **fields)).question


def test_there_are_enough_questions():
    assert len(bank("couple")) >= 150
    assert sum(len(bank(name)) for _, name in BANKS[1:]) >= 120


@pytest.mark.parametrize("name", [name for _, name in BANKS])
def test_every_question_is_one_in_both_languages_and_no_other(name: str):
    questions = bank(name)
    for one in questions:
        assert re.fullmatch(r"[A-Z][ -~]*[.?]", one.english)
        assert re.fullmatch(r"[가-힣0-9][가-힣0-9 ,.?]*[?.]", one.korean)
    assert len({one.english for one in questions}) == len({one.korean for one in questions}) == len(questions)


@pytest.mark.parametrize(("fields", "name"), BANKS)
@given(start=st.dates(max_value=date(9990, 1, 1)))
def test_none_comes_again_before_all_have_been(fields: dict[str, str], name: str, start: date):
    number = len(bank(name))
    days = [question(start + timedelta(days=day), **fields) for day in range(number)]
    assert set(days) == {one.korean for one in bank(name)}


@pytest.mark.parametrize(("fields", "name"), BANKS)
def test_the_categories_change_from_day_to_day(fields: dict[str, str], name: str):
    days = [date(2026, 1, 1) + timedelta(days=day) for day in range(len(bank(name)))]
    asked = [daily_question(DailyQuestion(type="daily_question", date=day, **fields)).category for day in days]
    assert all(len(set(asked[at : at + 3])) > 1 for at in range(len(asked) - 3))


def test_the_day_has_the_same_question_in_both_languages():
    day = date(2026, 11, 21)
    assert (question(day, language="en"), question(day, language="ko")) in {
        (one.english, one.korean) for one in bank("couple")
    }


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_question_that_they_have_had_in_either_language_is_passed_over(language: str):
    day = date(2026, 11, 21)
    had = question(day, language=language)
    assert question(day, avoid=(f" {had.upper()} ",)) == question(day + timedelta(days=1))


def test_when_all_have_been_the_days_own_comes_again():
    every = tuple(one.korean for one in bank("couple"))
    assert question(date(2026, 11, 21), avoid=every) == question(date(2026, 11, 21))


def test_the_answer_says_the_day():
    answer = daily_question(DailyQuestion(type="daily_question", date=date(2026, 11, 21)))
    assert answer.date == "2026-11-21"
