"""Which packages an engine needs is what pyproject's extras say, and what is not installed is found."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ops.doctor import versions
from ops.settings import Settings
from tests.patients import patient
from workers.engines import ENGINES, extras
from workers.engines.inspecting import lacking
from workers.process import InspectedEngines

if TYPE_CHECKING:
    from collections.abc import Callable

#: Those that are for no engine.
OTHERS = {"dev", "local", "worker"}
#: Engines that need nothing beside what every worker has.
PLAIN = {"comprehend", "lexicon", "text", "transcribe"}


def test_packages_are_those_of_the_projects_extras_that_there_are_for_every_machine():
    wanted = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    names = {
        extra: {re.split(r"[=><\[]", one)[0] for one in packages if ";" not in one}
        for extra, packages in wanted.items()
        if extra not in OTHERS
    }

    assert names == {extra: set(packages) for extra, packages in extras.PACKAGES.items()}


def test_every_engine_names_its_extras_or_needs_none():
    engines = {name for names in ENGINES.values() for name in names}

    assert engines - extras.EXTRAS.keys() == PLAIN
    assert extras.EXTRAS.keys() <= engines
    assert {extra for names in extras.EXTRAS.values() for extra in names} == extras.PACKAGES.keys()


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def uninstall(*packages: str) -> None:
        def version(package: str) -> str:
            if package in packages:
                raise PackageNotFoundError(package)
            return "1"

        monkeypatch.setattr(extras, "version", version)

    return uninstall


def test_what_is_not_installed_is_named_with_its_extra(without: Callable[..., None]):
    without("av", "pillow")

    assert lacking("tts", "espeak", {}, {}) == {"espeak": ["av"]}
    assert lacking("image", "cards", {}, {}) == {"cards": ["pillow"], "pictures": ["pillow"]}
    assert lacking("analysis", "lexicon", {}, {}) == {}


def test_an_engine_lacks_what_the_one_lacks_that_it_stands_on(without: Callable[..., None]):
    without("openai")

    assert lacking("pronunciation", "text", {}, {}) == {"openai": ["openai"]}


def found(**settings: Any) -> list[tuple[str, str]]:
    chosen = Settings(_env_file=None, **settings)
    looked_at = patient(settings=chosen, engines=InspectedEngines(chosen))
    return [(finding.code, finding.subject) for finding in versions.check(looked_at)]


def test_a_worker_without_an_extra_of_its_engine_is_found(without: Callable[..., None]):
    without()
    assert found() == []
    without("numpy")
    assert found() == [("missing_packages", "tts: extra espeak")]


def test_an_engine_that_cannot_be_made_lacks_nothing_that_could_be_told(without: Callable[..., None]):
    without("numpy")

    assert found(engines={"tts": "nobody"}) == []
