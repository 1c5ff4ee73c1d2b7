"""`sayline dlq watch`: what has come, counted once, however long it is watched."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from ops.cli.dlq import watching
from schemas.errors import UnavailableError
from tests.dead_letters import Night
from tests.dlq_console import VOICE, Console, three_dead

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from schemas.dead_letters import DeadKey, Period
    from tests.conftest import ManualClock


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch, clock: ManualClock) -> Console:
    return Console(monkeypatch, three_dead(Night(clock)))


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have this happen between looks, one thing in each pause."""

    def install(*steps: Callable[[], object]) -> None:
        left = list(steps)
        monkeypatch.setattr(watching, "time", SimpleNamespace(sleep=lambda _: left.pop(0)()))

    return install


def new(stdout: str) -> list[dict[str, int]]:
    return [row["new"] for line in stdout.splitlines() for row in json.loads(line)]


def test_who_watches_sees_what_has_died_since(console: Console, monkeypatch: pytest.MonkeyPatch):
    console.night.clock.advance(1)
    monkeypatch.setattr(watching, "time", SimpleNamespace(sleep=lambda _: console.night.dead("d", VOICE)))

    done = console.run("watch", "--kind", "tts", "--looks", "2", "--json")

    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert first == [{"kind": "tts", "dead": 3, "messages": 3, "new": {}}]
    assert second == [{"kind": "tts", "dead": 4, "messages": 4, "new": {"bad_voice": 1}}]
    table = console.run("watch", "--looks", "1").stdout.splitlines()
    assert table[0].split() == ["KIND", "DEAD", "MESSAGES", "NEW", "SINCE"]


def test_each_look_reads_what_has_died_since_the_last_one_and_counts_it_once(
    console: Console, between: Any, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
):
    clock.advance(1)
    begin, asked = clock(), []
    dead_keys = console.night.store.dead_keys

    def noted(kind: str, period: Period) -> Iterator[DeadKey]:
        asked.append((period.since - begin).total_seconds())
        return dead_keys(kind, period)

    monkeypatch.setattr(console.night.store, "dead_keys", noted)

    def dies() -> None:
        clock.advance(290)
        console.night.dead("d", VOICE)
        clock.advance(10)

    between(dies, lambda: clock.advance(20), lambda: clock.advance(300))

    done = console.run("watch", "--kind", "tts", "--looks", "4", "--json")

    assert new(done.stdout) == [{}, {"bad_voice": 1}, {"bad_voice": 1}, {"bad_voice": 1}]
    assert asked == pytest.approx([0, 0, 240, 260], abs=0.1)


def test_a_death_that_the_index_has_late_is_counted(
    console: Console, between: Any, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
):
    clock.advance(1)
    dead_keys = console.night.store.dead_keys
    late: set[str] = set()

    def behind(kind: str, period: Period) -> Iterator[DeadKey]:
        return (key for key in dead_keys(kind, period) if key.job_id not in late)

    monkeypatch.setattr(console.night.store, "dead_keys", behind)

    def dies() -> None:
        clock.advance(200)
        console.night.dead("d", VOICE)
        late.add("d")
        clock.advance(5)

    def shows() -> None:
        late.clear()
        clock.advance(5)

    between(dies, shows)

    done = console.run("watch", "--kind", "tts", "--looks", "3", "--json")

    assert new(done.stdout) == [{}, {}, {"bad_voice": 1}]


def test_a_watch_goes_on_after_a_look_that_fails_but_not_without_a_first(
    console: Console, between: Any, monkeypatch: pytest.MonkeyPatch
):
    count_dead = console.night.store.count_dead

    def out(_: str) -> int:
        raise UnavailableError("DynamoDB", "ReadTimeoutError")

    between(
        lambda: monkeypatch.setattr(console.night.store, "count_dead", out),
        lambda: monkeypatch.setattr(console.night.store, "count_dead", count_dead),
    )

    done = console.run("watch", "--kind", "tts", "--looks", "2", "--json")

    assert (done.exit_code, len(done.stdout.splitlines())) == (0, 2)
    assert "ReadTimeoutError. Looking again." in done.stderr
    monkeypatch.setattr(console.night.store, "count_dead", out)
    assert console.run("watch", "--looks", "2").exit_code == 69
