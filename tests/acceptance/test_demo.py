"""`sayline demo` on an empty directory: it speaks, says how, and leaves nothing running."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ops.hearing import hear
from schemas.kinds import registry
from tests.emulated import free_port

if TYPE_CHECKING:
    from pathlib import Path


def test_the_demo_runs_a_job_of_every_kind(tmp_path: Path):
    ports = {"SAYLINE_API_PORT": str(free_port()), "SAYLINE_EMULATOR_PORT": str(free_port())}
    command = [sys.executable, "-m", "ops.cli", "demo", "--json"]

    run = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, **ports, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )

    assert run.returncode == 0, run.stderr
    stories = json.loads(run.stdout)
    assert [story["kind"] for story in stories] == list(registry())
    (story,) = stories
    assert [seen["status"] for seen in story["seen"]][-1] == "succeeded"
    (file,) = story["files"]
    audio = hear((tmp_path / file["path"]).read_bytes())
    assert audio.is_speech
    assert audio.duration_s * 1000 == pytest.approx(story["job"]["result"]["audio"]["duration_ms"], abs=50)
    assert audio.sample_rate_hz == story["job"]["result"]["audio"]["sample_rate_hz"]
