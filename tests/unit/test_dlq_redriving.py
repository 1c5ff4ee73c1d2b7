"""Dead letters run again, and what became of them; over the in-memory twins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ops.dlq.amending import Amendment
from ops.dlq.clearing import Clearing
from ops.dlq.outcome import Fate, Outcome
from ops.dlq.pace import Pace
from ops.dlq.purging import Purger, export
from ops.dlq.redriving import Done, Redriver
from ops.dlq.selection import Selection, find
from schemas.errors import UnavailableError
from schemas.status import Status
from tests.dead_letters import ALL, VOICE, Night, redriver

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from schemas.envelope import Envelope
    from tests.conftest import ManualClock


@pytest.fixture
def night(clock: ManualClock) -> Night:
    return Night(clock)


@pytest.mark.parametrize("late_s", [0, 30])
def test_a_redrive_ends_though_all_die_again_at_once_be_it_by_the_clock_of_a_worker_that_is_late(
    night: Night, monkeypatch: Any, *, late_s: float
):
    for number in range(120):
        night.dead(f"job-{number:03}")
    night.clock.advance(60)
    desk, send = night.desk(), night.queues.send_batch
    operator = redriver(desk)
    begun: list[object] = []

    def sent_to_a_vendor_that_is_down(messages: Sequence[tuple[Envelope, str]]) -> None:
        begun.extend(messages)
        assert len(begun) <= 120
        send(messages)
        night.clock.advance(1 - late_s)
        night.work(fails=lambda _: True)
        night.clock.advance(late_s)

    monkeypatch.setattr(night.queues, "send_batch", sent_to_a_vendor_that_is_down)
    operator.run(find(desk, ALL))

    assert dict(operator.tally.done) == {Done.REDRIVEN: 120}
    assert set(operator.tally.runs.values()) == {night.job("job-000").epoch} == {1}


def test_who_dies_again_of_another_kind_is_not_met_there(night: Night, monkeypatch: Any):
    jobs = [night.dead(f"job-{number:03}", text="나는 학생입니다") for number in range(120)]
    desk, send = night.desk(), night.queues.send_batch

    def sent(messages: Sequence[tuple[Envelope, str]]) -> None:
        send(messages)
        night.clock.advance(1)
        night.work(fails=lambda _: True)

    monkeypatch.setattr(night.queues, "send_batch", sent)
    operator = redriver(desk, to="analysis")
    operator.run(find(desk, Selection(kinds=("tts", "analysis"))))

    assert dict(operator.tally.done) == {Done.REDRIVEN: 120}
    assert {night.job(job.id).epoch for job in jobs} == {1}


def test_all_that_are_chosen_run_again_and_their_letters_go(night: Night):
    for name in "abc":
        night.dead(name)
    night.dead("other", VOICE)
    desk = night.desk()
    once = redriver(desk)

    once.run(find(desk, Selection(kinds=("tts",), code="engine_crashed")))
    clearing = Clearing(desk=desk, kind="tts", sent=once.tally.runs)
    put_back = 0
    show = desk.box.put_back

    def counted(kind: str, receipts: Sequence[str]) -> None:
        nonlocal put_back
        put_back += len(receipts)
        show(kind, receipts)

    object.__setattr__(desk.box, "put_back", counted)
    clearing.run()

    assert put_back == 1  # of those that are gone nothing is said
    assert dict(once.tally.done) == {Done.REDRIVEN: 3}
    assert sorted(message.job_id for message in night.queues.sent) == ["a", "b", "c"]
    assert (clearing.met, clearing.deleted, night.letters()) == (4, 3, [("other", 0)])
    assert sum(desk.box.held("tts").values()) == desk.box.held("tts")["visible"] == 1
    night.work()
    assert night.results == {"a": 1, "b": 1, "c": 1}


def test_two_operators_with_the_same_page_send_each_message_and_run_each_job_once(night: Night):
    night.dead("a")
    desk = night.desk()
    seen = [list(find(desk, ALL)) for _ in range(2)]

    tallies = []
    for jobs in seen:
        operator = redriver(desk)
        operator.run(jobs)
        tallies.append(operator.tally)
    night.work()
    later = redriver(desk)
    later.run(seen[0])

    assert night.results == {"a": 1}
    assert [dict(tally.done) for tally in tallies] == [{Done.REDRIVEN: 1}, {Done.BY_ANOTHER: 1}]
    assert later.tally.done[Done.BY_ANOTHER] == 1
    assert night.queues.sent == []  # it is done: nothing was sent


def test_who_has_moved_on_is_left_alone(night: Night):
    job = night.dead("a")
    for _ in range(2):
        desk = night.desk()
        redriver(desk).run(find(desk, ALL))
        night.work(fails=lambda _: True)
    operator = redriver(night.desk())

    operator.run([job])

    assert dict(operator.tally.done) == {Done.MOVED_ON: 1}
    assert night.job("a").epoch == 2


def test_what_was_given_up_since_it_was_read_is_not_run_again(night: Night, tmp_path: Path):
    seen, file = [night.dead("a")], tmp_path / "dead.jsonl"
    desk = night.desk()
    export(desk, seen, file)
    purger = Purger(desk=desk)
    purger.run(file)
    operator = redriver(desk)

    operator.run(seen)

    assert (purger.given_up, dict(operator.tally.done)) == (1, {Done.MOVED_ON: 1})
    assert (night.job("a").status, night.queues.sent) == (Status.FAILED, [])


def test_each_job_waits_for_its_turn(night: Night):
    jobs = [night.dead(name) for name in "abc"]
    slept: list[float] = []
    desk = night.desk()

    pace = Pace(10, sleep=slept.append, monotonic=lambda: 0.0)
    Redriver(desk=desk, amendment=Amendment(desk=desk), pace=pace).run(jobs)

    assert [round(seconds, 3) for seconds in slept] == [0.1, 0.2]


def test_what_was_begun_is_sent_though_the_next_one_can_not_be_begun(night: Night, monkeypatch: Any):
    jobs = [night.dead(name) for name in "ab"]
    desk = night.desk()
    apply = night.store.apply

    def failing(move: Any) -> Any:
        if move.job_id == "b":
            raise UnavailableError("DynamoDB", "Throttling")
        return apply(move)

    monkeypatch.setattr(night.store, "apply", failing)
    with pytest.raises(UnavailableError):
        redriver(desk).run(jobs)

    assert [message.job_id for message in night.queues.sent] == ["a"]


def test_outcomes_are_told_by_the_epoch_that_was_begun(night: Night):
    for name in ("good", "bad", "waits", "gone"):
        night.dead(name)
    desk = night.desk()
    operator = redriver(desk)
    operator.run(find(desk, ALL))
    outcome = Outcome(dict(operator.tally.runs))
    night.queues.sent = [message for message in night.queues.sent if message.job_id in {"good", "bad"}]
    night.work(fails=lambda job: job.id == "bad")
    del night.store._jobs["gone"]  # noqa: SLF001

    outcome.look(night.store)

    counts = {"succeeded": 1, "failed_again": 1, "cancelled": 0, "open": 1, "gone": 1}
    assert outcome.as_dict() == counts
    again = redriver(desk)
    again.run(find(desk, ALL))
    later = Outcome(dict(operator.tally.runs))
    later.look(night.store)
    assert later.as_dict() == counts  # though the bad one runs once more
    assert outcome.fates[Fate.SUCCEEDED] == 1


def test_steps_are_apart_and_what_was_slow_is_not_made_up_for():
    now = [100.0]
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(round(seconds, 6))
        now[0] += seconds

    pace = Pace(10, sleep=sleep, monotonic=lambda: now[0])
    pace.wait()
    pace.wait()
    now[0] += 5
    pace.wait()
    pace.wait()

    assert slept == [0.1, 0.1]
