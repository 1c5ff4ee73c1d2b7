from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx2
import pytest
from rich.cells import cell_len

from schemas import moves
from schemas.job import Payload, Progress
from tests.api import ECHO
from tests.cli import Terminal

if TYPE_CHECKING:
    from pathlib import Path

AUDIO = {"key": "echo/1/speech.wav", "mime": "audio/wav", "bytes": 4, "sha256": "0" * 64}
RESULT = Payload(inline={"engine": "echo", "model": "1", "text": "Hello", "file": AUDIO})
MISSING = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    return Terminal(monkeypatch)


def succeed_latest(terminal: Terminal) -> None:
    terminal.api.objects.put(AUDIO["key"], b"RIFF", mime="audio/wav")
    terminal.api.succeed(terminal.api.records[-1].id, RESULT, files={"speech.wav": str(AUDIO["key"])})


def fail_latest(terminal: Terminal) -> None:
    terminal.api.fail(terminal.api.records[-1].id)


def test_submit_prints_the_id_alone(terminal: Terminal):
    done = terminal.run("job", "submit", "echo", "--text", "안녕하세요")
    (job,) = terminal.api.records
    assert (done.exit_code, done.stdout, done.stderr) == (0, f"{job.id}\n", "")
    assert job.request.inline == {"text": "안녕하세요", "lines": []}


def test_submit_prints_the_view_as_json(terminal: Terminal):
    done = terminal.run("job", "submit", "echo", "--text", "Hello", "--json")
    assert json.loads(done.stdout)["status"] == "queued"


def test_settings_are_json_or_text_and_go_over_the_file(terminal: Terminal, tmp_path: Path):
    file = tmp_path / "request.json"
    file.write_text('{"text": "from the file", "lines": [{"text": "one"}]}')
    terminal.run(
        "job", "submit", "echo", "--file", str(file), "--set", 'lines=[{"times": 2}]', "--set", "text=true story"
    )
    assert terminal.api.records[0].request.inline == {"text": "true story", "lines": [{"text": "", "times": 2}]}


def test_request_is_read_from_stdin(terminal: Terminal):
    done = terminal.run("job", "submit", "echo", "--file", "-", stdin='{"text": "안녕"}')
    assert done.exit_code == 0
    assert terminal.api.records[0].request.inline == {"text": "안녕", "lines": []}


@pytest.mark.parametrize(
    ("stdin", "said"), [("{", "line 1, column 2"), ("[]", "must be a JSON object"), (b"\xff", "not UTF-8")]
)
def test_file_that_is_no_request_is_refused(terminal: Terminal, stdin: str, said: str):
    done = terminal.run("job", "submit", "echo", "--file", "-", stdin=stdin)
    assert done.exit_code == 65
    assert said in done.stderr


@pytest.mark.parametrize("setting", ["text", "=x", "a..b=1", "text.x=1"])
def test_setting_of_another_form_is_a_usage_error(terminal: Terminal, setting: str):
    done = terminal.run("job", "submit", "echo", "--text", "Hello", "--set", setting)
    assert done.exit_code == 2
    assert terminal.api.records == []


def test_dotted_setting_reaches_inside(terminal: Terminal):
    done = terminal.run("job", "submit", "echo", "--text", "a", "--set", "deep.er=1")
    assert done.exit_code == 65
    assert "  deep: Extra inputs are not permitted\n" in done.stderr


def test_refused_field_is_named(terminal: Terminal):
    done = terminal.run("job", "submit", "echo", "--set", 'lines=[{"times": 99}]')
    assert (done.exit_code, done.stdout) == (65, "")
    assert done.stderr.splitlines() == [
        "The request is not valid.",
        "  text: Field required",
        "  lines[0].times: Input should be less than or equal to 9",
    ]


@pytest.mark.parametrize("kind", ["nope", "../kinds", "한글"])
def test_unknown_kind_is_refused_with_the_known_ones(terminal: Terminal, kind: str):
    done = terminal.run("job", "submit", kind, "--text", "Hello")
    assert done.exit_code == 65
    assert "The kinds are: echo, " in done.stderr or "no resource" in done.stderr.lower()


def test_key_makes_one_job(terminal: Terminal):
    first = terminal.run("job", "submit", "echo", "--text", "Hello", "--idempotency-key", "k")
    terminal.api.clock.advance(1)
    again = terminal.run("job", "submit", "echo", "--text", "Hello", "--idempotency-key", "k")
    assert first.stdout == again.stdout
    other = terminal.run("job", "submit", "echo", "--text", "Other", "--idempotency-key", "k")
    assert other.exit_code == 65


def test_submit_tries_again_under_one_key(terminal: Terminal):
    terminal.door.shut = [httpx2.Response(503, headers={"Retry-After": "2"}), httpx2.ReadTimeout("slow")]
    assert terminal.run("job", "submit", "echo", "--text", "Hello").exit_code == 0
    assert terminal.pauses == [2.0]
    assert len({request.headers["Idempotency-Key"] for request in terminal.door.seen}) == 1


def test_aws_out_of_reach_is_told(terminal: Terminal):
    terminal.api.store.before = {"create"}
    done = terminal.run("job", "submit", "echo", "--text", "Hello")
    assert done.exit_code == 69
    assert done.stderr.startswith("A service behind this one is out of reach.\n")


@pytest.mark.parametrize(
    "met",
    [httpx2.ConnectError("refused"), httpx2.Response(200, text="<html>"), httpx2.Response(200, json=[])],
)
def test_no_api_is_told_with_what_to_do(terminal: Terminal, met: object):
    terminal.door.shut = [met]
    done = terminal.run("job", "list")
    assert done.exit_code == 69
    assert done.stderr.startswith("No API answers at http://testserver.\nStart one with `sayline up`")


def test_wait_follows_the_job_to_its_end(terminal: Terminal):
    job_id = terminal.api.submitted()
    terminal.meanwhile = [lambda: None, lambda: succeed_latest(terminal)]
    done = terminal.run("job", "wait", job_id)
    assert done.exit_code == 0
    assert [line.split("  ")[-1] for line in done.stderr.splitlines()] == [
        "queued, attempt 0 of 3",
        "succeeded, attempt 1 of 3",
    ]


def test_pauses_grow_from_a_tenth_to_one_second(terminal: Terminal):
    done = terminal.run("job", "wait", terminal.api.submitted(), "--timeout", "10")
    assert done.exit_code == 75
    assert "sayline job wait" in done.stderr
    assert terminal.pauses[0] == 0.1
    assert max(terminal.pauses) == 1.0
    assert sum(terminal.pauses) == pytest.approx(10)


def test_unchanged_job_is_asked_for_by_its_tag(terminal: Terminal):
    terminal.run("job", "wait", terminal.api.submitted(), "--timeout", "1")
    assert "If-None-Match" not in terminal.door.seen[0].headers
    assert all("If-None-Match" in request.headers for request in terminal.door.seen[1:])


def test_wait_outlasts_an_outage(terminal: Terminal):
    job_id = terminal.api.submitted()

    def go_down() -> None:
        terminal.door.shut = [httpx2.Response(503, headers={"Retry-After": "3"}), httpx2.ConnectError("refused")]
        terminal.meanwhile.append(lambda: succeed_latest(terminal))

    terminal.meanwhile = [go_down]
    assert terminal.run("job", "wait", job_id).exit_code == 0
    assert 3.0 in terminal.pauses


def test_wait_ends_by_how_the_job_ended(terminal: Terminal):
    terminal.meanwhile = [lambda: fail_latest(terminal)]
    done = terminal.run("job", "submit", "echo", "--text", "Hello", "--wait")
    assert done.exit_code == 1
    assert "The job has ended: failed.\n  bad_voice: There is no such voice.\n" in done.stderr


def test_interrupted_wait_says_that_the_job_goes_on(terminal: Terminal):
    def interrupt() -> None:
        raise KeyboardInterrupt

    terminal.meanwhile = [interrupt]
    done = terminal.run("job", "wait", terminal.api.submitted())
    assert done.exit_code == 130
    assert done.stderr.endswith("Interrupted.\nA job that was submitted goes on.\n")


def test_files_are_saved(terminal: Terminal, tmp_path: Path):
    terminal.meanwhile = [lambda: succeed_latest(terminal)]
    done = terminal.run("job", "submit", "echo", "--text", "Hello", "--owner", "mina", "--save", str(tmp_path / "a/b"))
    assert done.exit_code == 0
    assert (tmp_path / "a/b/speech.wav").read_bytes() == b"RIFF"
    assert [path.name for path in (tmp_path / "a/b").iterdir()] == ["speech.wav"]
    assert "X-Sayline-Owner" not in terminal.door.seen[-1].headers


def test_file_that_is_no_longer_kept_is_told(terminal: Terminal, tmp_path: Path):
    job_id = terminal.api.submitted()
    succeed_latest(terminal)
    terminal.api.objects.inner.objects.clear()
    done = terminal.run("job", "wait", job_id, "--save", str(tmp_path))
    assert done.exit_code == 69
    assert "answers with HTTP 404" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_file_whose_name_leads_elsewhere_is_not_written(terminal: Terminal, tmp_path: Path):
    job_id = terminal.api.submitted()
    terminal.api.succeed(job_id, RESULT, files={"../speech.wav": "echo/1/speech.wav"})
    done = terminal.run("job", "wait", job_id, "--save", str(tmp_path / "in"))
    assert done.exit_code == 69
    assert list(tmp_path.rglob("*.wav")) == []


def test_terminal_shows_progress_and_the_job(terminal: Terminal, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    terminal.meanwhile = [lambda: succeed_latest(terminal)]
    done = terminal.run("job", "submit", "echo", "--text", "안녕하세요 " * 30, "--wait")
    assert done.exit_code == 0
    assert "succeeded, attempt 1 of 3" in done.stderr
    shown = terminal.run("job", "show", done.stdout.strip())
    assert "\x1b[32msucceeded" in shown.stdout
    assert max(cell_len(re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", line)) for line in shown.stdout.splitlines()) <= 80


def test_show_prints_what_there_is(terminal: Terminal):
    job_id = terminal.api.submitted("안녕하세요, 반갑습니다. " * 6 + "\x1b[31m\u202e")
    succeed_latest(terminal)
    done = terminal.run("job", "show", job_id)
    assert done.exit_code == 0
    for said in ("succeeded", "1 of 3", "echo 1", '"text": "Hello"', "speech.wav", "안녕하세요"):
        assert said in done.stdout
    assert max(cell_len(line) for line in done.stdout.splitlines()) <= 80
    assert not {"\x1b", "\u202e"} & set(done.stdout)


def test_show_as_json_is_the_view_and_drives_no_terminal(terminal: Terminal):
    job_id = terminal.api.submitted("안녕 \x7f\u202e\u200d")
    done = terminal.run("job", "show", job_id, "--json")
    assert json.loads(done.stdout)["request"]["text"] == "안녕 \x7f\u202e\u200d"
    assert not {"\x7f", "\u202e"} & set(done.stdout)


@pytest.mark.parametrize("command", ["show", "wait"])
@pytest.mark.parametrize("job_id", [MISSING, "한글 id?"])
def test_missing_job_is_told(terminal: Terminal, command: str, job_id: str):
    done = terminal.run("job", command, job_id)
    assert done.exit_code == 66
    assert done.stderr.startswith("There is no such job.\n")


def test_owner_of_the_environment_is_sent(terminal: Terminal, monkeypatch: pytest.MonkeyPatch):
    job_id = terminal.api.submitted(owner="mina")
    assert terminal.run("job", "show", job_id).exit_code == 66
    monkeypatch.setenv("SAYLINE_OWNER", "mina")
    assert terminal.run("job", "show", job_id).exit_code == 0


def test_list_fits_in_80_columns_with_ids_whole(terminal: Terminal):
    ids = [terminal.api.submitted() for _ in range(3)]
    done = terminal.run("job", "list", "--limit", "2")
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["JOB", "KIND", "STATUS", "TRY", "AGE"]
    assert len(lines) == 3
    assert {line.split()[0] for line in lines[1:]} <= set(ids)
    assert max(map(len, lines)) <= 80
    assert [job["kind"] for job in json.loads(terminal.run("job", "list", "--json").stdout)] == ["echo"] * 3


def test_empty_list_says_how_to_begin(terminal: Terminal):
    done = terminal.run("job", "list")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "sayline job submit" in done.stderr


def test_kinds_are_listed(terminal: Terminal):
    done = terminal.run("kinds")
    assert ECHO.summary in done.stdout
    assert max(cell_len(line) for line in done.stdout.splitlines()) <= 80
    assert json.loads(terminal.run("kinds", "--json").stdout)[0]["example"] == {"text": "Hello"}


@pytest.mark.parametrize("key", ["", "한글"])
def test_a_key_that_the_api_does_not_take_is_refused_and_not_replaced(terminal: Terminal, key: str):
    done = terminal.run("job", "submit", "echo", "--text", "hi", "--idempotency-key", key)
    assert done.exit_code == 65
    assert "idempotency-key" in done.stderr
    assert terminal.api.records == []


def test_an_owner_that_the_api_does_not_take_is_refused(terminal: Terminal):
    done = terminal.run("job", "list", "--owner", "한글")
    assert done.exit_code == 65


def test_impossible_setting_is_a_usage_error(terminal: Terminal, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SAYLINE_API_PORT", "not-a-port")
    done = terminal.run("job", "list")
    assert done.exit_code == 2
    assert done.stderr.startswith("SAYLINE_API_PORT is not valid.\n  Input should be a valid integer")
    assert "not-a-port" not in done.stderr


def test_settings_that_do_not_fit_together_are_a_usage_error(terminal: Terminal, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SAYLINE_VISIBILITY_S", "20")
    done = terminal.run("job", "list")
    assert done.exit_code == 2
    assert done.stderr.startswith(
        "The settings don't fit together.\n  visibility_s (20) is too short for heartbeat_s (15)"
    )


@pytest.mark.parametrize(
    "command",
    [
        ("job",),
        ("job", "submit"),
        ("job", "show"),
        ("job", "list"),
        ("job", "wait"),
        ("kinds",),
        ("upload",),
        ("chat",),
    ],
)
def test_help_fits_in_80_columns_and_has_examples(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
):
    monkeypatch.setenv("COLUMNS", "80")
    done = terminal.run(*command, "--help")
    assert done.exit_code == 0
    assert max(cell_len(line) for line in done.stdout.splitlines()) <= 80
    if command != ("job",):
        lines = [line.strip() for line in done.stdout.splitlines()]
        assert "sayline" in lines[lines.index("Examples:") + 1]
        assert "75 waited too long" in done.stdout


def test_cancel_shows_the_job_as_it_is_then(terminal: Terminal):
    job_id = terminal.run("job", "submit", "echo", "--text", "Hello").stdout.strip()
    done = terminal.run("job", "cancel", job_id)
    assert done.exit_code == 0
    assert re.search(r"status +cancelled", done.stdout)
    again = terminal.run("job", "cancel", job_id, "--json")
    assert (again.exit_code, json.loads(again.stdout)["status"]) == (0, "cancelled")


def test_cancel_of_a_job_that_runs_says_what_comes(terminal: Terminal):
    job_id = terminal.run("job", "submit", "echo", "--text", "Hello").stdout.strip()
    terminal.api.claim(job_id)
    assert "it stops at its next checkpoint" in terminal.run("job", "cancel", job_id).stdout


def test_cancel_of_a_job_that_is_over_is_refused(terminal: Terminal):
    job_id = terminal.run("job", "submit", "echo", "--text", "Hello").stdout.strip()
    succeed_latest(terminal)
    done = terminal.run("job", "cancel", job_id)
    assert (done.exit_code, done.stdout) == (65, "")
    assert "The job is over already." in done.stderr
    assert "it is succeeded" in done.stderr


def test_redrive_runs_a_failed_job_again_and_is_asked_for_once(terminal: Terminal):
    job_id = terminal.run("job", "submit", "echo", "--text", "Hello").stdout.strip()
    fail_latest(terminal)
    done = terminal.run("job", "redrive", job_id, "--json")
    shown = json.loads(done.stdout)
    assert (done.exit_code, shown["status"], shown["epoch"]) == (0, "queued", 1)
    refused = terminal.run("job", "redrive", job_id)
    assert refused.exit_code == 65
    assert "The job cannot be run again." in refused.stderr


def test_redrive_that_is_not_possible_now_is_not_repeated_unasked(terminal: Terminal):
    terminal.door.shut = [httpx2.Response(503)]
    assert terminal.run("job", "redrive", MISSING).exit_code not in {0, 65}
    assert len(terminal.door.seen) == 1


@pytest.mark.parametrize("command", ["cancel", "redrive"])
def test_a_job_that_there_is_not_can_be_neither_cancelled_nor_run_again(terminal: Terminal, command: str):
    done = terminal.run("job", command, MISSING)
    assert done.exit_code == terminal.run("job", "show", MISSING).exit_code != 0


def test_a_job_is_submitted_for_later(terminal: Terminal):
    done = terminal.run("job", "submit", "echo", "--text", "Hello", "--run-at", "2026-11-21T20:00:00+09:00")
    assert done.exit_code == 0
    (job,) = terminal.api.records
    assert job.due_at == datetime(2026, 11, 21, 11, tzinfo=UTC)
    assert re.search(r"due +2026-11-2", terminal.run("job", "show", job.id).stdout)


def test_a_time_that_is_over_is_refused(terminal: Terminal):
    done = terminal.run("job", "submit", "echo", "--text", "Hello", "--run-at", "2026-11-21T08:00:00Z")
    assert done.exit_code == 65
    assert "  run_at: Should be in the future\n" in done.stderr


@pytest.mark.parametrize(
    ("fraction", "note", "said"),
    [(0.4, "aligning", "40%, aligning"), (1, None, "100%"), (None, "aligning", "aligning"), (None, None, "goes on")],
)
def test_progress_is_shown(terminal: Terminal, fraction: float | None, note: str | None, said: str):
    job_id = terminal.run("job", "submit", "echo", "--text", "Hello").stdout.strip()
    now = terminal.api.clock()
    progress = Progress(fraction=fraction, note=note, at=now)
    terminal.api.store.inner.apply(moves.report(terminal.api.claim(job_id), progress, now=now))
    shown = terminal.run("job", "show", job_id).stdout
    assert re.search(rf"^progress +{said} *$", shown, re.MULTILINE)
