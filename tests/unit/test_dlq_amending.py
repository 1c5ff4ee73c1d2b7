"""Requests that are amended before they are run again; over the in-memory twins."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ops.dlq.amending import Amendment, UnfitError
from ops.dlq.redriving import Done
from ops.dlq.selection import find
from schemas.job import Payload
from schemas.status import Status
from tests.dead_letters import ALL, VOICE, Night, put, redriver

if TYPE_CHECKING:
    from tests.conftest import ManualClock


@pytest.fixture
def night(clock: ManualClock) -> Night:
    return Night(clock)


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


def test_who_has_moved_on_keeps_nothing_of_an_amendment(night: Night):
    job = night.dead("a")
    desk = night.desk()
    night.store._jobs["a"] = job.model_copy(update={"status": Status.SUCCEEDED})  # noqa: SLF001
    late = redriver(desk, change=put(text="y" * 300))

    late.run([job])

    assert dict(late.tally.done) == {Done.MOVED_ON: 1}
    assert list(night.objects.keys("requests/")) == []


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
