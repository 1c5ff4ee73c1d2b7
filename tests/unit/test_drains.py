"""A drain ends when nothing runs, and not before, whatever comes between."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ops.operating.draining import Left, left
from schemas.operating import SILENT_FOR
from tests.draining import Site
from tests.operating import Office, sign

if TYPE_CHECKING:
    from tests.conftest import ManualClock


@given(st.integers(0, 2**32), st.integers(1, 40))
@settings(max_examples=150, phases=(Phase.reuse, Phase.generate))  # a seed has no simpler one
def test_nothing_runs_any_more_once_a_drain_has_ended_whatever_came_between(seed: int, steps: int):
    Site(Random(seed)).run(steps)


NOTHING = Left(unheard=0, in_hand=0)


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        ({}, True),
        ({"paused": ("tts",), "in_hand": {"tts": 1}}, True),
        ({"state": "draining", "in_hand": {"tts": 1}}, True),
        ({"paused": ("tts",), "in_hand": {"reply": 1}}, False),
        ({"state": "draining"}, False),
        ({"kinds": ("reply",)}, False),
    ],
)
def test_a_silent_worker_is_waited_for_that_may_run_something(clock: ManualClock, said: dict[str, Any], waits: bool):  # noqa: FBT001
    office = Office(clock)
    office.operating.say(sign(clock, "host:7", until=clock() - timedelta(seconds=1), **said))

    silent = Left(unheard=0, in_hand=0, silent=("host:7",))

    assert left(office.desk, ["tts"]) == (silent if waits else NOTHING)
    assert left(office.desk, ["tts"], gone=["host:7"]) == NOTHING
    clock.advance(SILENT_FOR.total_seconds())
    assert left(office.desk, ["tts"]) == NOTHING


def test_a_worker_that_speaks_is_waited_for_even_if_the_operator_takes_it_for_dead(clock: ManualClock):
    office = Office(clock)
    office.operating.say(sign(clock, "host:7", in_hand={"tts": 1}))

    assert left(office.desk, ["tts"], gone=["host:7"]) == Left(unheard=1, in_hand=1)


def test_a_worker_that_drains_is_waited_for_while_it_has_something(clock: ManualClock):
    office = Office(clock)
    office.operating.say(sign(clock, state="draining", in_hand={"tts": 3}))

    assert left(office.desk, ["tts"]) == Left(unheard=0, in_hand=3)
