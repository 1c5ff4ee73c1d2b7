"""`sayline dlq` as it is typed, over the in-memory twins."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console as Screen

from ops.cli.dlq import tables
from ops.cli.dlq.listing import count
from ops.dlq.selection import Selection
from ops.memory_dead_letters import MemoryDeadLetterBox
from schemas.job import Attempt
from schemas.redriving import begin_again
from schemas.status import Status
from tests.conftest import ManualClock, new_job
from tests.dead_letters import Night
from tests.dlq_console import Console, three_dead, unwrapped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


COMMANDS = ("list", "show", "redrive", "purge", "export", "import", "watch")


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch, clock: ManualClock) -> Console:
    return Console(monkeypatch, three_dead(Night(clock)))


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
        ("list", "--newer", "999999d"),
        ("list", "--older", "2h", "--newer", "1h"),
        ("redrive", "--yes", "--all", "--older", "60m", "--newer", "1h"),
        ("outcome", "--newer", "999999d"),
        ("redrive", "--to", "none"),
        ("redrive", "--all", "--set", "x", "--yes"),
        ("redrive", "--yes"),
        ("redrive", "--all", "--kind", "tts", "--yes"),
        ("redrive", "--set", "x=1", "--edit", "--yes"),
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

    assert done.exit_code == 65
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


@pytest.mark.parametrize("args", [("redrive",), ("redrive", "--yes"), ("redrive", "--yes", "--wait", "--json")])
def test_ids_of_no_dead_letters_are_named_and_no_success(console: Console, args: tuple[str, ...]):
    assert console.run(*args, "a", "nope", "b", "neither").exit_code == 66
    assert "nope, neither: no such dead letter." in console.run(*args, "nope", "neither").stderr
    assert console.run(*args, "c").exit_code == 0


@pytest.mark.parametrize(
    "args", [("list",), ("list", "--json"), ("list", "--group"), ("list", "--group", "--json"), ("redrive",)]
)
def test_messages_of_no_job_are_told_of_wherever_all_is_listed(console: Console, args: tuple[str, ...]):
    console.night.queues.bury_foreign("sayline-dev-tts", "?", code="malformed")

    assert "tts: about 1 message more than dead-lettered jobs" in unwrapped(console.run(*args).stderr)
    assert "message" not in console.run(*args, "--owner", "mina").stderr


def test_a_redrive_of_all_that_finds_nothing_tells_of_messages_of_no_job(console: Console):
    everything = ("redrive", "--all", "--yes")
    assert console.run(*everything).exit_code == 0
    console.night.queues.bury_foreign("sayline-dev-tts", "?", code="malformed")

    done = console.run(*everything)

    assert done.stdout == "There are no such dead letters.\n"
    assert "tts: about 1 message more than dead-lettered jobs" in unwrapped(done.stderr)


def test_only_what_is_chosen_whole_has_a_total(console: Console):
    desk, kinds = console.night.desk(), ["tts"]

    assert count(desk, Selection(kinds=kinds)) == 3
    assert count(desk, Selection(kinds=kinds, ids=["a", "b"], code="x")) == 2
    assert count(desk, Selection(kinds=kinds, code="bad_voice")) is None


def test_nothing_is_counted_where_no_bar_is_seen(console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(console.night.store, "count_dead", lambda _: pytest.fail("it was counted"))

    for args in (
        ("list", "--kind", "tts", "--text", "engine", "--json"),
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

    assert "tts: about 1 message fewer than dead-lettered jobs" in unwrapped(grouped.stderr)
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


def test_a_list_for_programs_changes_nothing_and_drives_no_terminal(console: Console):
    owner = "mi\u00adna\u200b\x1b[31m"
    console.night.dead("d", owner=owner, kind="reply")

    done = console.run("list", "--kind", "reply", "--json")

    assert json.loads(done.stdout)["owner"] == owner
    assert not set(done.stdout) & {"\u00ad", "\u200b", "\x1b"}


@pytest.fixture
def _seoul(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Seoul")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_seoul")
@pytest.mark.parametrize(
    ("end", "shown"),
    [
        ("2026-11-20T15:10Z", "at 2026-11-20 23:50:00 +0900: retry"),  # midnight in Seoul is between the two
        ("2026-11-21T00:10Z", "at 2026-11-20 23:50:00 +0900: retry"),
        ("2026-11-20T14:59Z", "at 23:50:00: retry"),
    ],
)
def test_an_attempt_has_its_date_where_its_day_is_another_for_who_reads_it(clock: ManualClock, end: str, shown: str):
    died = datetime.fromisoformat(end)
    early = Attempt(epoch=0, attempt=1, outcome="retry", at=datetime(2026, 11, 20, 14, 50, tzinfo=UTC))
    job = new_job("a", clock, finished_at=died, history=(early,))

    file = StringIO()
    Screen(width=80, file=file).print(tables.details(job, None, died))

    assert shown in unwrapped(file.getvalue())
