"""`sayline demo` on an empty directory: it speaks, listens and scores, says how, and leaves nothing running."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ops.hearing import hear
from schemas.kinds import registry
from tests.emulated import free_port


@pytest.mark.timeout(260)
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
        timeout=240,
    )

    assert run.returncode == 0, run.stderr
    stories = json.loads(run.stdout)
    assert [story["kind"] for story in stories] == list(registry())
    for story in stories:
        assert story["seen"][-1]["status"] == "succeeded", story["job"]["error"]
        assert {Path(file["path"]).name for file in story["files"]} == set(story["job"]["files"])
        assert all((tmp_path / file["path"]).stat().st_size == file["bytes"] > 0 for file in story["files"])
    results = {story["kind"]: story["job"]["result"] for story in stories}
    assert results["pronunciation"]["scores"]["pron_score"] > 50
    assert "morning" in results["transcription"]["text"].lower()
    (spoken,) = [story for story in stories if story["kind"] == "tts"]
    (file,) = spoken["files"]
    audio = hear((tmp_path / file["path"]).read_bytes())
    assert audio.is_speech
    assert audio.duration_s * 1000 == pytest.approx(results["tts"]["audio"]["duration_ms"], abs=50)
    assert audio.sample_rate_hz == results["tts"]["audio"]["sample_rate_hz"]
