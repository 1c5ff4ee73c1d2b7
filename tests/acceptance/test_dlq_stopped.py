"""Operators who press Ctrl-C, and several at a time: what was begun is sent, what was done is told, no harm is done."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest

from schemas.status import Status
from tests.dying.place import REDRIVE, Place, ended
from tests.dying.points import DELETE, MOVE, RECEIVE, Stop
from tests.emulated import emulator

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

JOBS = 300


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with emulator(tmp_path / "aws") as settings, Place.at(settings) as place:
        place.bury(JOBS)
        yield place


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_redrive_that_is_told_to_stop_has_sent_what_it_began_and_says_how_many(place: Place, signum: signal.Signals):
    done = place.redrive("--json", stop=Stop(MOVE, 33, is_after=True), signum=signum)
    found, report = place.found(), json.loads(done.out)

    assert (done.code, "Interrupted." in done.err) == (128 + signum, True)
    assert (report["redriven"], found.begun, found.messages, found.unsent) == (33, 33, 33, 0)
    assert (report["messages_deleted"], found.letters) == (0, JOBS)

    # The next one is stopped as it clears: it shows again what it has in hand.
    done = place.redrive("--code", "code-0", "--json", stop=Stop(RECEIVE, 15, is_after=True), signum=signum)
    found, report = place.found(), json.loads(done.out)
    assert done.code == 128 + signum
    assert report["messages_deleted"] == JOBS - found.letters > 0
    assert place.visible() == found.letters

    place.work()
    assert place.redrive().code == 0
    place.work()
    assert place.workers.results == dict.fromkeys(place.jobs, 1)


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_purge_and_an_import_that_are_told_to_stop_say_how_far_they_came(
    place: Place, tmp_path: Path, signum: signal.Signals
):
    first, second = tmp_path / "1.jsonl", tmp_path / "2.jsonl"

    done = place.purge(first, "--json", stop=Stop(MOVE, 12, is_after=True), signum=signum)
    found, report = place.found(), json.loads(done.out)
    assert (done.code, report["given_up"], found.given_up) == (128 + signum, 12, 12)
    done = place.purge(second, "--json", stop=Stop(DELETE, 2, is_after=True), signum=signum)
    found, report = place.found(), json.loads(done.out)
    assert (done.code, report["given_up"], found.given_up) == (128 + signum, JOBS - 12, JOBS)
    assert (report["messages_deleted"], found.letters, place.visible()) == (100, JOBS - 100, JOBS - 100)

    done = place.run("import", str(second), "--json", stop=Stop(MOVE, 5, is_after=True), signum=signum)
    # The messages of ten are out before the first of their records says so: all ten are brought back.
    assert (done.code, json.loads(done.out), place.found().dead) == (128 + signum, {"back": 10}, 10)
    assert [place.run("import", str(file)).code for file in (first, second)] == [0, 0]
    assert place.found().dead == JOBS


def test_operators_at_the_same_time_do_no_harm_though_one_is_killed(place: Place, tmp_path: Path):
    file = tmp_path / "purged.jsonl"
    place.files.append(file)
    purge = ("purge", "--kind", "tts", "--code", "code-1", "--into", str(file), "--confirm", "sayline-dev-tts-dlq")
    others = [place.another(*REDRIVE, "--json"), place.another(*REDRIVE, "--json"), place.another(*purge, "--json")]
    killed = place.redrive(stop=Stop(MOVE, 17, is_after=True))
    done = [ended(process) for process in others]

    place.show_hidden()
    found = place.found()
    assert [killed.code, *(each.code for each in done)] == [-signal.SIGKILL, 0, 0, 0]
    told = [json.loads(each.out) for each in done]
    assert found.begun + found.given_up == JOBS
    # Whoever had chosen a job before it was given up has run it again.
    assert told[2]["given_up"] >= found.given_up
    # Each was begun by one of them; the one that was killed tells nothing of its own.
    assert found.begun - 17 <= sum(each["redriven"] for each in told[:2]) <= found.begun

    place.work()
    assert place.run("import", str(file)).code == 0
    assert place.redrive().code == 0
    place.work()
    assert {job.status for job in place.store.get_many(place.jobs)} == {Status.SUCCEEDED}
    assert place.workers.results == dict.fromkeys(place.jobs, 1)
    assert place.found().letters == 0
