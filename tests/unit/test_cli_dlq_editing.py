"""`sayline dlq redrive --edit`: requests in an operator's editor, whatever that leaves behind."""

from __future__ import annotations

import re
import stat
import sys
import tempfile
from typing import TYPE_CHECKING, Any

import pytest
import typer

from ops.cli.dlq import editing
from schemas.job import Payload
from schemas.status import Status
from tests.dead_letters import Night
from tests.dlq_console import Console, three_dead

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from schemas.job import Job
    from tests.conftest import ManualClock


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch, clock: ManualClock) -> Console:
    return Console(monkeypatch, three_dead(Night(clock)))


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
        ("p.write_text(p.read_text() + '\\n')", 2, "Nothing was changed."),
        ("p.write_text(json.dumps(d))", 2, "Nothing was changed."),
        (r"p.write_bytes(b'{\"a\": {\"text\": \"\xb0\xa1\"}}')", 65, "not UTF-8"),
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


@pytest.mark.parametrize(
    ("chosen", "said"), [("vi 'a", "a quotation mark is not closed"), ("/no/such/editor", "No such file")]
)
def test_an_editor_that_there_is_not_is_told_of(
    console: Console, monkeypatch: pytest.MonkeyPatch, chosen: str, said: str
):
    monkeypatch.setenv("VISUAL", chosen)

    done = console.run("redrive", "a", "--edit", "--yes")

    assert (done.exit_code, type(done.exception), said in done.stderr) == (2, SystemExit, True)


def test_one_is_not_true(console: Console, editor: Any):
    console.night.dead("n", request=Payload(inline={"text": "Hello", "speed": 1}))
    editor("d['n']['speed'] = True; p.write_text(json.dumps(d))")

    done = console.run("redrive", "n", "--edit", "--yes")

    assert (done.exit_code, "n speed:" in done.stderr) == (65, True)


def test_too_many_are_refused_before_a_request_is_read(console: Console, monkeypatch: pytest.MonkeyPatch, capsys: Any):
    monkeypatch.setattr(editing, "request_of", lambda *_: pytest.fail("a request was read"))
    met: list[str] = []

    def many() -> Iterator[Job]:
        for _ in range(1000):
            met.append("a")
            yield console.night.job("a")

    with pytest.raises(typer.Exit):
        editing.by_editor(console.night.desk(), many())
    assert (len(met), "takes up to 100" in capsys.readouterr().err) == (101, True)


def test_an_edit_does_not_replace_what_another_operator_has_sent_meanwhile(
    console: Console, monkeypatch: pytest.MonkeyPatch
):
    def edited(text: str) -> bytes:
        """While the editor is open, another sets the text of one, runs both, and both die again."""
        assert console.run("redrive", "b", "--set", "text=Theirs", "--yes").exit_code == 0
        assert console.run("redrive", "c", "--yes").exit_code == 0
        console.night.work(fails=lambda _: True)
        return text.replace("Hello", "Ours").encode()

    monkeypatch.setattr(editing, "_edited", edited)

    done = console.run("redrive", "b", "c", "--edit", "--yes")

    assert (done.exit_code, "b request: somebody else has changed it meanwhile" in done.stderr) == (65, True)
    desk = console.night.desk()
    left, sent = console.night.job("b"), console.night.job("c")
    assert (left.status, left.epoch, desk.payloads.load(left.request)["text"]) == (Status.DEAD_LETTERED, 1, "Theirs")
    assert (sent.status, sent.epoch, desk.payloads.load(sent.request)["text"]) == (Status.QUEUED, 2, "Ours")


def test_what_was_saved_with_a_slip_is_kept_for_its_writer_alone_and_gone_on_with(
    console: Console, editor: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    editor("p.write_text(json.dumps(d).replace('Hello', 'Ours')[:-1])")

    slipped = console.run("redrive", "a", "--edit", "--yes")

    (kept,) = tmp_path.glob("sayline-*")
    assert (slipped.exit_code, stat.S_IMODE(kept.stat().st_mode)) == (65, 0o600)
    (again,) = re.findall(r"VISUAL='(cp [^']+)'", slipped.stderr)
    kept.write_text(kept.read_text() + "}")
    monkeypatch.setenv("VISUAL", again)
    assert console.run("redrive", "a", "--edit", "--yes").exit_code == 0
    assert console.night.desk().payloads.load(console.night.job("a").request)["text"] == "Ours"


def test_nothing_to_edit_opens_no_editor(console: Console, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(editing, "_edited", lambda _: pytest.fail("it was opened"))

    assert console.run("redrive", "nope", "--edit", "--yes").exit_code == 66
    assert "--edit goes with --yes." in console.run("redrive", "a", "--edit").stderr
