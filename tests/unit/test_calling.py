"""Calls of engines: what is called again within an attempt, and what is left to the job."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from schemas.errors import EngineUnavailableError, PermanentError, ThrottledError, TransientError, WorkError
from workers.engines.calling import Timing, patiently

NOT_BEGUN = EngineUnavailableError("No connection.", may_have_run=False)
PERHAPS_DONE = EngineUnavailableError("No answer in time.")


@dataclass
class Engine:
    """Fails as it is told, then works; each call takes a while on a clock of its own."""

    failures: list[WorkError]
    takes_s: float = 0.1
    now: float = 50.0
    called_at: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def __call__(self) -> str:
        self.called_at.append(self.now)
        self.now += self.takes_s
        if self.failures:
            raise self.failures.pop(0)
        return "done"

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    @property
    def timing(self) -> Timing:
        return Timing(now=lambda: self.now, sleep=self.sleep)

    def answer(self, *, deadline_s: float = 60, costs_nothing_twice: bool = False) -> str:
        return patiently(self, deadline_s=deadline_s, costs_nothing_twice=costs_nothing_twice, timing=self.timing)


def test_a_call_that_succeeds_is_made_once():
    engine = Engine([])

    assert engine.answer() == "done"

    assert len(engine.called_at) == 1
    assert engine.waits == []


def test_a_hiccup_is_waited_out_within_seconds():
    engine = Engine([NOT_BEGUN, NOT_BEGUN])

    assert engine.answer() == "done"

    assert len(engine.called_at) == 3
    assert all(0 <= wait <= 2 for wait in engine.waits)


def test_waits_are_random_so_that_callers_do_not_come_back_together():
    waits = set()
    for _ in range(20):
        engine = Engine([NOT_BEGUN])
        engine.answer()
        waits.update(engine.waits)

    assert len(waits) > 10


def test_an_outage_goes_to_the_job_and_no_call_begins_after_the_budget():
    for _ in range(50):
        engine = Engine([NOT_BEGUN] * 1_000)

        with pytest.raises(EngineUnavailableError):
            engine.answer()

        assert len(engine.called_at) > 2
        assert engine.called_at[-1] - engine.called_at[0] <= 5


@pytest.mark.parametrize("deadline_s", [0.0, -3.0, 1.0])
def test_the_attempts_own_time_bounds_the_budget(deadline_s: float):
    engine = Engine([NOT_BEGUN] * 1_000)

    with pytest.raises(EngineUnavailableError):
        engine.answer(deadline_s=deadline_s)

    assert engine.called_at[-1] - engine.called_at[0] <= max(0, deadline_s)


def test_what_may_have_been_done_and_billed_is_not_done_again():
    engine = Engine([PERHAPS_DONE])

    with pytest.raises(EngineUnavailableError):
        engine.answer()

    assert len(engine.called_at) == 1


def test_what_costs_nothing_twice_is_done_again():
    engine = Engine([PERHAPS_DONE])

    assert engine.answer(costs_nothing_twice=True) == "done"


def test_a_wait_that_the_engine_asks_for_is_kept_where_there_is_time_for_it():
    engine = Engine([ThrottledError(retry_after_s=3)])

    assert engine.answer() == "done"

    assert engine.called_at[1] - engine.called_at[0] >= 3


@pytest.mark.parametrize("retry_after_s", [4.95, 5.5, 60])
def test_a_wait_beyond_the_budget_is_the_jobs_and_no_time_is_lost_on_it(retry_after_s: float):
    engine = Engine([ThrottledError(retry_after_s=retry_after_s)])

    with pytest.raises(ThrottledError) as raised:
        engine.answer()

    assert raised.value.retry_after_s == retry_after_s
    assert engine.waits == []


@pytest.mark.parametrize(
    "error", [PermanentError("invalid_ssml", "It is not SSML."), TransientError("engine_crashed", "It crashed.")]
)
def test_any_other_error_is_the_jobs(error: WorkError):
    engine = Engine([error])

    with pytest.raises(type(error)):
        engine.answer(costs_nothing_twice=True)

    assert len(engine.called_at) == 1


def test_a_defect_is_not_called_again():
    calls = []

    def broken() -> None:
        calls.append(1)
        raise KeyError

    with pytest.raises(KeyError):
        patiently(broken, deadline_s=60)

    assert calls == [1]
