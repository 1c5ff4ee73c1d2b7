from __future__ import annotations

import json

import pytest

from producers.identity import DEFAULT_OWNER
from schemas.conversation import ConversationHead
from tests.cli import Terminal
from tests.conversing import Talk


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    return Terminal(monkeypatch)


@pytest.fixture
def talk(terminal: Terminal) -> Talk:
    talk = Talk(terminal.api.clock)
    talk.bench.store, talk.bench.objects = terminal.api.store.inner, terminal.api.objects.inner
    for name, message in (("one", "안녕하세요"), ("two", "Hello"), ("one", "I like \x1b[31mkimchi")):
        terminal.api.clock.advance(1)
        talk.say(message, owner=DEFAULT_OWNER, conversation=name, topic="음식")
    return talk


def test_conversations_are_listed_the_latest_first(terminal: Terminal, talk: Talk):
    done = terminal.run("conversation", "list")

    assert done.exit_code == 0
    head, first, second = done.stdout.splitlines()
    assert head.split() == ["CONVERSATION", "TURNS", "TOPIC", "LEVEL", "AGE"]
    assert first.split()[:4] == ["one", "2", "음식", "mid"]
    assert second.split()[:2] == ["two", "1"]
    listed = json.loads(terminal.run("conversation", "list", "--json", "--limit", "1").stdout)
    assert [one["id"] for one in listed] == ["one"]


def test_more_than_a_page_are_listed_by_pages(terminal: Terminal, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ops.cli.client._PAGE", 2)
    heads, clock = terminal.api.store.inner.conversations, terminal.api.clock
    for number in range(5):
        now = clock.advance(1)
        assert heads.begin(ConversationHead(id=f"c{number}", owner=DEFAULT_OWNER, created_at=now, updated_at=now))

    for limit, wanted in ((3, "c4 c3 c2"), (4, "c4 c3 c2 c1"), (500, "c4 c3 c2 c1 c0")):
        listed = json.loads(terminal.run("conversation", "list", "--json", "--limit", str(limit)).stdout)
        assert " ".join(one["id"] for one in listed) == wanted


def test_who_has_none_is_told_how_to_begin(terminal: Terminal):
    done = terminal.run("conversation", "list")

    assert (done.exit_code, done.stdout) == (0, "")
    assert "sayline chat" in done.stderr


def test_what_was_said_is_shown_and_no_terminal_is_driven_by_it(terminal: Terminal, talk: Talk):
    done = terminal.run("conversation", "show", "one")

    assert done.exit_code == 0
    lines = [line.split(maxsplit=2) for line in done.stdout.splitlines()]
    assert [line[:2] for line in lines] == [["1", "you"], ["1", "tutor"], ["2", "you"], ["2", "tutor"]]
    assert lines[0][2] == "안녕하세요"
    assert "\x1b" not in done.stdout
    assert json.loads(terminal.run("conversation", "show", "one", "--json").stdout)["turns"] == 2


def test_a_deleted_one_is_gone(terminal: Terminal, talk: Talk):
    done = terminal.run("conversation", "delete", "one")

    assert (done.exit_code, done.stdout) == (0, "one\n")
    assert json.loads(terminal.run("conversation", "delete", "two", "--json").stdout) == {"id": "two"}
    for command in ("show", "delete"):
        again = terminal.run("conversation", command, "one")
        assert (again.exit_code, "There is no such conversation." in again.stderr) == (66, True)
