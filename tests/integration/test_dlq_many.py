"""Many dead letters: 100,000 of them in bounded memory, and as many on the emulator as it bears; none is hidden."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from schemas.envelope import Envelope
from schemas.job import JobError
from tests.dying.place import KIND, Place
from tests.emulated import emulator

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COUNT = 100_000
MOST_MB = 200
#: A test of 100,000 took 64 s on a busy machine.
pytestmark = pytest.mark.timeout(400)
#: What the emulator bears: it looks through all messages of a queue for each of its requests.
DEPTH = 3000


def many(report: Path, *arguments: str, vendor: str = "up") -> tuple[list[str], dict[str, Any]]:
    """The lines that a command has written over 100,000 dead letters, and what it has done."""
    command = [sys.executable, "-m", "tests.many_dead", str(COUNT), vendor, str(report), *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    did = json.loads(report.read_text())
    assert (did["exit"], did["has_boto3"], did["most_mb"] < MOST_MB) == (0, True, True), did
    return done.stdout.splitlines(), did


def test_a_hundred_thousand_are_listed_line_by_line(tmp_path: Path):
    lines, _ = many(tmp_path / "report", "list", "--kind", KIND, "--limit", "0", "--json")

    assert len({json.loads(line)["id"] for line in lines}) == len(lines) == COUNT


def test_a_hundred_thousand_are_grouped(tmp_path: Path):
    lines, _ = many(tmp_path / "report", "list", "--kind", KIND, "--group", "--json")

    assert sorted(json.loads(line)["count"] for line in lines) == [33_333, 33_333, 33_334]


def test_a_hundred_thousand_run_again_and_each_is_sent_once(tmp_path: Path):
    out, did = many(tmp_path / "report", "redrive", "--kind", KIND, "--yes", "--rate", "0", "--json")

    assert json.loads("\n".join(out))["redriven"] == COUNT
    assert (did["dead"], did["sent_once"], did["deleted"]) == (0, COUNT, COUNT)


def test_a_hundred_thousand_run_again_once_though_all_of_them_die_again_at_once(tmp_path: Path):
    command = ("redrive", "--kind", KIND, "--yes", "--rate", "0", "--json")
    out, did = many(tmp_path / "report", *command, vendor="down")

    assert json.loads("\n".join(out))["redriven"] == COUNT
    assert (did["dead"], did["sent_once"], did["deleted"]) == (COUNT, COUNT, COUNT)


def test_a_third_of_a_hundred_thousand_run_again_and_the_others_are_put_back(tmp_path: Path):
    chosen = ("--kind", KIND, "--code", "timed_out")
    _, did = many(tmp_path / "report", "redrive", *chosen, "--yes", "--rate", "0", "--json")

    assert (did["dead"], did["sent_once"], did["deleted"], did["hidden"]) == (66_667, 33_333, 33_333, 0)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with emulator(tmp_path / "aws") as settings, Place.at(settings) as place:
        place.bury(DEPTH)
        yield place


def test_on_the_emulator_no_message_is_hidden_and_all_run_again_for_few_requests(place: Place):
    plant_odd_ones(place)
    before = {letter["MessageId"]: letter["ReceiveCount"] for letter in place.letters()}

    listed = place.run("list", "--kind", KIND, "--limit", "0", "--json")
    grouped = place.run("list", "--kind", KIND, "--group", "--json")

    assert sorted(json.loads(line)["id"] for line in listed.out.splitlines()) == sorted(place.jobs)
    assert sum(json.loads(line)["count"] for line in grouped.out.splitlines()) == DEPTH
    # Nothing was received: nothing is hidden by it, and nothing has grown older.
    assert {letter["MessageId"]: letter["ReceiveCount"] for letter in place.letters()} == before

    done = place.redrive("--json")
    asked = dict(place.asked)

    found = place.found()
    assert (json.loads(done.out)["redriven"], found.begun, found.unsent) == (DEPTH, DEPTH, 0)
    assert sum(asked.values()) / DEPTH < 1.33, asked


def plant_odd_ones(place: Place) -> None:
    """Messages of no job, copies, some in another's hand, and jobs whose message has expired."""
    for body in ("?", "{}", "[]"):
        place.sqs.send_message(QueueUrl=place.dead_url, MessageBody=body)
    error = JobError(code="code-0", message="It crashed.", retryable=True)
    gone = Envelope(job_id="its-record-has-expired", kind=KIND)
    copies = [Envelope(job_id=job_id, kind=KIND) for job_id in place.jobs[:5]]
    place.queues.bury_batch([(envelope, error, {"epoch": 0}) for envelope in (gone, *copies)])
    place.receive_dead()  # in another's hand
    place.delete_dead(place.receive_dead()[:4])  # expired
