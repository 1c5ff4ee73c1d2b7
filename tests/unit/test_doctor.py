"""What the doctor knows is what the project says; what it tells can be read."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from ops.cli.main import app
from ops.cli.operators import doctor
from ops.doctor import CHECKS, Finding, engines, environment, storage
from ops.doctor.finding import not_checked
from ops.doctor.patient import EngineFault
from ops.doctor.versions import KNOWN, unknown
from ops.infra.facts import Fact
from ops.settings import Settings
from schemas.errors import UnavailableError
from tests.patients import patient
from tests.transport import refusal
from workers import checkup
from workers.engines.inspecting import addresses

if TYPE_CHECKING:
    from collections.abc import Collection

#: Pinned for CI's sake: nobody runs jobs with it.
NOT_OF_A_WORKER = {"ministack"}
FOUND = Finding(code="no_redrive_policy", subject="sayline-dev-tts", detail="None.", remedy="Deploy.\x1b[31m")


def test_known_versions_are_the_projects_exact_pins():
    project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]
    wanted = [one for extra, wanted in project["optional-dependencies"].items() if extra != "dev" for one in wanted]
    pinned = dict(one.partition(";")[0].strip().split("==") for one in wanted if "==" in one.partition(";")[0])

    assert {name: version for name, (version, _) in KNOWN.items()} == {
        name: version for name, version in pinned.items() if name not in NOT_OF_A_WORKER
    }


def test_what_is_not_relied_upon_may_have_any_version():
    assert list(unknown({"boto3": "2.0", "celery": KNOWN["celery"][0]}, where="here")) == []


def test_the_commands_checks_are_the_doctors():
    assert list(CHECKS) == list(doctor._NAMES)  # noqa: SLF001 - what --help lists


@pytest.fixture
def findings(monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    found = [FOUND]
    monkeypatch.setattr(doctor, "_patient", lambda *_: None)

    def examine(_patient: Any, checks: Collection[str]) -> list[Finding]:
        return found if "queues" in checks else []

    monkeypatch.setattr(doctor, "_examined", examine)
    return found


def test_findings_are_shown_with_what_to_do_and_end_the_command_with_1(findings: list[Finding]):
    shown = CliRunner().invoke(app, ["doctor"])

    assert shown.exit_code == 1
    assert shown.stdout.splitlines()[:2] == ["no_redrive_policy: sayline-dev-tts", "  None."]
    assert "\x1b" not in shown.stdout
    documents = json.loads(CliRunner().invoke(app, ["doctor", "--json"]).stdout)
    assert documents[0]["code"] == "no_redrive_policy"


def test_nothing_found_is_said_with_how_much_was_looked_at(findings: list[Finding]):
    shown = CliRunner().invoke(app, ["doctor", "--skip", "queues"])

    assert (shown.exit_code, shown.stdout) == (0, "")
    assert shown.stderr == f"Nothing found by {len(CHECKS) - 1} checks.\n"


def test_a_check_that_there_is_not_is_refused(findings: list[Finding]):
    refused = CliRunner().invoke(app, ["doctor", "--skip", "engine"])

    assert refused.exit_code == 2
    assert "there is no such check" in refused.stderr


def test_help_fits_80_columns():
    shown = CliRunner().invoke(app, ["doctor", "--help"], terminal_width=80).stdout

    assert "\n  sayline doctor --as api --skip engines --json" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_credentials_that_are_half_there_are_a_sentence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)
    monkeypatch.setenv("SAYLINE_AWS", "aws")

    for command in ("doctor", "queues", "workers", "jobs"):
        failed = CliRunner().invoke(app, [command])
        assert (failed.exit_code, failed.exception.__class__) == (2, SystemExit)
        assert failed.stderr.startswith("AWS cannot be asked from here: PartialCredentialsError.")


def test_a_worker_logs_what_it_finds_as_it_starts(monkeypatch: pytest.MonkeyPatch):
    said = []
    checked: list[Collection[str]] = []
    monkeypatch.setattr(checkup, "patient", lambda *_, **__: None)

    def examine(_patient: Any, checks: Collection[str]) -> list[Finding]:
        checked.append(checks)
        return [FOUND]

    monkeypatch.setattr(checkup, "examine", examine)
    monkeypatch.setattr(checkup.log, "warning", lambda event, **fields: said.append((event, fields["code"])))

    checkup.look_around(Settings(_env_file=None), ["tts"])

    assert said == [("doctor_found", "no_redrive_policy")]
    assert set(checked[0]) == set(CHECKS) - {"engines"}


def test_what_a_worker_may_not_look_at_wakes_nobody(monkeypatch: pytest.MonkeyPatch):
    said: list[str] = []
    monkeypatch.setattr(checkup, "patient", lambda *_, **__: None)
    monkeypatch.setattr(checkup, "examine", lambda *_: [not_checked("lifecycle", "AccessDenied"), FOUND])
    for level in ("info", "warning"):
        monkeypatch.setattr(checkup.log, level, lambda event, level=level, **_: said.append(level))

    checkup.look_around(Settings(_env_file=None), ["tts"])

    assert said == ["info", "warning", "info"]


def test_a_checkup_that_fails_is_said_and_ends_nothing(monkeypatch: pytest.MonkeyPatch):
    said: list[str] = []

    def fails(*_: object) -> None:
        raise UnavailableError("AWS", "NoCredentialsError")

    monkeypatch.setattr(checkup, "look_around", fails)
    monkeypatch.setattr(checkup.log, "exception", said.append)

    checkup.begin(Settings(_env_file=None), ["tts"]).join(timeout=10)

    assert said == ["doctor_failed"]


SOUND = "as the template says"


def fact(name: str, answer: object) -> Fact:
    def read() -> object:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Fact(name=name, wanted=SOUND, read=read)


def test_a_property_that_may_not_be_read_does_not_hide_the_next(monkeypatch: pytest.MonkeyPatch):
    table = [fact("keys", SOUND), fact("expiry", refusal(400, "AccessDeniedException")), fact("backups", "off")]
    bucket = [fact("lifecycle", refusal(404, "NoSuchBucket")), fact("never read", "off")]
    monkeypatch.setattr(storage, "table_facts", lambda *_: table)
    monkeypatch.setattr(storage, "bucket_facts", lambda *_: bucket)

    found = [(finding.code, finding.subject) for finding in storage.check(patient())]

    assert found == [("not_checked", "expiry"), ("storage_differs", "backups"), ("missing_bucket", "sayline-dev")]


def test_a_kind_that_runs_for_longer_than_a_message_is_kept_is_found(monkeypatch: pytest.MonkeyPatch):
    long = {"tts": SimpleNamespace(timeout_s=43_200)}
    monkeypatch.setattr(environment, "registry", lambda: long)

    assert [finding.code for finding in environment.check(patient())] == ["time_limit_too_long"]
    long["tts"].timeout_s = 42_000
    assert list(environment.check(patient())) == []


def test_a_reason_that_is_a_sentence_ends_with_one_full_stop():
    out: Any = SimpleNamespace(fault=lambda _kind: EngineFault("SSM can't be reached.", is_secret=True))

    assert {finding.detail for finding in engines.check(patient(engines=out))} == {"SSM can't be reached."}


def test_an_address_is_named_without_the_secrets_in_it(monkeypatch: pytest.MonkeyPatch):
    url = "http://me:s3cret@127.0.0.1:1/v1?api_key=abc#def"
    asked: list[str] = []

    def silence(url: str) -> str:
        asked.append(url)
        return "ConnectError"

    monkeypatch.setattr(engines, "_silence", silence)
    dead: Any = SimpleNamespace(fault=lambda _kind: None, addresses=lambda _kind: [url])

    found = [*engines.check(patient(engines=dead))]

    assert {finding.subject.partition(": ")[2] for finding in found} == {"http://127.0.0.1:1/v1"}
    assert set(asked) == {url}


def test_a_worker_that_looks_around_does_not_load_what_asks_vendors():
    script = "import sys, workers.checkup; sys.exit('httpx2' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=60).returncode == 0


REGION = {"region": "eu-central-1"}
BEDROCK = "https://bedrock-runtime.eu-central-1.amazonaws.com"
TRANSCRIBE = "https://transcribe.eu-central-1.amazonaws.com"


@pytest.mark.parametrize(
    ("kind", "name", "options", "urls"),
    [
        ("tts", "espeak", {}, []),
        ("tts", "polly", {}, ["https://polly.eu-central-1.amazonaws.com"]),
        ("tts", "polly", {"endpoint_url": "http://127.0.0.1:9"}, ["http://127.0.0.1:9"]),
        ("transcription", "transcribe", {}, [TRANSCRIBE]),
        ("transcription", "openai", {"model": "w", "base_url": "http://whisper/v1"}, ["http://whisper/v1"]),
        ("analysis", "comprehend", {}, ["https://comprehend.eu-central-1.amazonaws.com"]),
        ("reply", "bedrock", {"model": "m"}, [BEDROCK]),
        ("reply", "anthropic", {"model": "m"}, ["https://api.anthropic.com"]),
        ("reply", "openai-chat", {"model": "m"}, ["https://api.openai.com/v1"]),
        ("image", "openai-images", {"model": "m"}, ["https://api.openai.com/v1"]),
        ("image", "bedrock-images", {"models": [{"id": "m"}]}, [BEDROCK]),
        (
            "retrieval",
            "s3vectors",
            {"bucket": "vectors", "index": "documents"},
            ["https://s3vectors.eu-central-1.amazonaws.com"],
        ),
        ("retrieval", "pinecone", {"host": "i.svc.pinecone.io", "api_key": "env:KEY"}, ["https://i.svc.pinecone.io"]),
        ("pronunciation", "text", {}, ["https://api.openai.com/v1"]),
        ("pronunciation", "combined", {"transcriber": "transcribe"}, [TRANSCRIBE]),
        ("pronunciation", "combined", {"transcriber": "pocketsphinx"}, []),
    ],
)
def test_engines_name_the_addresses_that_they_call(kind: str, name: str, options: dict[str, Any], urls: list[str]):
    assert addresses(kind, name, options, REGION) == urls
