"""Files that go with a job: sent as a form, named by their field; what is wrong with them is said with what to do."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import httpx2
import pytest
from rich.cells import cell_len

from schemas.files import upload_key
from tests.cli import Terminal

if TYPE_CHECKING:
    from pathlib import Path

SOUND = b"\x1aE\xdf\xa3 a recording"
REF = "audio:" + hashlib.sha256(SOUND).hexdigest()[:32]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    return Terminal(monkeypatch)


@pytest.fixture
def recording(tmp_path: Path) -> str:
    path = tmp_path / "내 녹음.webm"
    path.write_bytes(SOUND)
    return str(path)


def submit(terminal: Terminal, *options: str) -> tuple[int, str, str]:
    done = terminal.run("job", "submit", "pronunciation", *options)
    return done.exit_code, done.stdout, done.stderr


def test_a_file_goes_with_the_request(terminal: Terminal, recording: str):
    code, said, _ = submit(
        terminal, "--upload", f"audio={recording}", "--text", "안녕하세요", "--set", "picture=false", "--owner", "mina"
    )

    (job,) = terminal.api.records
    assert (code, said) == (0, f"{job.id}\n")
    assert job.request.inline
    asked = {"audio": REF, "text": "안녕하세요", "picture": False}
    assert job.request.inline.items() >= asked.items()
    assert terminal.api.objects.inner.objects[upload_key(REF, "mina")] == (SOUND, "video/webm")


def test_the_name_of_a_file_stays_here(terminal: Terminal, recording: str):
    submit(terminal, "--upload", f"audio={recording}", "--text", "Hello")

    assert "녹음".encode() not in terminal.door.seen[0].read()


def test_a_file_is_sent_again_after_an_outage(terminal: Terminal, recording: str):
    terminal.door.shut = [httpx2.Response(503)]

    code, _, _ = submit(terminal, "--upload", f"audio={recording}", "--text", "Hello")

    assert code == 0
    assert len(terminal.door.seen) == 2
    assert len(terminal.api.records) == 1


def test_a_file_that_is_not_there_is_named(terminal: Terminal, tmp_path: Path):
    code, _, said = submit(terminal, "--upload", f"audio={tmp_path / 'nowhere.webm'}", "--text", "Hello")

    assert code == 2
    assert "nowhere.webm: No such file or directory." in said.replace("\n", "")
    assert terminal.door.seen == []


@pytest.mark.parametrize("option", ["recording.webm", "=recording.webm", "audio="])
def test_an_upload_of_another_form_is_a_usage_error(terminal: Terminal, option: str):
    code, _, said = submit(terminal, "--upload", option, "--text", "Hello")

    assert code == 2
    assert "field=file" in said


def test_a_field_that_takes_no_file_is_named(terminal: Terminal, recording: str):
    code, _, said = submit(terminal, "--upload", f"sound={recording}", "--text", "Hello")

    assert code == 65
    assert "  sound: Extra inputs are not permitted\n" in said


def test_a_kind_that_takes_no_files_is_told(terminal: Terminal, recording: str):
    done = terminal.run("job", "submit", "tts", "--upload", f"audio={recording}", "--text", "Hello")

    assert done.exit_code == 65
    assert done.stderr.startswith("This kind takes no files.\n")
    assert "sayline kinds" in done.stderr


def test_a_file_that_the_api_does_not_have_is_told(terminal: Terminal):
    code, _, said = submit(terminal, "--set", f"audio={REF}", "--text", "Hello")

    assert code == 65
    assert said.startswith("The request names a file that is not there.\n  audio: Should name a file of yours")


def test_kinds_show_which_take_files(terminal: Terminal):
    lines = terminal.run("kinds").stdout.splitlines()

    assert "FILES" in lines[0]
    (row,) = [line for line in lines if line.startswith("pronunciation")]
    assert "  audio  " in row
    assert max(cell_len(line) for line in lines) <= 80


# --- uploads of their own ---


def test_an_upload_goes_straight_into_the_bucket_and_is_named(terminal: Terminal, tmp_path: Path):
    chat = tmp_path / "대화.txt"
    chat.write_text("민수: 내일 뭐 해?", "utf-8")

    done = terminal.run("upload", str(chat), "--owner", "mina")

    asked, sent = terminal.door.seen
    body = sent.read()
    ref = done.stdout.strip()
    assert (done.exit_code, sent.url.host) == (0, "bucket")
    assert json.loads(asked.read()) == {"media": "document", "bytes": chat.stat().st_size, "mime": "text/plain"}
    # S3 leaves out what follows the file.
    assert 0 < body.index(upload_key(ref, "mina").encode()) < body.index(chat.read_bytes())
    assert "대화".encode() not in body
    assert "X-Sayline-Owner" not in sent.headers


def test_a_recording_is_uploaded_as_one(terminal: Terminal, recording: str):
    done = terminal.run("upload", recording, "--json")

    assert json.loads(done.stdout)["ref"].startswith("audio:")


def test_what_is_no_recording_and_no_text_is_refused_before_anything_is_asked(terminal: Terminal, tmp_path: Path):
    file = tmp_path / "archive.zip"
    file.write_bytes(b"PK")

    done = terminal.run("upload", str(file))

    assert (done.exit_code, terminal.door.seen) == (65, [])
    assert "neither a recording nor a text" in done.stderr


def test_a_bucket_that_refuses_an_upload_is_said(terminal: Terminal, recording: str):
    terminal.door.shut = [None, httpx2.Response(403, text="<Error/>")]

    done = terminal.run("upload", recording)

    assert done.exit_code != 0
    assert "HTTP 403" in done.stderr
