"""Conversations that have become too long for a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import PermanentError
from tests import replies
from tests.integration.calling import Attempt
from tests.scripted_model import TOKENS, ScriptedEngine, ask, says
from workers.engines.llm.form import newest_that_fit
from workers.engines.llm.model import Stop
from workers.engines.llm.tasks.summary import newest_turns, to_summarise, tokens_of_turn
from workers.engines.llm.texts import tokens_of

if TYPE_CHECKING:
    from schemas.conversation import History

SUMMARY = {"summary": "Mina has a dog, Bori. They talked about its food."}
#: A turn of these has 15 + 200 + 3 tokens.
LONG = 600


def past(turns: int, **changes: object) -> History:
    said = [(f"turn {number} ".ljust(LONG, "x"), "So what?") for number in range(1, turns + 1)]
    return replies.history(*said, **changes)


def options() -> dict[str, Any]:
    """Return options that leave room for about nine of those turns."""
    return {"max_tokens": 2_000, "context_tokens": 6_000}


def test_turns_that_fit_are_given_word_by_word():
    reply, engine = ask(replies.turn(past=past(8)), replies.TURN, **options())

    assert engine.prompts[0].turns[0].text.count("<learner>") == 8
    assert reply.answer.type == "conversation"
    assert reply.answer.forgotten_turns == 0
    assert (reply.summary, reply.summarised_turns) == (None, 0)


def test_the_oldest_turns_that_do_not_fit_are_summarised_and_nothing_is_forgotten():
    attempt = Attempt()
    reply, engine = ask(replies.turn(past=past(12)), SUMMARY, replies.TURN, call=attempt, **options())

    summarising, answering = (prompt.turns[0].text for prompt in engine.prompts)
    assert "summarising" in attempt.said
    assert "turn 1 " in summarising
    assert "turn 12 " not in summarising
    assert f"<earlier>{SUMMARY['summary']}</earlier>" in answering
    assert summarising.count("<learner>") + answering.count("<learner>") == 12
    assert reply.summary == SUMMARY["summary"]
    assert reply.summarised_turns == summarising.count("<learner>")
    assert reply.answer.type == "conversation"
    assert reply.answer.forgotten_turns == 0
    assert reply.tokens is not None
    assert reply.tokens.input == 2 * TOKENS.input


def test_a_summary_leaves_room_for_some_turns_before_the_next_one():
    reply, _ = ask(replies.turn(past=past(12)), SUMMARY, replies.TURN, **options())
    known = past(15, summary=reply.summary, summarised_turns=reply.summarised_turns)

    later, engine = ask(replies.turn(past=known), replies.TURN, **options())

    assert len(engine.prompts) == 1
    assert (later.summary, later.summarised_turns) == (reply.summary, reply.summarised_turns)
    assert later.answer.type == "conversation"
    assert later.answer.forgotten_turns == 0


def test_the_next_summary_has_the_one_before():
    known = past(20, summary="Mina is shy.", summarised_turns=9)

    reply, engine = ask(replies.turn(past=known), SUMMARY, replies.TURN, **options())

    assert "<earlier>Mina is shy.</earlier>" in engine.prompts[0].turns[0].text
    assert "turn 9 " not in engine.prompts[0].turns[0].text
    assert "turn 10 " in engine.prompts[0].turns[0].text
    assert reply.summarised_turns > 9


def test_a_very_long_past_is_summarised_turn_by_turn_and_what_is_left_out_is_said():
    reply, engine = ask(replies.turn(past=past(60)), SUMMARY, replies.TURN, **options())

    shown = engine.prompts[1].turns[0].text.count("<learner>")
    assert reply.answer.type == "conversation"
    assert reply.answer.forgotten_turns == 60 - reply.summarised_turns - shown > 0


def test_without_summaries_the_oldest_turns_are_forgotten_and_that_is_said():
    reply, engine = ask(replies.turn(past=past(12)), replies.TURN, summarise=False, **options())

    shown = engine.prompts[0].turns[0].text.count("<learner>")
    assert reply.answer.type == "conversation"
    assert reply.answer.forgotten_turns == 12 - shown > 0


@pytest.mark.parametrize("stop", [Stop.REFUSED, Stop.TOOL])
def test_a_summary_that_is_refused_does_not_hold_up_the_turn(stop: Stop):
    reply, _ = ask(replies.turn(past=past(12)), says("", stop), replies.TURN, **options())

    assert reply.answer.type == "conversation"
    assert reply.answer.forgotten_turns > 0
    assert (reply.summary, reply.summarised_turns) == (None, 0)


def test_an_account_without_money_is_not_asked_for_the_turn_either():
    engine = ScriptedEngine(PermanentError("insufficient_quota", "No money."), replies.TURN, **options())

    with pytest.raises(PermanentError, match="insufficient_quota"):
        engine.answer(replies.turn(past=past(12)), Attempt())

    assert len(engine.prompts) == 1


sizes = st.lists(st.integers(1, 50), max_size=30)


@given(sizes, st.integers(-5, 500))
def test_the_newest_that_fit_are_all_that_fit_and_the_last_ones(sizes: list[int], budget: int):
    fit = newest_that_fit(sizes, sizes, budget)

    assert fit == tuple(sizes[len(sizes) - len(fit) :])
    assert sum(fit) <= max(0, budget)
    assert len(fit) == len(sizes) or sum(fit) + sizes[-len(fit) - 1] > budget


@given(st.lists(st.integers(0, 500), max_size=40), st.integers(0, 4_000))
def test_what_is_summarised_is_the_oldest_and_fits_itself(lengths: list[int], budget: int):
    turns = replies.history(*[("x" * length, "ok") for length in lengths]).turns

    old = to_summarise(turns, budget)

    assert old == turns[: len(old)]
    assert sum(map(tokens_of_turn, old)) <= budget
    assert not old or len(newest_turns(turns, budget)) < len(turns)


@given(st.text(max_size=300))
def test_tokens_are_estimated_rather_too_high(text: str):
    assert tokens_of(text) >= len(text.encode()) / 4
