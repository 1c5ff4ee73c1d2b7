"""Pauses and signs of life: DynamoDB and its in-memory twin keep the same contract."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from ops.aws.clients import Clients
from ops.aws.dynamodb import DynamoOperating
from ops.memory_operating import MemoryOperating
from ops.settings import Settings
from schemas.errors import UnavailableError
from schemas.operating import SILENT_FOR, Pause, takers
from tests.emulated import free_port
from tests.operating import sign

if TYPE_CHECKING:
    from tests.conftest import ManualClock

# The emulator is the session's: pauses and workers have names of the test's own.


@pytest.fixture(params=["memory", "dynamodb"])
def operating(request: pytest.FixtureRequest) -> Any:
    if request.param == "memory":
        return MemoryOperating()
    local: Settings = request.getfixturevalue("local_aws")
    return DynamoOperating(Clients(local).dynamodb, local.table_name)


@pytest.fixture
def kind() -> str:
    return f"k{uuid4().hex[:8]}"


def test_a_paused_kind_is_paused_until_it_is_resumed(operating: Any, clock: ManualClock, kind: str):
    pause = Pause(kind=kind, since=clock(), by="mina@desk")

    assert operating.pause(pause) == pause
    assert operating.paused()[kind] == pause
    assert operating.resume(kind)
    assert kind not in operating.paused()
    assert not operating.resume(kind)


def test_who_pauses_first_is_kept(operating: Any, clock: ManualClock, kind: str):
    first = operating.pause(Pause(kind=kind, since=clock(), by="mina@desk"))

    second = operating.pause(Pause(kind=kind, since=clock.advance(60), by="juno@desk"))

    assert second == first == operating.paused()[kind]
    operating.resume(kind)


def test_a_worker_is_seen_as_it_last_spoke_until_it_ends(operating: Any, clock: ManualClock):
    name = f"{uuid4()}:1"
    operating.say(sign(clock, name))
    clock.advance(30)
    last = sign(
        clock,
        name,
        in_hand={"tts": 2},
        running=("a", "b"),
        settled_per_s={"tts": 0.25},
        paused=("reply",),
        state="draining",
    )

    operating.say(last)

    assert [worker for worker in operating.workers(now=clock()) if worker.name == name] == [last]
    operating.forget(name)
    operating.forget(name)
    assert name not in {worker.name for worker in operating.workers(now=clock())}


def test_who_went_silent_is_shown_for_an_hour_and_takes_nothing(operating: Any, clock: ManualClock):
    name, kind = f"{uuid4()}:1", "tts"
    operating.say(sign(clock, name, until=clock() + timedelta(seconds=90)))

    def seen() -> set[str]:
        return {worker.name for worker in operating.workers(now=clock())}

    def taking() -> set[str]:
        return {worker.name for worker in takers(operating.workers(now=clock()), kind, now=clock())}

    clock.advance(90)
    assert name in seen() & taking()
    clock.advance(0.001)
    assert name in seen() - taking()
    clock.advance(SILENT_FOR.total_seconds())
    assert name not in seen()
    operating.forget(name)


def test_a_table_out_of_reach_says_so(clock: ManualClock):
    settings = Settings(_env_file=None, emulator_port=free_port())
    out = DynamoOperating(Clients(settings, is_hasty=True).dynamodb, settings.table_name)
    pause = Pause(kind="tts", since=clock(), by="mina@desk")
    for ask in (out.paused, lambda: out.pause(pause), lambda: out.resume("tts"), lambda: out.say(sign(clock))):
        with pytest.raises(UnavailableError):
            ask()
