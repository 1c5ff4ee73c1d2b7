"""The life cycle over the in-memory store: the table is kept, whoever does what when."""

from __future__ import annotations

from hypothesis import settings

from ops.memory import MemoryJobStore
from schemas.status import FINAL, TRANSITIONS, Status
from tests.life_cycle import LifeCycle


class MemoryLifeCycle(LifeCycle):
    def make_store(self) -> MemoryJobStore:
        return MemoryJobStore()


TestLifeCycle = MemoryLifeCycle.TestCase
TestLifeCycle.settings = settings(max_examples=200, stateful_step_count=40)


def test_every_state_but_the_initial_ones_is_the_target_of_a_move():
    assert {row.target for row in TRANSITIONS.values()} | {Status.SCHEDULED, Status.QUEUED} == set(Status)


def test_a_final_state_is_left_by_operators_alone():
    leaving = {name for name, row in TRANSITIONS.items() if row.sources & FINAL and {row.target} != row.sources}

    assert leaving == {"redrive", "discard", "restore"}


def test_success_and_cancellation_are_never_left():
    staying = {name: row for name, row in TRANSITIONS.items() if row.sources & {Status.SUCCEEDED, Status.CANCELLED}}

    assert staying.keys() == {"forget"}
    assert {staying["forget"].target} == staying["forget"].sources
