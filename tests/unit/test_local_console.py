from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING

from ops.local.console import Console

if TYPE_CHECKING:
    import pytest


def followed(data: bytes) -> list[str]:
    async def follow() -> str:
        stream = io.StringIO()
        reader = asyncio.StreamReader()
        reader.feed_data(data)
        reader.feed_eof()
        await Console(stream).follow("api", reader)
        return stream.getvalue()

    return asyncio.run(follow()).splitlines()


def test_each_line_has_the_name_of_its_process():
    assert followed(b"one\r\ntwo\n") == ["api      | one", "api      | two"]


def test_last_line_without_an_end_is_written():
    assert followed(b"one\ntwo") == ["api      | one", "api      | two"]


def test_line_longer_than_a_chunk_stays_one_line():
    long = "가" * 100_000
    assert followed(f"{long}\n".encode()) == [f"api      | {long}"]


def test_what_is_not_utf_8_is_replaced():
    assert followed(b"a\xff\xeb\n") == ["api      | a\ufffd\ufffd"]


def test_stream_that_has_no_korean_gets_question_marks():
    raw = io.BytesIO()
    console = Console(io.TextIOWrapper(raw, encoding="ascii"))
    console.write("api", "안녕")
    assert raw.getvalue() == b"api      | ??\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_prefixes_are_coloured_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal, file = Terminal(), io.StringIO()
    for stream in (terminal, file):
        Console(stream).write("api", "one")
    assert terminal.getvalue() == "\x1b[36mapi      |\x1b[0m one\n"
    assert file.getvalue() == "api      | one\n"


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NO_COLOR", "1")
    terminal = Terminal()
    Console(terminal).write("api", "one")
    assert terminal.getvalue() == "api      | one\n"
