"""Engines are made from options and secrets by reference; what is wrong with them is said, never what was given."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Literal

import pytest

import schemas.kinds
from ops.settings import Settings
from schemas.kinds import registry
from schemas.model import Model
from tests.workers import ECHO
from workers import engines, process
from workers.engines import EngineOptionsError, UnknownEngineError, check_engine, load_engine, preload
from workers.engines.secrets import SecretRef, UnresolvedSecretError

PASTED = "sk-0123456789"
NAME = "SAYLINE_TEST_KEY"


class Made:
    """An engine without options."""

    count = 0
    preloaded = 0

    def __init__(self) -> None:
        time.sleep(0.02)  # another thread comes in between
        type(self).count += 1

    @classmethod
    def preload(cls) -> None:
        cls.preloaded += 1


class Chosen:
    """An engine with options."""

    class Options(Model):
        model: Literal["small", "large"] = "small"
        region: str | None = None
        api_key: SecretRef | None = None
        keys: tuple[SecretRef, ...] = ()
        by_name: dict[str, SecretRef] = {}  # noqa: RUF012 - pydantic copies it

    def __init__(self, options: Options) -> None:
        self.options = options


@pytest.fixture(autouse=True)
def _engines(monkeypatch: pytest.MonkeyPatch) -> None:
    Made.count = Made.preloaded = 0
    where = {"made": f"{__name__}:Made", "chosen": f"{__name__}:Chosen", "absent": "nonesuch_package.engine:Engine"}
    monkeypatch.setattr(engines, "ENGINES", {"say": where})
    kinds = {"say": replace(ECHO, name="say"), "echo": ECHO, "ask": replace(ECHO, name="ask", roles=("say",))}
    _register(monkeypatch, kinds)
    monkeypatch.setattr(process, "settle", lambda: None)  # it would freeze what the tests have made


def _register(monkeypatch: pytest.MonkeyPatch, kinds: dict[str, Any]) -> None:
    """Have these kinds beside the project's own."""
    for module in (process, schemas.kinds):
        monkeypatch.setattr(module, "registry", lambda: {**registry(), **kinds})


def settings(options: Any, engine: str = "chosen") -> Settings:
    return Settings(_env_file=None, engines={"say": engine}, engine_options=options, region="ap-northeast-2")


def test_an_engine_is_made_from_its_options():
    made = load_engine("say", "chosen", {"model": "large"})

    assert made.options == Chosen.Options(model="large")


def test_an_engine_that_has_options_is_made_from_their_defaults():
    assert load_engine("say", "chosen").options.model == "small"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"model": "huge-and-secret"}, "model: Input should be 'small' or 'large'"),
        ({"modle": "huge-and-secret"}, "modle: Extra inputs are not permitted"),
        ({"api_key": "huge-and-secret"}, "api_key: Value error, write env:NAME"),
        ({"api_key": "env:no name"}, "api_key: Value error, write env:NAME"),
        ({"keys": ["huge-and-secret"]}, "keys.0: Value error, write env:NAME"),
    ],
)
def test_an_option_that_is_none_is_named_and_what_was_given_is_not_said(given: dict[str, Any], said: str):
    with pytest.raises(EngineOptionsError) as raised:
        load_engine("say", "chosen", given)

    assert str(raised.value).startswith(f"options of engine 'chosen': {said}")
    assert "huge-and-secret" not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


def test_options_for_an_engine_that_takes_none_are_refused():
    with pytest.raises(EngineOptionsError, match="'made' takes no options, and is given model"):
        load_engine("say", "made", {"model": PASTED})


def test_a_package_that_is_not_installed_is_named():
    with pytest.raises(UnknownEngineError, match="say: engine 'absent' needs nonesuch_package"):
        check_engine("say", "absent", {})


def test_an_engine_that_there_is_not_is_refused_with_those_that_there_are():
    with pytest.raises(UnknownEngineError, match="'nonesuch' is none of made, chosen, absent"):
        check_engine("say", "nonesuch", {})


def test_a_kind_without_engines_needs_none():
    assert load_engine("echo", None) is None
    check_engine("echo", None, {})
    preload("echo", None)


# --- secrets ---


def test_a_secret_is_read_where_it_is_needed_and_does_not_show(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(NAME, PASTED)
    options = load_engine("say", "chosen", {"api_key": f"env:{NAME}"}).options

    secret = options.api_key.resolve()

    assert secret.get_secret_value() == PASTED
    assert PASTED not in f"{options!r} {options.model_dump_json()} {secret!r} {secret}"


@pytest.mark.parametrize("value", [None, ""])
@pytest.mark.parametrize("given", [{"api_key": "env:"}, {"keys": ["env:"]}, {"by_name": {"a": "env:"}}])
def test_a_secret_that_is_not_there_is_named_by_its_reference_before_any_job(
    monkeypatch: pytest.MonkeyPatch, value: str | None, given: Any
):
    monkeypatch.delenv(NAME, raising=False)
    if value is not None:
        monkeypatch.setenv(NAME, value)
    given = json.loads(json.dumps(given).replace("env:", f"env:{NAME}"))

    with pytest.raises(EngineOptionsError, match=f"no secret at env:{NAME}"):
        check_engine("say", "chosen", given)


def test_a_reference_is_resolved_anew_each_time(monkeypatch: pytest.MonkeyPatch):
    reference = SecretRef(f"env:{NAME}")
    monkeypatch.setenv(NAME, "first")
    assert reference.resolve().get_secret_value() == "first"

    monkeypatch.delenv(NAME)

    with pytest.raises(UnresolvedSecretError, match=NAME):
        reference.resolve()


# --- the worker ---


def test_an_engine_is_where_everything_else_is_unless_its_options_say_otherwise():
    regions = [
        process._engines(settings(options))("say").options.region  # noqa: SLF001
        for options in ({}, {"chosen": {"region": "eu-west-1"}})
    ]

    assert regions == ["ap-northeast-2", "eu-west-1"]


def test_options_are_those_of_the_engine_that_is_chosen():
    given = {"made": {"model": "large"}, "chosen": {"model": "large"}}

    process.check_engines(settings(given), ["say"])

    with pytest.raises(EngineOptionsError, match="takes no options"):
        process.check_engines(settings(given, engine="made"), ["say"])


def test_options_of_an_engine_that_there_is_not_are_refused():
    with pytest.raises(UnknownEngineError, match="SAYLINE_ENGINE_OPTIONS has chosne:"):
        process.check_engines(settings({"chosne": {}}), ["say"])


def test_threads_that_ask_at_once_get_one_engine():
    engine = process._engines(settings({}, engine="made"))  # noqa: SLF001

    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(engine, ["say"] * 8))

    assert len(found) == Made.count == 1


def test_only_engines_of_kinds_that_are_served_are_preloaded_and_none_is_made():
    process.preload_engines(settings({}, engine="made"), [])
    assert Made.preloaded == 0

    process.preload_engines(settings({}, engine="made"), ["say", "echo"])

    assert (Made.preloaded, Made.count) == (1, 0)


def test_memory_is_settled_when_all_engines_are_loaded(monkeypatch: pytest.MonkeyPatch):
    loaded: list[int] = []
    monkeypatch.setattr(process, "settle", lambda: loaded.append(Made.preloaded))

    process.preload_engines(settings({}, engine="made"), ["say", "echo"])

    assert loaded == [1]


def test_engines_that_a_kind_needs_beside_its_own_are_checked_and_preloaded_once():
    process.preload_engines(settings({}, engine="made"), ["ask", "say"])

    assert Made.preloaded == 1
    with pytest.raises(UnknownEngineError, match="say: engine 'nonesuch' is none of"):
        process.check_engines(settings({}, engine="nonesuch"), ["ask"])


def test_an_engine_may_be_chosen_for_what_kinds_need_beside_their_own(monkeypatch: pytest.MonkeyPatch):
    ask = replace(ECHO, name="ask", roles=("search",))
    _register(monkeypatch, {"ask": ask})
    monkeypatch.setitem(engines.ENGINES, "search", engines.ENGINES["say"])
    chosen = Settings(_env_file=None, engines={"search": "chosen"})

    process.check_engines(chosen, ["ask"])

    with pytest.raises(UnknownEngineError, match="SAYLINE_ENGINES has serach: there is no such kind"):
        process.check_engines(Settings(_env_file=None, engines={"serach": "chosen"}), ["ask"])


def test_an_engine_that_shares_nothing_need_not_say_so():
    preload("say", "chosen")


def test_kinds_that_the_engines_setting_leaves_out_keep_theirs():
    chosen = Settings(_env_file=None, engines={"transcription": "transcribe"}).engines

    assert (chosen["transcription"], chosen["tts"]) == ("transcribe", "espeak")
