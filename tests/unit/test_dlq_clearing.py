"""Messages that are deleted, kept or put back by what the records say; over the in-memory twins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ops.dlq.clearing import Clearing
from ops.dlq.selection import Selection, find
from schemas import moves
from schemas.envelope import Envelope
from schemas.errors import UnavailableError
from schemas.status import Status
from tests.dead_letters import ALL, CHECK_AFTER, CRASHED, Night, redriver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.conftest import ManualClock


@pytest.fixture
def night(clock: ManualClock) -> Night:
    return Night(clock)


def test_a_letter_of_an_epoch_that_nobody_has_begun_is_sent_again_before_it_is_deleted(night: Night):
    job = night.dead("a")
    night.store.apply(moves.redrive(job, next_check_at=night.clock() + CHECK_AFTER, now=night.clock()))

    Clearing(desk=night.desk(), kind="tts").run()

    assert night.queues.sent == [Envelope(job_id="a", kind="tts", epoch=1)]
    assert night.letters() == []


def test_what_could_not_be_sent_again_is_not_deleted_but_put_back(night: Night, monkeypatch: Any):
    job = night.dead("a")
    night.store.apply(moves.redrive(job, next_check_at=night.clock() + CHECK_AFTER, now=night.clock()))
    desk = night.desk()

    def out_of_reach(*_: object, **__: object) -> None:
        raise UnavailableError("SQS", "EndpointConnectionError")

    monkeypatch.setattr(night.queues, "send", out_of_reach)
    with pytest.raises(UnavailableError):
        Clearing(desk=desk, kind="tts").run()

    assert (night.letters(), desk.box.held("tts")["visible"]) == ([("a", 0)], 1)


def test_messages_are_kept_or_deleted_by_what_the_record_says(night: Night):
    for name in ("dead", "failed", "open"):
        night.dead(name)
    night.store._jobs["failed"] = night.job("failed").model_copy(update={"status": Status.FAILED})  # noqa: SLF001
    night.store._jobs["open"] = night.job("open").model_copy(update={"status": Status.RETRYING})  # noqa: SLF001
    night.queues.bury(Envelope(job_id="unknown", kind="tts"), error=CRASHED, context={})
    # The table was restored to a moment before its death.
    night.queues.bury(Envelope(job_id="failed", kind="tts", epoch=3), error=CRASHED, context={})
    night.queues.bury_foreign("sayline-dev-tts", "?", code="malformed")
    clearing = Clearing(desk=night.desk(), kind="tts")

    clearing.run()

    assert night.letters() == [("dead", 0), ("failed", 3), ("open", 0), ("unknown", 0)]
    assert (len(night.queues.foreign), clearing.met, clearing.deleted) == (1, 6, 1)


def test_strays_are_deleted_once_they_are_written_down(night: Night):
    night.dead("dead")
    night.queues.bury(Envelope(job_id="unknown", kind="tts"), error=CRASHED, context={})
    night.queues.bury_foreign("sayline-dev-tts", "?", code="malformed")
    written: list[str] = []

    Clearing(desk=night.desk(), kind="tts", stray=lambda letter: written.append(letter.reason["code"])).run()

    assert sorted(written) == ["engine_crashed", "malformed"]
    assert (night.letters(), night.queues.foreign) == ([("dead", 0)], [])


def test_a_pass_for_a_few_ends_once_they_are_met(night: Night):
    for number in range(25):
        night.dead(f"job-{number:02}")
    desk = night.desk()
    once = redriver(desk)
    once.run(find(desk, Selection(kinds=("tts",), ids=("job-01", "job-02"))))
    clearing = Clearing(desk=desk, kind="tts", sent=once.tally.runs, only_sent=True)

    clearing.run()

    assert (clearing.met, clearing.deleted, desk.box.held("tts")["visible"]) == (10, 2, 23)


def test_each_kinds_pass_looks_for_its_own_messages(night: Night):
    for name in ("tts-1", "tts-2"):
        night.dead(name)
    night.dead("reply-1", kind="reply")
    desk = night.desk()
    once = redriver(desk)
    once.run(find(desk, ALL))

    passes = [Clearing(desk=desk, kind=kind, sent=once.tally.begun[kind]) for kind in ALL.kinds]
    for each in passes:
        each.run()

    assert once.tally.begun == {"tts": {"tts-1": 1, "tts-2": 1}, "reply": {"reply-1": 1}}
    assert once.tally.runs == {"tts-1": 1, "tts-2": 1, "reply-1": 1}
    assert [(each.deleted, each.unmet) for each in passes] == [(2, 0), (1, 0)]


def test_a_pass_says_whose_messages_it_has_not_met(night: Night, monkeypatch: Any):
    for number in range(25):
        night.dead(f"job-{number:02}")
    desk = night.desk()
    once = redriver(desk)
    once.run(find(desk, Selection(kinds=("tts",), ids=("job-01", "job-12", "job-23"))))
    receive, received = desk.box.receive, []

    def at_the_limit(kind: str, *, hide_s: int) -> Any:
        received.append(hide_s)
        return receive(kind, hide_s=hide_s) if len(received) == 1 else []

    object.__setattr__(desk.box, "receive", at_the_limit)
    clearing = Clearing(desk=desk, kind="tts", sent=once.tally.runs, only_sent=True)
    clearing.run()
    assert (clearing.met, clearing.deleted, clearing.unmet) == (10, 1, 2)
    assert desk.box.held("tts")["visible"] == 24

    object.__setattr__(desk.box, "receive", receive)
    others = Clearing(desk=desk, kind="tts", sent=once.tally.runs)
    others.run()
    assert (others.deleted, others.unmet) == (2, 1)  # that of the first is gone


def test_messages_are_hidden_for_longer_than_a_pass_takes(night: Night):
    desk = night.desk()
    hidden: list[int] = []

    def receive(_: str, *, hide_s: int) -> list[Any]:
        hidden.append(hide_s)
        return []

    object.__setattr__(desk.box, "receive", receive)
    for count in (0, 100_000, 10_000_000):
        object.__setattr__(desk.box, "held", lambda _, count=count: {"visible": count})
        Clearing(desk=desk, kind="tts").run()

    assert sorted(set(hidden)) == [60, 1060, 43_200]  # SQS allows no more


def test_records_are_read_by_hundreds_and_none_of_those_that_were_begun_just_now(night: Night, monkeypatch: Any):
    for number in range(230):
        night.dead(f"job-{number}")
    desk = night.desk()
    reads: list[list[str]] = []
    read = night.store.get_many

    def noted(job_ids: Sequence[str]) -> Any:
        reads.append(list(job_ids))
        return read(job_ids)

    again = redriver(desk)
    again.run([night.job(f"job-{number}") for number in range(30)])
    monkeypatch.setattr(night.store, "get_many", noted)

    clearing = Clearing(desk=desk, kind="tts", sent=again.tally.runs)
    clearing.run()

    assert (clearing.met, clearing.deleted, len(night.letters())) == (230, 30, 200)
    assert [len(ids) for ids in reads] == [70, 100, 30]
    assert {job_id for ids in reads for job_id in ids}.isdisjoint(again.tally.runs)


def test_a_letter_of_a_later_death_than_the_epoch_just_begun_is_kept(night: Night):
    night.dead("a")
    desk = night.desk()
    again = redriver(desk)
    again.run([night.job("a")])
    night.work(fails=lambda _: True)

    Clearing(desk=desk, kind="tts", sent=again.tally.runs).run()

    assert night.letters() == [("a", 1)]


def test_who_is_stopped_in_a_pass_shows_again_what_is_in_hand(night: Night):
    for number in range(30):
        night.dead(f"job-{number}")
    desk = night.desk()

    def stop(_: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        Clearing(desk=desk, kind="tts").run(said=stop)

    assert desk.box.held("tts") == {"visible": 30, "in_flight": 0, "delayed": 0}


def test_a_pass_ends_though_messages_come_back_in_it(night: Night):
    for number in range(25):
        night.dead(f"job-{number}")
    desk = night.desk()
    receive = desk.box.receive
    object.__setattr__(
        desk.box, "receive", lambda kind, hide_s: [night.clock.advance(hide_s), receive(kind, hide_s=1)][1]
    )
    clearing = Clearing(desk=desk, kind="tts")

    clearing.run()

    assert clearing.met == 10  # the same ones again and again: nothing new in them
    assert desk.box.held("tts")["visible"] == 25
