"""Sentences for terminals: numbers with their nouns, and lines that end between words."""

from __future__ import annotations

import pytest

from ops.cli.wording import filled, plural, shortened


@pytest.mark.parametrize(("number", "told"), [(0, "0 messages"), (1, "1 message"), (2000, "2,000 messages")])
def test_a_number_has_its_noun(number: int, told: str):
    assert plural(number, "message") == told


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one two three", ["one two", "three"]),
        ("a  b", ["a  b"]),
        ("say `one two three` now", ["say", "`one two three`", "now"]),
        ("  one two three", ["  one two", "  three"]),
        ("short\n\nunbreakable-word", ["short", "", "unbreakable-word"]),
        ("one ` two three", ["one ` two", "three"]),
    ],
)
def test_no_word_and_no_command_is_broken(text: str, lines: list[str]):
    assert filled(text, 10).split("\n") == lines


@pytest.mark.parametrize(
    ("text", "width", "told"),
    [("abcdefgh", 8, "abcdefgh"), ("abcdefgh", 7, "abc…fgh"), ("abcdefgh", 6, "abc…gh"), ("abcdefgh", 2, "a…")],
)
def test_what_is_too_long_lacks_its_middle(text: str, width: int, told: str):
    assert shortened(text, width) == told
