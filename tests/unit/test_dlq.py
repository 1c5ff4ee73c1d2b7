"""Dead letters found, grouped, run again, given up and brought back, over the in-memory twins."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

from ops.dlq.amending import Amendment, UnfitError
from ops.dlq.brought import Brought
from ops.dlq.clearing import Clearing
from ops.dlq.groups import group
from ops.dlq.importing import Importer
from ops.dlq.lines import JobLine, UnreadableLineError, line_of, read
from ops.dlq.outcome import Fate, Outcome
from ops.dlq.pace import Pace
from ops.dlq.purging import Purger, export
from ops.dlq.redriving import Done, Redriver
from ops.dlq.selection import Selection, find
from schemas import moves
from schemas.dead_letters import Period
from schemas.envelope import Envelope
from schemas.errors import UnavailableError
from schemas.job import CountAfter, JobError, Payload
from schemas.retention import held_until
from schemas.status import Status
from tests.dead_letters import CHECK_AFTER, CRASHED, Night

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ops.desk import Desk
    from schemas.job import JsonObject
    from tests.conftest import ManualClock

ALL = Selection(kinds=("tts", "reply"))
VOICE = JobError(code="bad_voice", message="There is no such Voice.", retryable=False, engine="polly")


@pytest.fixture
def night(clock: ManualClock) -> Night:
    return Night(clock)


def redriver(desk: Desk, **amendment: Any) -> Redriver:
    return Redriver(desk=desk, amendment=Amendment(desk=desk, **amendment), pace=Pace(None))


def put(**fields: object) -> Any:
    def change(_: str, request: JsonObject) -> JsonObject:
        return {**request, **fields}

    return change


def ids(night: Night, **chosen: Any) -> list[str]:
    return [job.id for job in find(night.desk(), Selection(**{"kinds": ALL.kinds} | chosen))]


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


def test_a_request_is_amended_and_checked_before_it_is_sent(night: Night):
    night.dead("a", VOICE)
    desk = night.desk()

    bad = redriver(desk, change=put(speed=-1))
    bad.run(find(desk, ALL))

    assert dict(bad.tally.done) == {Done.UNFIT: 1}
    (unfit,) = bad.tally.unfit
    assert (unfit.job_id, list(unfit.fields)) == ("a", ["speed"])
    assert (night.job("a").status, night.queues.sent) == (Status.DEAD_LETTERED, [])

    redriver(desk, change=put(text="Good evening")).run(find(desk, ALL))

    job = night.job("a")
    assert desk.payloads.load(job.request)["text"] == "Good evening"
    assert (job.status, job.epoch, len(night.queues.sent)) == (Status.QUEUED, 1, 1)


def test_a_large_request_is_kept_once_after_it_was_amended(night: Night):
    night.objects.put("requests/x.json", json.dumps({"text": "x" * 300}).encode(), mime="application/json")
    night.dead("a", request=Payload(key="requests/x.json"))
    desk = night.desk()

    redriver(desk, change=put(text="y" * 300)).run(find(desk, ALL))

    job = night.job("a")
    assert list(night.objects.keys("requests/")) == [job.request.key]
    assert desk.payloads.load(job.request)["text"] == "y" * 300


def test_of_two_who_amend_the_same_job_one_is_told_and_leaves_nothing_behind(night: Night):
    job = night.dead("a", text="x" * 300)
    desk = night.desk()
    first, second = (redriver(desk, change=put(text=letter * 300)) for letter in "yz")

    first.run([job])
    second.run([job])

    assert dict(second.tally.done) == {Done.BY_ANOTHER: 1}
    assert desk.payloads.load(night.job("a").request)["text"] == "y" * 300
    assert list(night.objects.keys("requests/")) == [night.job("a").request.key]


@pytest.mark.parametrize(("then", "done"), [("waits", Done.BY_ANOTHER), ("dies, and again", Done.MOVED_ON)])
def test_of_two_who_amend_a_large_request_the_second_is_told_who_was_faster_and_not_that_it_does_not_fit(
    night: Night, then: str, done: Done
):
    night.objects.put("requests/x.json", json.dumps({"text": "x" * 300}).encode(), mime="application/json")
    job = night.dead("a", request=Payload(key="requests/x.json"))
    desk = night.desk()
    first, second = (redriver(desk, change=put(text=letter * 300)) for letter in "yz")
    first.run([job])
    if then != "waits":
        night.work(fails=lambda _: True)
        redriver(desk).run([night.job("a")])

    second.run([job])

    assert (dict(second.tally.done), second.tally.unfit) == ({done: 1}, [])
    assert desk.payloads.load(night.job("a").request)["text"] == "y" * 300


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


def test_who_has_moved_on_keeps_nothing_of_an_amendment(night: Night):
    job = night.dead("a")
    desk = night.desk()
    night.store._jobs["a"] = job.model_copy(update={"status": Status.SUCCEEDED})  # noqa: SLF001
    late = redriver(desk, change=put(text="y" * 300))

    late.run([job])

    assert dict(late.tally.done) == {Done.MOVED_ON: 1}
    assert list(night.objects.keys("requests/")) == []


def test_each_job_waits_for_its_turn(night: Night):
    jobs = [night.dead(name) for name in "abc"]
    slept: list[float] = []
    desk = night.desk()

    pace = Pace(10, sleep=slept.append, monotonic=lambda: 0.0)
    Redriver(desk=desk, amendment=Amendment(desk=desk), pace=pace).run(jobs)

    assert [round(seconds, 3) for seconds in slept] == [0.1, 0.2]


def test_a_period_is_asked_of_the_index(night: Night, monkeypatch: Any):
    asked: list[Any] = []

    def dead_keys(*args: object) -> list[Any]:
        asked.append(args)
        return []

    monkeypatch.setattr(night.store, "dead_keys", dead_keys)
    period = Period(since=night.clock(), until=night.clock())

    assert list(find(night.desk(), Selection(kinds=("tts",), period=period))) == []
    assert asked == [("tts", period)]


def test_a_request_that_is_gone_is_told_and_not_sent(night: Night):
    night.dead("a", request=Payload(key="requests/gone.json"))
    amendment = Amendment(desk=night.desk(), change=put(text="x"))

    with pytest.raises(UnfitError) as unfit:
        amendment.check(night.job("a"))

    assert unfit.value.fields == {"request": "it is no longer kept"}


def test_a_dead_letter_goes_to_another_kind_if_its_request_fits(night: Night):
    night.dead("a", text="나는 학생입니다")
    desk = night.desk()
    unfit = redriver(desk, to="pronunciation")
    unfit.run(find(desk, ALL))
    assert dict(unfit.tally.done) == {Done.UNFIT: 1}

    redriver(desk, to="analysis").run(find(desk, ALL))

    assert [(message.kind, message.epoch) for message in night.queues.sent] == [("analysis", 1)]
    job = night.job("a")
    assert (job.kind, job.open_shard and job.open_shard.split("#")[0]) == ("analysis", "analysis")


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


def test_lines_are_brought_back_by_tens_and_each_is_told(night: Night, tmp_path: Path, monkeypatch: Any):
    for number in range(23):
        night.dead(f"job-{number}")
    desk, file = night.desk(), tmp_path / "dead.jsonl"
    export(desk, find(desk, ALL), file)
    Purger(desk=desk).run(file)
    night.queues.dead.clear()
    pages: list[int] = []
    monkeypatch.setattr(night.queues, "bury_batch", lambda letters: pages.append(len(letters)))

    said: list[Brought] = []
    with file.open() as lines:
        tally = Importer(desk=night.desk()).run(read(lines), said=said.append)

    assert (tally, said, pages) == ({Brought.BACK: 23}, [Brought.BACK] * 23, [10, 10, 3])


def test_an_import_that_is_interrupted_ends_between_two_pages(night: Night, tmp_path: Path):
    for number in range(23):
        night.dead(f"job-{number}")
    desk, file = night.desk(), tmp_path / "dead.jsonl"
    export(desk, find(desk, ALL), file)
    Purger(desk=desk).run(file)
    night.queues.dead.clear()
    importer = Importer(desk=desk)

    def stop(_: Brought) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError), file.open() as lines:
        importer.run(read(lines), said=stop)

    assert importer.tally == {Brought.BACK: 10}
    assert night.letters() == sorted((job_id, 0) for job_id in ids(night))
    assert len(night.letters()) == 10


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


def test_a_purge_gives_up_what_is_in_the_file_and_nothing_else(night: Night, tmp_path: Path):
    for name in "ab":
        night.dead(name)
    desk = night.desk()
    file = tmp_path / "dead.jsonl"

    assert export(desk, find(desk, ALL), file) == 2
    night.dead("later")
    redriver(desk).run([night.job("b")])
    purger = Purger(desk=desk)
    purger.run(file)
    Clearing(desk=desk, kind="tts", sent={"b": 1}).run()

    assert (purger.given_up, purger.moved_on) == (1, 1)
    assert {name: night.job(name).status for name in ("a", "b", "later")} == {
        "a": Status.FAILED,
        "b": Status.QUEUED,
        "later": Status.DEAD_LETTERED,
    }
    assert night.letters() == [("later", 0)]
    assert file.stat().st_mode & 0o777 == 0o600


def test_no_file_is_overwritten(night: Night, tmp_path: Path):
    night.dead("a")
    file = tmp_path / "dead.jsonl"
    file.write_text("mine")

    with pytest.raises(FileExistsError):
        export(night.desk(), find(night.desk(), ALL), file)

    assert file.read_text() == "mine"


def bring(night: Night, file: Path) -> dict[Brought, int]:
    with file.open() as lines:
        return dict(Importer(desk=night.desk()).run(read(lines)))


def test_what_was_purged_comes_back_as_it_was_and_once(night: Night, tmp_path: Path):
    before = night.dead("a", VOICE, text="x" * 300)
    file = tmp_path / "dead.jsonl"
    desk = night.desk()
    export(desk, find(desk, ALL), file)
    Purger(desk=desk).run(file)
    Clearing(desk=desk, kind="tts").run()
    assert (ids(night), night.letters()) == ([], [])

    assert bring(night, file) == {Brought.BACK: 1}

    after = night.job("a")
    assert after == before.model_copy(update={"version": after.version, "updated_at": after.updated_at})
    assert (ids(night), night.letters()) == (["a"], [("a", 0)])
    assert bring(night, file) == {Brought.THERE: 1}
    assert night.letters() == [("a", 0)]


def test_what_was_exported_elsewhere_is_dead_here_as_it_was_there(night: Night, tmp_path: Path, clock: ManualClock):
    night.objects.put("requests/x.json", b'{"text":"long"}', mime="application/json")
    night.dead("a", VOICE)
    before = night.dead("b", request=Payload(key="requests/x.json"))
    file = tmp_path / "dead.jsonl"
    export(night.desk(), find(night.desk(), ALL), file)
    elsewhere = Night(clock)

    assert bring(elsewhere, file) == {Brought.NEW: 2}

    after = elsewhere.job("b")
    assert after == before.model_copy(update={"expires_at": after.expires_at})
    assert elsewhere.desk().payloads.load(after.request) == {"text": "long"}
    assert (ids(elsewhere), elsewhere.letters()) == (["a", "b"], [("a", 0), ("b", 0)])


def test_what_was_purged_long_ago_is_kept_once_more_for_as_long_as_its_letter(night: Night, tmp_path: Path):
    night.objects.put("requests/x.json", b'{"text":"long"}', mime="application/json")
    night.dead("a", request=Payload(key="requests/x.json"))
    desk, file = night.desk(), tmp_path / "dead.jsonl"
    export(desk, find(desk, ALL), file)
    Purger(desk=desk).run(file)
    night.clock.advance(timedelta(days=29).total_seconds())
    night.objects.delete(["requests/x.json"])  # the bucket does so after 30 days

    assert bring(night, file) == {Brought.BACK: 1}

    assert night.job("a").expires_at == held_until(night.clock())
    assert desk.payloads.load(night.job("a").request) == {"text": "long"}


def test_what_a_line_says_of_indexes_and_of_what_follows_is_not_believed(night: Night):
    job = night.dead("a")
    after = {"practice_count": CountAfter(name="practice_count", by=1, day="2026-11-21")}
    said: dict[str, Any] = {"open_shard": None, "next_check_at": None, "finished_at": None, "after": after}
    line = line_of(job.model_copy(update=said), night.desk().payloads)
    elsewhere = Night(night.clock)

    assert Importer(desk=elsewhere.desk()).run([line]) == {Brought.NEW: 1}

    assert (ids(elsewhere), elsewhere.store.count_dead("tts")) == (["a"], 1)
    redriver(elsewhere.desk()).run(find(elsewhere.desk(), ALL))
    assert (elsewhere.job("a").epoch, elsewhere.store.counter("mina", "2026-11-21", "practice_count")) == (1, 0)


def test_a_request_is_written_where_requests_lie_and_nowhere_else(night: Night):
    job = night.dead("a").model_copy(update={"request": Payload(key="users/mina/conversations/c/1.json")})
    line = JobLine(job=job, request={"text": "Hello"})
    elsewhere = Night(night.clock)

    assert Importer(desk=elsewhere.desk()).run([line]) == {Brought.UNFIT: 1}

    assert (elsewhere.objects.objects, elsewhere.letters(), elsewhere.store.get("a")) == ({}, [], None)


def test_no_job_is_brought_back_that_has_got_further(night: Night, tmp_path: Path):
    night.dead("run-again")
    night.dead("failed-otherwise")
    file = tmp_path / "dead.jsonl"
    export(night.desk(), find(night.desk(), ALL), file)
    redriver(night.desk()).run([night.job("run-again")])
    other = night.job("failed-otherwise").model_copy(update={"status": Status.FAILED, "history": ()})
    night.store._jobs[other.id] = other  # noqa: SLF001

    assert bring(night, file) == {Brought.MOVED_ON: 2}

    assert (ids(night), night.job("run-again").status) == ([], Status.QUEUED)
    night.work(fails=lambda _: True)
    assert bring(night, file) == {Brought.MOVED_ON: 2}  # dead again, of another epoch


def test_a_line_is_brought_to_no_other_owner_and_to_no_kind_that_is_not_there(night: Night, tmp_path: Path):
    job = night.dead("a")
    line = line_of(job, night.desk().payloads)
    elsewhere = Night(night.clock)

    for change in ({"kind": "none"}, {"status": Status.SUCCEEDED}, {"request": Payload(key="requests/gone.json")}):
        changed = line.model_copy(update={"job": job.model_copy(update=change), "request": None})
        assert Importer(desk=elsewhere.desk()).run([changed]) == {Brought.UNFIT: 1}
    assert (elsewhere.letters(), elsewhere.store.get("a")) == ([], None)
    others = line.model_copy(update={"job": job.model_copy(update={"owner": "juno"})})
    assert Importer(desk=night.desk()).run([others]) == {Brought.MOVED_ON: 1}


@pytest.mark.parametrize("text", ["{", "[]", '{"type":"job"}', '{"type":"other"}', '{"type":"stray","v":2}'])
def test_a_line_that_is_no_dead_letter_is_named(text: str):
    with pytest.raises(UnreadableLineError) as unreadable:
        list(read(iter(["\n", text])))

    assert unreadable.value.number == 2


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
