"""Dead letters written to files, given up, and brought back; over the in-memory twins."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ops.dlq.brought import Brought
from ops.dlq.clearing import Clearing
from ops.dlq.importing import Importer
from ops.dlq.lines import JobLine, UnreadableLineError, line_of, read
from ops.dlq.purging import Purger, export
from ops.dlq.selection import find
from schemas.job import CountAfter, Payload
from schemas.retention import held_until
from schemas.status import Status
from tests.dead_letters import ALL, VOICE, Night, ids, redriver

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import ManualClock


@pytest.fixture
def night(clock: ManualClock) -> Night:
    return Night(clock)


def purged(night: Night, folder: Path, *, jobs: int) -> Path:
    """Have jobs die and be given up, their messages gone; return the file that they are written to."""
    for number in range(jobs):
        night.dead(f"job-{number}")
    desk, file = night.desk(), folder / "dead.jsonl"
    export(desk, find(desk, ALL), file)
    Purger(desk=desk).run(file)
    night.queues.dead.clear()
    return file


def test_lines_are_brought_back_by_tens_and_each_is_told(night: Night, tmp_path: Path, monkeypatch: Any):
    file = purged(night, tmp_path, jobs=23)
    pages: list[int] = []
    monkeypatch.setattr(night.queues, "bury_batch", lambda letters: pages.append(len(letters)))

    said: list[Brought] = []
    with file.open() as lines:
        tally = Importer(desk=night.desk()).run(read(lines), said=said.append)

    assert (tally, said, pages) == ({Brought.BACK: 23}, [Brought.BACK] * 23, [10, 10, 3])


def test_an_import_that_is_interrupted_ends_between_two_pages(night: Night, tmp_path: Path):
    file = purged(night, tmp_path, jobs=23)
    importer = Importer(desk=night.desk())

    def stop(_: Brought) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError), file.open() as lines:
        importer.run(read(lines), said=stop)

    assert importer.tally == {Brought.BACK: 10}
    assert night.letters() == sorted((job_id, 0) for job_id in ids(night))
    assert len(night.letters()) == 10


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
