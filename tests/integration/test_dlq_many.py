"""100,000 dead letters in bounded memory: listed, grouped, run again, and none of them hidden."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

COUNT = 100_000


@pytest.mark.timeout(300)
def test_a_hundred_thousand_are_listed_grouped_and_run_again_in_200_mb():
    command = [sys.executable, "-m", "tests.many_dead", str(COUNT)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)

    took = json.loads(done.stdout)
    counts = {name: took[name] for name in ("listed", "kept", "redriven", "sent_once", "deleted", "open")}
    assert counts == dict.fromkeys(counts, COUNT)
    assert sorted(took["groups"].values()) == [33_333, 33_333, 33_334]
    assert took["most_mb"] < 200
