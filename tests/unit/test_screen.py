"""The terminal that pictures are taken of."""

from __future__ import annotations

import pytest
from rich.console import Console
from rich.style import Style

from ops.picture.drawing import draw
from ops.picture.screen import Screen


def shown(*pieces: str, width: int = 20) -> Screen:
    screen = Screen(width)
    for piece in pieces:
        screen.feed(piece)
    return screen


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ("one\r\ntwo\r\n", "one\ntwo"),
        ("one\rtw", "twe"),
        ("one\b\bX", "oXe"),
        ("one\r\ntwo\x1b[1A\r\x1b[2Kthree", "three\ntwo"),
        ("one\x1b[2D\x1b[K", "o"),
        ("one\x1b[1D\x1b[1K", ""),
        ("one\x1b[2D\x1b[1K", "  e"),
        ("one\x1b[1G\x1b[1Cx", "oxe"),
        ("a\x1b[1Bb", "a\n b"),
        ("\x1b]0;a title\x07one", "one"),
        ("\x1b]8;;https://example.org\x1b\\one\x1b]8;;\x1b\\", "one"),
        ("12345678901234567890123", "12345678901234567890\n123"),
        ("가나다라마바사아자차카", "가나다라마바사아자차\n카"),
        ("1234567890123456789가", "1234567890123456789\n가"),
    ],
)
def test_what_is_sent_is_shown_as_a_terminal_shows_it(sent: str, text: str):
    assert shown(sent).text == text
    assert shown(*sent).text == text, "in pieces"


def test_the_cursor_is_hidden_and_shown():
    assert not shown("\x1b[?25l").is_cursor_shown
    assert shown("\x1b[?25l", "\x1b[?25h").is_cursor_shown


def test_colours_are_kept_where_they_are():
    text = shown("\x1b[1m\x1b[31mred\x1b[0m 가 plain").styled

    assert text.plain == "red 가 plain"
    console = Console()
    assert text.get_style_at_offset(console, 0) == Style(bold=True, color="color(1)")
    assert text.get_style_at_offset(console, 4) == Style()


def test_a_picture_has_the_command_what_it_showed_and_nothing_from_elsewhere():
    svg = draw(("sayline queues", shown("tts \x1b[31m3\x1b[0m\r\n").styled), ("sayline workers", shown("none").styled))

    for expected in ("sayline&#160;queues", "tts&#160;", "sayline&#160;workers", "none"):
        assert expected in svg
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "").replace("https://www.textualize.io", "")
