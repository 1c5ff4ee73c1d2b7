"""`sayline dlq purge`, `export` and `import`: what the files have, and what is done by halves: nothing."""

from __future__ import annotations

import json
import os
import signal
import stat
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from ops.cli.dlq import purging
from schemas.errors import UnavailableError
from schemas.status import Status
from tests.dead_letters import Night
from tests.dlq_console import Console, three_dead, unwrapped

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import ManualClock


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch, clock: ManualClock) -> Console:
    return Console(monkeypatch, three_dead(Night(clock)))


def test_a_purge_leaves_a_file_that_brings_them_back(console: Console, tmp_path: Path):
    file = tmp_path / "dead.jsonl"

    done = console.run(
        "purge",
        "--kind",
        "tts",
        "--code",
        "bad_voice",
        "--into",
        str(file),
        "--confirm",
        "sayline-dev-tts-dlq",
        "--json",
    )

    assert done.exit_code == 0
    told = {"given_up": 2, "moved_on": 0, "messages_deleted": 2, "file": str(file)}
    assert json.loads(done.stdout) == told
    assert console.night.letters() == [("a", 0)]
    assert [console.night.job(name).status for name in "bc"] == [Status.FAILED] * 2

    back = console.run("import", str(file))

    assert (back.exit_code, back.stdout) == (0, "back: 2\n")
    assert console.night.letters() == [("a", 0), ("b", 0), ("c", 0)]


def test_messages_of_no_job_are_told_of_and_purged_by_themselves(console: Console, tmp_path: Path):
    console.night.queues.bury_foreign("sayline-dev-tts", "?", code="malformed")
    file = tmp_path / "strays.jsonl"
    assert "tts: about 1 message more" in unwrapped(console.run("list", "--group").stderr)
    assert console.run("list", "--group", "--code", "bad_voice").stderr == ""

    purge = ("purge", "--kind", "tts", "--strays", "--into", str(file), "--confirm", "sayline-dev-tts-dlq")
    refused = console.run(*purge, "--code", "bad_voice")
    done = console.run(*purge, "--json")

    assert (refused.exit_code, "--strays goes with --kind alone." in refused.stderr) == (2, True)
    assert json.loads(done.stdout) == {"strays_deleted": 1, "file": str(file)}
    assert json.loads(file.read_text())["body"] == "?"
    assert [console.night.job(name).status for name in "abc"] == [Status.DEAD_LETTERED] * 3
    assert (len(console.night.letters()), console.night.queues.foreign) == (3, [])
    assert console.run("list", "--group").stderr == ""


def test_an_export_leaves_them_where_they_are_and_overwrites_nothing(console: Console, tmp_path: Path):
    file = tmp_path / "dead.jsonl"

    done = console.run("export", str(file), "--kind", "tts", "--json")
    again = console.run("export", str(file))

    assert json.loads(done.stdout) == {"written": 3, "file": str(file)}
    assert (again.exit_code, "File exists" in unwrapped(again.stderr)) == (2, True)
    assert len(file.read_text().splitlines()) == 3
    assert console.night.letters() == [("a", 0), ("b", 0), ("c", 0)]


def test_a_file_that_was_cut_off_is_brought_back_up_to_there(console: Console, tmp_path: Path):
    file = tmp_path / "dead.jsonl"
    console.run("purge", "--kind", "tts", "--into", str(file), "--confirm", "sayline-dev-tts-dlq")
    file.write_text(file.read_text()[:-9])

    done = console.run("import", str(file))

    assert (done.exit_code, "line 3 is no dead letter" in unwrapped(done.stderr)) == (65, True)
    assert [console.night.job(name).status for name in "ab"] == [Status.DEAD_LETTERED] * 2


def test_an_import_that_is_interrupted_leaves_no_message_without_its_record(
    console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for number in range(27):
        console.night.dead(f"more-{number}")
    file = tmp_path / "dead.jsonl"
    console.run("purge", "--kind", "tts", "--into", str(file), "--confirm", "sayline-dev-tts-dlq")
    assert console.night.letters() == []
    bury_batch = console.night.queues.bury_batch

    def interrupted(letters: Any) -> None:
        bury_batch(letters)
        os.kill(os.getpid(), signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(console.night.queues, "bury_batch", interrupted)
        done = console.run("import", str(file))

    assert (done.exit_code, done.stdout) == (130, "back: 10\n")
    assert (len(console.night.letters()), console.night.store.count_dead("tts")) == (10, 10)
    assert console.run("import", str(file)).stdout == "back: 20\nthere: 10\n"
    assert (len(console.night.letters()), console.night.store.count_dead("tts")) == (30, 30)


def test_a_new_file_is_on_the_disk_by_its_name_too(console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    settled: list[tuple[int, bool]] = []
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        found = os.fstat(descriptor)
        settled.append((found.st_ino, stat.S_ISDIR(found.st_mode)))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    file = tmp_path / "dead.jsonl"

    console.run("export", str(file))

    assert settled == [(tmp_path.stat().st_ino, True), (file.stat().st_ino, False)]


def test_a_purge_names_ids_of_no_dead_letters(console: Console, tmp_path: Path):
    confirmed = ("--into", str(tmp_path / "dead.jsonl"), "--confirm", "sayline-dev-tts-dlq")

    done = console.run("purge", "--kind", "tts", "a", "nope", *confirmed)

    assert (done.exit_code, "given up: 1" in done.stdout) == (66, True)
    assert "nope: no such dead letter." in done.stderr


def test_an_error_before_the_first_line_leaves_no_file(
    console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def out(*_: object) -> Any:
        raise UnavailableError("DynamoDB", "ReadTimeoutError")

    monkeypatch.setattr(console.night.store, "dead_keys", out)

    done = console.run("export", str(tmp_path / "dead.jsonl"))

    assert (done.exit_code, list(tmp_path.iterdir())) == (69, [])


def test_who_is_asked_for_a_queues_name_is_told_what_it_is_about(
    console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(purging, "sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))
    purge = ("purge", "--kind", "tts", "--into", str(tmp_path / "dead.jsonl"))

    done = console.run(*purge, "--code", "bad_voice")
    strays = console.run(*purge, "--strays")

    assert "2 dead letters would be given up, of about 3 messages of sayline-dev-tts-dlq." in done.stderr
    assert "Of about 3 messages of sayline-dev-tts-dlq those of no job would be deleted." in strays.stderr
    assert [console.night.job(name).status for name in "abc"] == [Status.DEAD_LETTERED] * 3
