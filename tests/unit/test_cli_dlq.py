"""`sayline dlq` as it is typed, over the in-memory twins."""

from __future__ import annotations

import json
import re
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from ops.cli.dlq import app, redriving, watching
from ops.cli.operators import common
from ops.cli.output import command_line
from ops.memory_dead_letters import MemoryDeadLetterBox
from schemas.job import JobError
from schemas.redriving import begin_again
from schemas.status import Status
from tests.dead_letters import Night

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

    from tests.conftest import ManualClock

VOICE = JobError(code="bad_voice", message="There is no such \x1b[31mvoice.", retryable=False, engine="polly")
COMMANDS = ("list", "show", "redrive", "purge", "export", "import", "watch")

main = command_line()
main.add_typer(app)


class Console:
    """Runs commands; in each pause of theirs a worker works off what was sent."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, night: Night) -> None:
        self.night = night
        self.fails: list[str] = []
        self.now = 0.0
        monkeypatch.setattr(common, "desk", night.desk)
        for module in (redriving, watching):
            monkeypatch.setattr(module, "time", SimpleNamespace(sleep=self._sleep, monotonic=lambda: self.now))

    def run(self, *args: str) -> Result:
        return CliRunner().invoke(main, ["dlq", *args], terminal_width=80)

    def _sleep(self, seconds: float) -> None:
        self.now += seconds
        self.night.work(fails=lambda job: job.id in self.fails)


@pytest.fixture
def night(clock: ManualClock) -> Night:
    night = Night(clock)
    night.dead("a")
    night.dead("b", VOICE, trace="00-trace", flow="lesson", step="speak")
    night.dead("c", VOICE)
    return night


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch, night: Night) -> Console:
    return Console(monkeypatch, night)


def unwrapped(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_examples_in_80_columns(console: Console, command: str):
    done = console.run(command, "--help")

    assert done.exit_code == 0
    assert f"  sayline dlq {command} " in done.stdout or f"  sayline dlq {command}\n" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_the_list_is_a_line_for_each_the_oldest_first(console: Console):
    done = console.run("list")

    head, *lines = done.stdout.splitlines()
    assert head.split() == ["JOB", "KIND", "AGE", "CODE"]
    assert [line.split() for line in lines] == [
        ["a", "tts", "0", "s", "engine_crashed"],
        ["b", "tts", "0", "s", "bad_voice"],
        ["c", "tts", "0", "s", "bad_voice"],
    ]
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_a_list_that_is_cut_says_so(console: Console):
    done = console.run("list", "--limit", "2")

    assert (len(done.stdout.splitlines()), "more than 2" in done.stderr) == (3, True)
    assert console.run("list", "--limit", "3").stderr == ""
    assert len(console.run("list", "--limit", "0").stdout.splitlines()) == 4


def test_a_list_for_programs_has_an_object_to_a_line_without_what_was_asked_for(console: Console):
    done = console.run("list", "--code", "bad_voice", "--json")

    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(each["id"], each["engine"], each["trace"]) for each in found] == [
        ("b", "polly", "00-trace"),
        ("c", "polly", None),
    ]
    assert "Hello" not in done.stdout


def test_groups_say_what_they_died_of_and_no_terminal_is_driven_by_it(console: Console):
    done = console.run("list", "--group")

    _, first, reason, *_ = done.stdout.splitlines()
    assert first.split() == ["2", "tts", "polly", "0", "s", "bad_voice"]
    assert reason.strip() == "There is no such \N{REPLACEMENT CHARACTER}[31mvoice."
    assert "\x1b" not in done.stdout
    found = [json.loads(line) for line in console.run("list", "--group", "--json").stdout.splitlines()]
    assert [(each["code"], each["count"]) for each in found] == [("bad_voice", 2), ("engine_crashed", 1)]


@pytest.mark.parametrize("args", [("list",), ("list", "--group"), ("redrive", "--yes"), ("redrive",)])
def test_nothing_that_fits_is_said_and_is_no_error(console: Console, args: tuple[str, ...]):
    done = console.run(*args, "--code", "none")

    assert (done.exit_code, "There are no such dead letters." in done.output) == (0, True)


@pytest.mark.parametrize(
    "args",
    [
        ("list", "--kind", "none"),
        ("list", "--older", "yesterday"),
        ("redrive", "--to", "none"),
        ("redrive", "--all", "--set", "x", "--yes"),
        ("redrive", "--yes"),
        ("redrive", "--all", "--kind", "tts", "--yes"),
        ("redrive", "--set", "x=1", "--edit"),
        ("purge",),
        ("purge", "--kind", "tts"),
        ("purge", "--kind", "tts", "--confirm", "tts"),
        ("import", "no-such-file.jsonl"),
        ("show",),
    ],
)
def test_errors_of_a_user_have_no_traceback_and_change_nothing(console: Console, args: tuple[str, ...]):
    done = console.run(*args)

    assert (done.exit_code, type(done.exception)) == (2, SystemExit)
    assert done.stderr
    assert "Traceback" not in done.output
    assert {console.night.job(name).status for name in "abc"} == {Status.DEAD_LETTERED}


def test_a_job_is_shown_with_its_reasons_and_what_it_asked_for(console: Console):
    done = console.run("show", "b")

    for expected in ("bad_voice: There is no such", "polly", "lesson", "speak", "00-trace", "dead_letter", '"Hello"'):
        assert expected in done.stdout
    assert "\x1b" not in done.stdout
    found = json.loads(console.run("show", "b", "--json").stdout)
    assert (found["request"], found["history"][0]["outcome"]) == ({"text": "Hello"}, "dead_letter")
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert any(re.fullmatch(r"ended .* \d+ s ago", line) for line in lines)
    assert any(
        re.fullmatch(r"attempt 1 of epoch 0 at \d\d:\d\d:\d\d: dead_letter, bad_voice by w", line) for line in lines
    )
    gone = console.run("show", "gone")
    assert (gone.exit_code, "There is no such job." in gone.stderr) == (66, True)


def test_a_redrive_is_rehearsed_unless_it_is_meant(console: Console):
    done = console.run("redrive", "--code", "bad_voice", "--set", "text=null")

    assert done.exit_code == 0
    assert "2 requests would not fit" in done.stderr
    assert done.stderr.endswith("None would be run again.\n")
    assert console.night.queues.sent == []
    assert console.night.job("b").request.inline == {"text": "Hello"}
    assert console.run("redrive", "--kind", "tts").stderr == "3 would be run again. --yes does it.\n"
    assert console.run("redrive").stderr == "3 would be run again. --yes --all does it.\n"
    found = json.loads(console.run("redrive", "--set", "text=null", "--json").stdout)
    assert (sum(each["count"] for each in found["groups"]), found["unfit_count"], found["done"]) == (3, 3, False)


def test_a_rehearsal_counts_all_that_would_not_fit_and_holds_the_first_ones(console: Console):
    for number in range(12):
        console.night.dead(f"more-{number}")

    found = json.loads(console.run("redrive", "--set", "text=null", "--json").stdout)

    assert (found["unfit_count"], len(found["unfit"])) == (15, 10)
    assert [each["id"] for each in found["unfit"][:2]] == ["a", "b"]


def test_a_redrive_tells_how_they_ended(console: Console):
    console.fails = ["c"]

    done = console.run("redrive", "--all", "--yes", "--wait")

    assert done.exit_code == 1
    assert "3 redriven, 3 messages deleted" in done.stdout
    assert "2 succeeded, 1 failed again" in done.stdout
    assert console.night.letters() == [("c", 1)]
    found = json.loads(console.run("redrive", "--all", "--yes", "--wait", "--timeout", "0", "--json").stdout)
    assert (found["redriven"], found["outcome"]["open"]) == (1, 1)


def test_to_wait_in_vain_has_an_exit_code_of_its_own(console: Console):
    assert console.run("redrive", "--all", "--yes", "--wait", "--timeout", "0").exit_code == 75


def test_a_field_is_set_in_all_that_are_chosen(console: Console):
    done = console.run("redrive", "--code", "bad_voice", "--set", "text=Good evening", "--yes")

    assert done.exit_code == 0
    desk = console.night.desk()
    texts = {name: desk.payloads.load(console.night.job(name).request)["text"] for name in "abc"}
    assert texts == {"a": "Hello", "b": "Good evening", "c": "Good evening"}


def test_what_does_not_fit_is_refused_by_field_and_stays_dead(console: Console):
    done = console.run("redrive", "a", "--set", "text=", "--yes")

    assert done.exit_code == 65
    assert "a text:" in done.stderr
    assert console.night.job("a").status is Status.DEAD_LETTERED


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Have the operator do this to the document that is to be edited."""

    def install(code: str) -> None:
        script = tmp_path / "editor.py"
        head = "import json, pathlib, sys; p = pathlib.Path(sys.argv[1]); d = json.loads(p.read_text())\n"
        script.write_text(f"{head}{code}\n")
        monkeypatch.delenv("VISUAL", raising=False)
        monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")

    return install


def test_requests_are_edited_and_those_that_are_taken_out_stay_dead(console: Console, editor: Any):
    editor("del d['c']; d['b']['text'] = '안녕'; p.write_text(json.dumps(d))")

    done = console.run("redrive", "--code", "bad_voice", "--edit", "--yes")

    assert done.exit_code == 0
    job = console.night.job("b")
    assert console.night.desk().payloads.load(job.request)["text"] == "안녕"
    assert (job.status, console.night.job("c").status) == (Status.QUEUED, Status.DEAD_LETTERED)


@pytest.mark.parametrize(
    ("code", "exit_code", "said"),
    [
        ("pass", 2, "Nothing was changed."),
        ("sys.exit(3)", 2, "ended with 3"),
        ("p.write_text('{')", 65, "not JSON: line 1"),
        ("p.write_text('[]')", 65, "an object of requests"),
        ("p.write_text('{\"x\": {}}')", 65, "not among those"),
        ("p.write_text('{}')", 2, "No request was left in."),
    ],
)
def test_an_edit_that_is_none_changes_nothing(console: Console, editor: Any, code: str, exit_code: int, said: str):
    editor(code)

    done = console.run("redrive", "a", "--edit", "--yes")

    assert (done.exit_code, said in done.stderr) == (exit_code, True)
    assert console.night.job("a").status is Status.DEAD_LETTERED


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
    assert "tts: about 1 messages more" in unwrapped(console.run("list", "--group").stderr)
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


def test_nothing_is_counted_where_no_bar_is_seen(console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(console.night.store, "count_dead", lambda _: pytest.fail("it was counted"))

    for args in (
        ("list", "--json"),
        ("export", str(tmp_path / "dead.jsonl")),
        ("redrive", "a"),
        ("redrive", "a", "--yes"),
    ):
        assert console.run(*args).exit_code == 0


def test_a_job_whose_message_has_expired_is_listed_told_of_and_run_again(console: Console):
    (expired, _) = console.night.queues.dead.pop()

    grouped = console.run("list", "--group")
    listed = console.run("list", "--json")
    console.run("redrive", expired.job_id, "--yes")

    assert "tts: about 1 messages fewer than dead-lettered jobs" in unwrapped(grouped.stderr)
    assert [json.loads(line)["id"] for line in listed.stdout.splitlines()] == ["a", "b", "c"]
    assert [message.job_id for message in console.night.queues.sent] == [expired.job_id]


def test_the_letter_of_one_that_goes_to_another_kind_is_deleted_where_it_was(console: Console):
    done = console.run("redrive", "a", "--to", "analysis", "--yes")

    assert (done.exit_code, console.night.letters()) == (0, [("b", 0), ("c", 0)])
    assert [message.kind for message in console.night.queues.sent] == ["analysis"]


def test_a_redrive_of_one_looks_no_further_than_its_letter(console: Console, monkeypatch: pytest.MonkeyPatch):
    console.night.dead("of-another-kind", kind="reply")
    received: list[str] = []
    receive = MemoryDeadLetterBox.receive

    def noted(box: MemoryDeadLetterBox, kind: str, *, hide_s: int) -> Any:
        received.append(kind)
        return receive(box, kind, hide_s=hide_s)

    monkeypatch.setattr(MemoryDeadLetterBox, "receive", noted)

    console.run("redrive", "a", "--yes")
    assert received == ["tts"]
    console.run("redrive", "--code", "none", "--yes")
    assert set(received) == {"tts", "reply"}


def test_a_redrive_of_nothing_deletes_what_a_killed_one_has_left(console: Console):
    desk = console.night.desk()
    begin_again(desk.jobs, console.night.job("a"), next_check_at=desk.now(), now=desk.now())

    done = console.run("redrive", "--code", "none", "--yes", "--json")

    assert json.loads(done.stdout)["messages_deleted"] == 1
    assert console.night.letters() == [("b", 0), ("c", 0)]


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


def test_who_watches_sees_what_has_died_since(console: Console, monkeypatch: pytest.MonkeyPatch):
    console.night.clock.advance(1)
    monkeypatch.setattr(watching, "time", SimpleNamespace(sleep=lambda _: console.night.dead("d", VOICE)))

    done = console.run("watch", "--kind", "tts", "--looks", "2", "--json")

    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert first == [{"kind": "tts", "dead": 3, "messages": 3, "new": {}}]
    assert second == [{"kind": "tts", "dead": 4, "messages": 4, "new": {"bad_voice": 1}}]
    table = console.run("watch", "--looks", "1").stdout.splitlines()
    assert table[0].split() == ["KIND", "DEAD", "MESSAGES", "NEW", "SINCE"]
