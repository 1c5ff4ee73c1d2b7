"""A worker whose engines can't be made does not start, and says why; one that serves other kinds loads no model."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

HEAVY = {"av", "boto3", "defusedxml", "espeakng_loader", "numpy", "openai", "pocketsphinx"}
#: boto3 is what the worker itself has.
OF_THE_WORKER = {"boto3"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"SAYLINE_ENGINE_OPTIONS": '{"espeak": {"model": "huge"}}'}, "engine 'espeak' takes no options"),
        ({"SAYLINE_ENGINE_OPTIONS": '{"esspeak": {}}'}, "SAYLINE_ENGINE_OPTIONS has esspeak"),
        ({"SAYLINE_ENGINES": '{"tts": "nonesuch"}'}, "tts: engine 'nonesuch' is none of espeak"),
        ({"SAYLINE_ENGINES": '{"tss": "espeak"}'}, "SAYLINE_ENGINES has tss: there is no such kind"),
        ({"SAYLINE_KINDS": "nonesuch"}, "SAYLINE_KINDS has nonesuch"),
    ],
)
def test_a_worker_with_an_engine_that_cannot_be_made_does_not_start_and_says_why(given: dict[str, str], said: str):
    ended = python("from workers.app import main; main()", **{"SAYLINE_KINDS": "tts", **given})

    assert ended.returncode == 1
    assert ended.stderr.startswith("the worker cannot start: ")
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_worker_that_serves_other_kinds_loads_no_model():
    code = """
import sys
from ops.settings import Settings
from workers import app
settings = Settings(_env_file=None)
app.check_engines(settings, settings.kinds)
app.preload_engines(settings, settings.kinds)
print(*sys.modules)
"""
    ended = python(code, SAYLINE_KINDS="tts")

    assert ended.returncode == 0, ended.stderr
    assert set(ended.stdout.split()) & HEAVY <= OF_THE_WORKER


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SAYLINE_")}
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**clean, "SAYLINE_EMULATOR_PORT": "1", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
