from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.replies import OPTIONS, QUESTION, SCENE, SENTENCES, TURN, spoken
from workers.engines.llm.said import Said, UnreadableError, so_far
from workers.engines.llm.schema import schema_of
from workers.engines.llm.tasks.conversation import SaidTurn
from workers.engines.llm.tasks.daily_question import SaidQuestion
from workers.engines.llm.tasks.grounded_answer import SaidGrounded
from workers.engines.llm.tasks.practice_sentences import SaidSentences
from workers.engines.llm.tasks.reply_options import SaidOptions
from workers.engines.llm.tasks.scenario import SaidScenario
from workers.engines.llm.tasks.summary import SaidSummary

FORMS: list[type[Said]] = [
    SaidTurn, SaidQuestion, SaidGrounded, SaidSentences, SaidOptions, SaidScenario, SaidSummary
]  # fmt: skip


@pytest.mark.parametrize(
    "written",
    [
        '{"question": "Why?", "category": "fun"}',
        '```json\n{"question": "Why?", "category": "fun"}\n```',
        'Sure! Here it is:\n{"question": "Why?", "category": "fun"}\nAnything else?',
        '<think>They want {"question": "What?"}</think>\n{"question": "Why?", "category": "fun"}',
        'They want a question.</think>{"question": "Why?", "category": "fun"}',
        '  {"question": "  Why? ", "category": "fun", "confidence": 0.9}',
    ],
)
def test_an_answer_is_read_with_whatever_stands_around_it(written: str):
    assert SaidQuestion.read(written) == SaidQuestion(question="Why?", category="fun")


def test_line_breaks_within_strings_are_read():
    assert SaidQuestion.read('{"question": "Why\nnot?", "category": "fun"}').question == "Why\nnot?"


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("", "no JSON"),
        ("I can't do that.", "no JSON"),
        ("[]", "object"),
        ('{"question": "Why?"', "no JSON"),
        ('{"category": "fun"}', "question"),
        ('{"question": 3, "category": "fun"}', "question"),
        ('{"question": "", "category": "fun"}', "question"),
        ('{"question": "\\ud800", "category": "fun"}', "question"),
        ("<think>" + '{"question": "Why?"}', "no JSON"),
        ('{"question": ' + "[" * 100_000, "deep"),
    ],
)
def test_what_is_no_answer_is_said_to_be_none_and_why(written: str, fault: str):
    with pytest.raises(UnreadableError) as raised:
        SaidQuestion.read(written)

    assert fault in raised.value.faults[0]


def test_faults_do_not_quote_what_was_written():
    with pytest.raises(UnreadableError) as raised:
        SaidQuestion.read('{"question": ["my secret"], "category": {"my": "secret"}}')

    assert "secret" not in str(raised.value.faults)


def test_full_width_brackets_are_turned_back():
    assert SaidQuestion.read('{"question": "I \uff1c3 you?", "category": "x"}').question == "I <3 you?"


def test_an_answer_that_was_cut_is_read_as_far_as_it_goes():
    whole = spoken(TURN)

    cut = SaidTurn.read_cut(whole[: whole.index("Leave out")])

    assert cut.reply == TURN["reply"]
    assert [each.original for each in cut.corrections] == ["go"]


def test_a_recast_that_was_cut_is_left_out():
    whole = spoken(TURN)

    assert SaidTurn.read_cut(whole[: whole.index("I went")]).recast is None


@given(st.integers(0, 2_000))
def test_an_answer_that_was_cut_anywhere_is_what_was_whole_by_then(length: int):
    written = spoken(TURN)[:length]
    if '"reply": "T' not in written:
        with pytest.raises(UnreadableError):
            SaidTurn.read_cut(written)
        return
    cut, whole = SaidTurn.read_cut(written), SaidTurn.read(spoken(TURN))

    assert whole.reply.startswith(cut.reply)
    assert cut.corrections == whole.corrections[: len(cut.corrections)]
    assert cut.recast in (None, whole.recast)
    assert cut.praise is None or cut.praise.fact == whole.praise.fact  # type: ignore[union-attr]


def test_an_answer_that_was_cut_before_what_it_needs_is_none():
    with pytest.raises(UnreadableError):
        SaidTurn.read_cut('{"corr')


@given(st.integers(0, 2_000), st.sampled_from([TURN, SENTENCES, SCENE, OPTIONS, QUESTION]))
def test_what_is_there_of_an_answer_only_ever_grows(length: int, answer: dict[str, Any]):
    written = spoken(answer)

    assert _is_beginning_of(so_far(written[:length]), answer)


@given(st.text(max_size=200))
def test_nothing_that_a_model_writes_is_more_than_unreadable(written: str):
    so_far(written)
    with suppress(UnreadableError):
        SaidTurn.read(written)


@pytest.mark.parametrize("form", FORMS)
def test_the_schema_of_every_form_is_in_the_subset_that_all_vendors_take(form: type[Said]):
    schema = schema_of(form)

    assert "$ref" not in json.dumps(schema)
    assert list(schema["properties"]) == schema["required"] == list(form.model_fields)
    assert _objects(schema) >= 1


def test_a_reply_is_written_before_what_is_said_about_the_message():
    assert next(iter(schema_of(SaidTurn)["properties"])) == "reply"


def test_quotes_are_written_before_the_answer_that_stands_on_them():
    assert list(schema_of(SaidGrounded)["properties"]) == ["quotes", "answered", "answer"]


def _is_beginning_of(part: object, whole: object) -> bool:
    match part, whole:
        case dict(), dict():
            return all(key in whole and _is_beginning_of(part[key], whole[key]) for key in part)
        case list(), list():
            return all(map(_is_beginning_of, part, whole)) and len(part) <= len(whole)
        case str(), str():
            return whole.startswith(part)
    return part == whole


def _objects(node: dict[str, Any]) -> int:
    """Count a schema's objects, each of which is to be closed."""
    children = (*node.get("properties", {}).values(), *node.get("anyOf", ()), *filter(None, [node.get("items")]))
    if node.get("type") == "object":
        assert node["additionalProperties"] is False
        assert node["required"] == list(node["properties"])
    return (node.get("type") == "object") + sum(map(_objects, children))
