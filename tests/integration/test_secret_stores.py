"""Secrets in AWS's stores, read through boto3 from local servers, and from MiniStack's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from ops.local.emulator import environment, wait_ready
from ops.settings import Settings
from schemas.errors import EngineUnavailableError, ThrottledError
from schemas.model import Model
from tests.emulated import free_port
from tests.vendors.aws_json import refusal
from tests.vendors.secrets import GET_PARAMETER, GET_SECRET, ParameterStore, SecretsManager
from tests.vendors.server import HangUp
from workers import engines
from workers.engines import EngineOptionsError, check_engine, load_engine, secret_stores
from workers.engines.aws import AwsOptions, client
from workers.engines.secrets import SecretRef, UnresolvedSecretError

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "sk-0123456789"
ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:sayline"
PARAMETER_ARN = "arn:aws:ssm:eu-west-1:111122223333:parameter/sayline/openai"


@dataclass
class Stores:
    parameters: ParameterStore
    secrets: SecretsManager

    def asked(self) -> int:
        return len(self.parameters.asked) + len(self.secrets.asked)


class Engine:
    class Options(Model):
        api_key: SecretRef

    def __init__(self, options: Options) -> None:
        self.key = options.api_key.resolve().get_secret_value()


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(engines, "ENGINES", {"say": {"keyed": f"{__name__}:Engine"}})
    secret_stores._asked.cache_clear()  # noqa: SLF001 - each test is a process
    yield
    secret_stores._asked.cache_clear()  # noqa: SLF001


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a store that goes on failing be given up at once."""
    monkeypatch.setattr(secret_stores, "_DEADLINE_S", 0.0)


@pytest.fixture
def stores(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stores]:
    parameters = ParameterStore({"/sayline/openai": KEY, "/sayline/blank": "\n", "/sayline/line": f"{KEY}\n"})
    secrets = SecretsManager(
        {
            "sayline/openai": KEY,
            "sayline": f'{{"openai": "{KEY}", "anthropic": "sk-ant", "n": 1}}',
            "bytes": b"\x00\x01",
            "list": "[1]",
        }
    )
    with parameters, secrets:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", parameters.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets.url)
        yield Stores(parameters, secrets)


def load(reference: str, region: str = "ap-northeast-2") -> str:
    key: str = load_engine("say", "keyed", {"api_key": reference}, {"region": region}).key
    return key


def check(reference: str) -> str:
    """Have the worker's parent look, and return what it says."""
    with pytest.raises(EngineOptionsError) as raised:
        check_engine("say", "keyed", {"api_key": reference}, {"region": "ap-northeast-2"})
    return str(raised.value)


@pytest.mark.parametrize(
    "reference",
    [
        "ssm:/sayline/openai",
        "ssm:/sayline/line",
        "secretsmanager:sayline/openai",
        "secretsmanager:sayline#openai",
        f"ssm:{PARAMETER_ARN}",
        f"secretsmanager:{ARN}#openai",
    ],
)
def test_an_engine_gets_the_secret_that_its_options_refer_to(stores: Stores, reference: str):
    check_engine("say", "keyed", {"api_key": reference}, {"region": "ap-northeast-2"})

    assert load(reference) == KEY


def test_stores_are_asked_in_the_settings_region_and_an_arn_in_its_own(stores: Stores):
    load("ssm:/sayline/openai")
    load(f"ssm:{PARAMETER_ARN}")
    load("secretsmanager:sayline/openai")
    load(f"secretsmanager:{ARN}#openai")

    assert stores.parameters.regions == stores.secrets.regions == ["ap-northeast-2", "eu-west-1"]


def test_a_process_asks_once_for_a_secret_whichever_of_its_keys_is_wanted(stores: Stores):
    assert [load("secretsmanager:sayline#openai"), load("secretsmanager:sayline#anthropic")] == [KEY, "sk-ant"]

    assert stores.secrets.times(GET_SECRET) == 1


def test_what_a_process_has_read_is_not_carried_over_a_fork(stores: Stores):
    # In a process without threads: one that has them should not fork.
    code = """
import os
from workers.engines.secret_stores import _asked, read
read("ssm", "/sayline/openai", "us-east-1")
child = os.fork()
if child == 0:
    os._exit(_asked.cache_info().currsize)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), _asked.cache_info().currsize)
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)

    assert ended.stdout.split() == ["0", "1"]


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("ssm:/sayline/nonesuch", "there is no secret at ssm:/sayline/nonesuch: put this parameter"),
        ("ssm:/sayline/blank", "there is no secret at ssm:/sayline/blank: put this parameter"),
        ("secretsmanager:nonesuch", "there is no secret at secretsmanager:nonesuch: put this secret"),
        ("secretsmanager:bytes", "the secret at secretsmanager:bytes can't be read: it is bytes"),
        ("secretsmanager:sayline#azure", "the secret at secretsmanager:sayline#azure can't be read: it is no JSON"),
        ("secretsmanager:sayline#n", "it is no JSON object that has a text under this key"),
        ("secretsmanager:list#openai", "it is no JSON object that has a text under this key"),
        ("secretsmanager:sayline/openai#x", "it is no JSON object that has a text under this key"),
    ],
)
def test_a_secret_that_is_not_there_is_said_before_any_job_in_one_sentence(stores: Stores, reference: str, said: str):
    sentence = check(reference)

    assert sentence.startswith("options of engine 'keyed': ")
    assert said in sentence
    assert "\n" not in sentence
    assert KEY not in sentence


def test_a_secret_that_was_not_there_is_found_once_it_is(stores: Stores):
    check("ssm:/sayline/late")
    stores.parameters.parameters["/sayline/late"] = KEY

    assert load("ssm:/sayline/late") == KEY


@pytest.mark.parametrize(
    ("effect", "said"),
    [
        (refusal("AccessDeniedException"), "AWS Systems Manager does not let this worker in (AccessDeniedException)."),
        (refusal("ThrottlingException"), "AWS Systems Manager has too much to do."),
        (refusal("InternalServerError"), "AWS Systems Manager failed (InternalServerError)."),
        (refusal("InvalidKeyId"), "AWS Systems Manager refused the request: InvalidKeyId"),
        (HangUp(), "AWS Systems Manager can't be reached."),
    ],
)
@pytest.mark.usefixtures("hasty")
def test_a_store_that_does_not_answer_keeps_a_worker_from_starting_and_is_named(
    stores: Stores, effect: bytes | HangUp, said: str
):
    stores.parameters.plan(GET_PARAMETER, *[effect] * 99)

    assert check("ssm:/sayline/openai").endswith(f"the secret at ssm:/sayline/openai can't be read: {said}")


@pytest.mark.parametrize("effect", [refusal("ThrottlingException"), refusal("InternalServerError"), HangUp()])
def test_a_hiccup_of_a_store_is_waited_out(stores: Stores, effect: bytes | HangUp):
    stores.parameters.plan(GET_PARAMETER, effect)

    assert load("ssm:/sayline/openai") == KEY


@pytest.mark.parametrize(
    ("effect", "error"),
    [(refusal("ThrottlingException"), ThrottledError), (refusal("AccessDeniedException"), EngineUnavailableError)],
)
@pytest.mark.usefixtures("hasty")
def test_a_store_that_fails_while_a_worker_runs_is_no_jobs_fault(stores: Stores, effect: bytes, error: type[Exception]):
    stores.parameters.plan(GET_PARAMETER, *[effect] * 99)

    with pytest.raises(error):
        load("ssm:/sayline/openai")

    stores.parameters.recover()
    assert load("ssm:/sayline/openai") == KEY


def test_a_secret_that_was_deleted_while_a_worker_runs_is_said(stores: Stores):
    with pytest.raises(EngineOptionsError, match="there is no secret at ssm:/sayline/nonesuch"):
        load("ssm:/sayline/nonesuch")


@pytest.mark.parametrize(
    "pasted",
    ["ssm:sk-0123", "secretsmanager:", "secretsmanager:sk 0123", "ssm:/a#b", "vault:sk-0123", "secretsmanager:a#"],
)
def test_what_is_no_reference_is_refused_without_being_repeated(pasted: str):
    sentence = check(pasted)

    assert "write env:NAME, ssm:/PATH or secretsmanager:NAME" in sentence
    assert "0123" not in sentence


def test_what_is_in_the_environment_needs_no_store(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SAYLINE_TEST_KEY", KEY)

    assert load("env:SAYLINE_TEST_KEY") == KEY


@pytest.fixture(scope="module")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """MiniStack with the two stores, as a process of its own."""
    port, directory = free_port(), tmp_path_factory.mktemp("ministack")
    of_its_own = environment(Settings(_env_file=None), directory, directory)
    of_its_own |= {"SERVICES": "ssm,secretsmanager", "GATEWAY_PORT": str(port), "PERSIST_STATE": "0"}
    process = subprocess.Popen([sys.executable, "-m", "ministack"], env={**os.environ, **of_its_own})
    try:
        wait_ready(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=15)


def test_the_stores_of_an_emulator_are_read_as_amazons_are(ministack: str, monkeypatch: pytest.MonkeyPatch):
    options = AwsOptions(region="us-east-1", endpoint_url=ministack)
    client("ssm", options, read_timeout_s=5).put_parameter(Name="/sayline/openai", Value=KEY, Type="SecureString")
    made = client("secretsmanager", options, read_timeout_s=5).create_secret(
        Name="sayline", SecretString=f'{{"openai": "{KEY}"}}'
    )
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", ministack)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", ministack)

    assert load("ssm:/sayline/openai", "us-east-1") == KEY
    assert load("secretsmanager:sayline#openai", "us-east-1") == KEY
    assert load(f"secretsmanager:{made['ARN']}#openai", "eu-west-1") == KEY
    assert "there is no secret at ssm:/nonesuch" in check("ssm:/nonesuch")
    assert "there is no secret at secretsmanager:nonesuch" in check("secretsmanager:nonesuch")


def test_a_worker_whose_secret_is_not_there_does_not_start_and_says_which(stores: Stores):
    options = {"anthropic": {"model": "claude-haiku-4-5", "api_key": "ssm:/sayline/nonesuch"}}
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SAYLINE_")}
    chosen = {"SAYLINE_KINDS": "reply", "SAYLINE_ENGINES": '{"reply": "anthropic"}', "SAYLINE_EMULATOR_PORT": "1"}
    ended = subprocess.run(
        [sys.executable, "-c", "from workers.app import main; main()"],
        env={**clean, **chosen, "SAYLINE_ENGINE_OPTIONS": json.dumps(options)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 1
    assert ended.stderr.strip() == (
        "the worker cannot start: options of engine 'anthropic': there is no secret at ssm:/sayline/nonesuch: "
        "put this parameter into the region's Parameter Store"
    )
    assert stores.parameters.regions == ["us-east-1"]


def test_a_reference_without_settings_asks_where_awss_tools_do(stores: Stores, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")

    assert SecretRef("ssm:/sayline/openai").resolve().get_secret_value() == KEY
    assert stores.parameters.regions == ["us-west-2"]
    with pytest.raises(UnresolvedSecretError):
        SecretRef("ssm:/nonesuch").resolve()
