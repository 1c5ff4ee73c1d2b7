"""Which dead letters are meant, and what they died of; over the in-memory twins."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

from ops.dlq.groups import group
from ops.dlq.selection import Selection, find
from schemas.dead_letters import Period
from tests.dead_letters import ALL, VOICE, Night, ids

if TYPE_CHECKING:
    from tests.conftest import ManualClock


@pytest.fixture
def night(clock: ManualClock) -> Night:
    return Night(clock)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, ["a", "b", "c"]),
        ({"kinds": ["reply"]}, ["c"]),
        ({"ids": ["c", "gone", "a", "c"]}, ["c", "a"]),
        ({"ids": ["c", "a"], "kinds": ["tts"]}, ["a"]),
        ({"code": "bad_voice"}, ["b", "c"]),
        ({"code": "bad_voice", "owner": "juno"}, ["c"]),
        ({"engine": "espeak-ng"}, ["a"]),
        ({"owner": "mina"}, ["a", "b"]),
        ({"flow": "f-1"}, ["b"]),
        ({"text": "no such voice"}, ["b", "c"]),
        ({"text": "crashed"}, ["a"]),
        ({"code": "none"}, []),
    ],
)
def test_dead_letters_are_chosen_by_what_is_asked_for(night: Night, chosen: Any, expected: list[str]):
    night.dead("a")
    night.dead("b", VOICE, flow="f-1")
    night.dead("c", VOICE, kind="reply", owner="juno")

    assert ids(night, **chosen) == expected


def test_one_that_is_meant_counts_once_whoever_asked_is_done_with_it(night: Night):
    for name in "abc":
        night.dead(name)
    night.dead("d", VOICE)
    looked: list[int] = []

    for number, job in enumerate(find(night.desk(), ALL, looked=looked.append)):
        assert (sum(looked), job.id) == (number, "abcd"[number])
    assert sum(looked) == 4
    for _ in find(night.desk(), Selection(kinds=ALL.kinds, code=VOICE.code), looked=looked.append):
        assert sum(looked) == 4 + 3


def test_a_period_is_of_deaths(night: Night):
    first, second = night.dead("a"), night.dead("b")
    assert second.finished_at

    assert ids(night, period=Period(since=second.finished_at)) == ["b"]
    assert ids(night, ids=["a", "b"], period=Period(until=second.finished_at - timedelta(milliseconds=1))) == [first.id]


def test_who_dies_while_they_are_read_is_none_of_those_that_are_meant_unless_by_id(night: Night):
    for number in range(120):  # more than are read at once
        night.dead(f"job-{number:03}")

    met = [job.id for job in islice(find(night.desk(), ALL), 200) if night.dead(f"later-{job.id}")]

    assert met == [f"job-{number:03}" for number in range(120)]
    assert ids(night)[120:] == [f"later-{job_id}" for job_id in met]
    night.clock.advance(-3600)  # this clock is late
    assert (ids(night), ids(night, ids=["job-001"])) == ([], ["job-001"])


def test_a_dead_letter_that_does_not_say_why_is_found_unless_a_reason_is_asked_for(night: Night):
    job = night.dead("a")
    night.store._jobs["a"] = job.model_copy(update={"error": None})  # noqa: SLF001 - a record as none should be

    assert (ids(night), ids(night, code="x"), ids(night, text="x")) == (["a"], [], [])
    assert [each.code for each in group(find(night.desk(), ALL))] == ["unknown"]


def test_they_are_grouped_by_what_they_died_of_the_largest_group_first(night: Night):
    first = night.dead("a")
    night.dead("b", VOICE)
    last = night.dead("c", VOICE.model_copy(update={"message": "No voice, again."}))

    voices, crashes = group(find(night.desk(), ALL))

    assert (voices.kind, voices.code, voices.engine, voices.count) == ("tts", "bad_voice", "polly", 2)
    assert (voices.example, voices.message, voices.last) == ("c", "No voice, again.", last.finished_at)
    assert (crashes.code, crashes.count, crashes.first, crashes.last) == (
        "engine_crashed",
        1,
        first.finished_at,
        first.finished_at,
    )


def test_a_period_is_asked_of_the_index(night: Night, monkeypatch: Any):
    asked: list[Any] = []

    def dead_keys(*args: object) -> list[Any]:
        asked.append(args)
        return []

    monkeypatch.setattr(night.store, "dead_keys", dead_keys)
    period = Period(since=night.clock(), until=night.clock())

    assert list(find(night.desk(), Selection(kinds=("tts",), period=period))) == []
    assert asked == [("tts", period)]
