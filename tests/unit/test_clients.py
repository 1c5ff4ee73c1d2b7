"""Which AWS is asked, and how patiently."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.loaders import JSONFileLoader

from ops.aws.clients import Clients, endpoint
from ops.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def settings(**given: object) -> Settings:
    return Settings.model_validate(given)


@pytest.fixture(autouse=True)
def _nobodys_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable and no file of the machine's decides."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SAYLINE_{name.upper()}", raising=False)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("service", ["dynamodb", "s3", "sqs", "cloudformation"])
def test_the_emulator_is_asked_on_its_port_and_aws_where_it_is(service: str):
    assert endpoint(settings(aws="local", emulator_port=4999), service) == "http://127.0.0.1:4999"
    assert endpoint(settings(aws="aws"), service) is None


def test_localstacks_endpoints_are_those_that_its_client_knows(monkeypatch: pytest.MonkeyPatch):
    assert endpoint(settings(aws="localstack"), "sqs") == "http://localhost:4566"


def test_an_emulators_credentials_never_reach_aws():
    emulated, real = Clients(settings(aws="local")), Clients(settings(aws="aws"))

    signer: Any = emulated.sqs
    assert signer._request_signer._credentials.access_key == "test"  # noqa: SLF001
    assert real._session.get_credentials() is None  # noqa: SLF001


def test_sqs_is_waited_for_longer_than_a_long_poll():
    clients = Clients(settings(long_poll_s=20))

    polling: Any = clients.sqs_polling.meta.config
    sqs: Any = clients.sqs.meta.config
    assert polling.read_timeout > 20 > sqs.read_timeout
    assert polling.retries["total_max_attempts"] == 1, "who polls will poll again"


@pytest.mark.parametrize(("aws", "seconds"), [("aws", 20), ("local", 2), ("localstack", 2)])
def test_a_poll_is_long_where_polls_cost_money(aws: str, seconds: int):
    assert settings(aws=aws).poll_s == seconds
    assert settings(aws=aws, long_poll_s=5).poll_s == 5


@pytest.mark.parametrize("service", ["dynamodb", "sqs", "s3"])
def test_a_hasty_client_gives_each_request_one_try_and_little_time(service: str):
    hasty: Any = getattr(Clients(settings(), is_hasty=True), service).meta.config

    assert hasty.retries["total_max_attempts"] == 1
    assert hasty.connect_timeout + hasty.read_timeout < 10, "a heartbeat must not wait longer"


def test_what_is_known_of_aws_is_read_once_for_all_clients(monkeypatch: pytest.MonkeyPatch):
    def fails(_self: object, path: str) -> None:
        raise AssertionError(path)

    assert Clients(settings()).sqs
    monkeypatch.setattr(JSONFileLoader, "load_file", fails)

    assert Clients(settings(region="eu-west-1"), is_hasty=True).sqs


def test_settings_go_to_another_process_as_they_are(monkeypatch: pytest.MonkeyPatch):
    given = settings(kinds=("tts",), engines={"tts": "espeak"}, data_dir="a b", emulator_port=1)
    for name, value in given.environ().items():
        monkeypatch.setenv(name, value)

    assert Settings() == given


def test_settings_are_read_from_a_file(tmp_path: Path):
    (tmp_path / ".env").write_text("SAYLINE_KINDS=tts, image\nSAYLINE_API_PORT=8123\n")

    assert (Settings().kinds, Settings().api_port) == (("tts", "image"), 8123)


@pytest.mark.parametrize(("visibility_s", "heartbeat_s"), [(60, 25.1), (10, 0.5), (39, 15)])
def test_a_visibility_in_which_no_heartbeat_may_fail_is_refused(visibility_s: int, heartbeat_s: float):
    with pytest.raises(ValueError, match="too short for heartbeat_s"):
        settings(visibility_s=visibility_s, heartbeat_s=heartbeat_s)
