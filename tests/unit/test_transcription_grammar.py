from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.engines.pocketsphinx.grammar.automaton import MAX_PLACES, Automaton, automaton_of
from workers.engines.pocketsphinx.grammar.jsgf import parse
from workers.engines.pocketsphinx.grammar.lexemes import GrammarError
from workers.engines.pocketsphinx.tokens import Token


def tokens(text: str) -> list[Token]:
    return [Token(word, ((("AH",),),)) for word in text.split()]


def automaton(rules: str) -> Automaton:
    return automaton_of(parse(f"#JSGF V1.0;\ngrammar g;\n{rules}"), tokens)


def accepts(rules: str, sentence: str) -> bool:
    machine = automaton(rules)
    here = set(machine.first)
    last: set[int] = set()
    for word in sentence.split():
        last = {place for place in here if machine.places[place].token.text == word}
        here = {following for place in last for following in machine.follow.get(place, {})}
    return bool(last & machine.last)


RULES = """<greeting> = hello | good (morning | evening);
<name> = [dear] (mina | joe)+;
public <a> = <greeting> <name> [and <name>] bye*;"""


@pytest.mark.parametrize(
    "sentence",
    [
        "hello mina",
        "good morning dear joe",
        "hello joe mina and dear mina bye bye bye",
        "good evening mina joe joe bye",
    ],
)
def test_what_the_grammar_allows_is_accepted(sentence: str):
    assert accepts(RULES, sentence)


@pytest.mark.parametrize("sentence", ["hello", "good mina", "hello dear", "hello mina and", "bye", "hello mina dear"])
def test_what_it_does_not_allow_is_not(sentence: str):
    assert not accepts(RULES, sentence)


def test_weights_share_out_what_comes_first():
    machine = automaton("public <a> = /3/ yes | /1/ no | /0/ never;")
    shares = {machine.places[place].token.text: share for place, share in machine.first.items()}
    assert shares == {"yes": 0.75, "no": 0.25}


def test_all_public_rules_may_be_said():
    assert accepts("public <a> = yes; public <b> = no; <c> = never;", "no")
    assert not accepts("public <a> = yes; public <b> = no; <c> = never;", "never")


def test_a_grammar_may_have_many_words_but_not_any_number():
    words = " | ".join(["hi"] * MAX_PLACES)
    assert len(automaton(f"public <a> = {words};").places) == MAX_PLACES
    with pytest.raises(GrammarError, match="more than"):
        automaton(f"public <a> = {words} | hi;")


def test_an_error_names_the_line():
    with pytest.raises(GrammarError, match="line 4"):
        automaton("public <a> = hello;\n<b> hello;")


@given(st.text(alphabet='<>a b|()[]*+;=/{}"\\\n#1.', max_size=80))
def test_any_text_is_a_grammar_or_refused(text: str):
    try:
        machine = automaton(text)
    except GrammarError:
        return
    assert machine.first
    assert machine.last


@given(st.integers(0, 10_000))
def test_grammars_of_random_shape_end(seed: int):
    rng = random.Random(seed)

    def node(depth: int) -> str:
        if depth == 0:
            return rng.choice(["a", "b", "<NULL>", "<r>"])
        inside = [node(depth - 1) for _ in range(rng.randint(1, 3))]
        return rng.choice(["({})", "[{}]", "({})*", "({})+"]).format(rng.choice([" ", " | "]).join(inside))

    try:
        machine = automaton(f"<r> = c; public <a> = {node(4)};")
    except GrammarError as error:
        assert "too much" in str(error) or "Nothing" in str(error)  # noqa: PT017 - either may be
        return
    assert len(machine.places) <= MAX_PLACES


def test_a_rule_that_leads_to_itself_is_named_as_such():
    with pytest.raises(GrammarError, match="leads back to itself"):
        automaton("public <a> = hello <b>; <b> = you <a>;")
