"""What the offline engines take of a process: under 400 MB where they serve, nothing where they don't."""

from __future__ import annotations

import subprocess
import sys

LIMIT_MB = 400
_SERVES = """
import sys
from tests import replies
from tests.integration.calling import Attempt
from tests.memory import status_mb
from workers.engines.practice.engine import PracticeEngine

PracticeEngine.preload()
engine = PracticeEngine()
for asked in (replies.turn, replies.sentences, replies.scene, replies.options, replies.question, replies.daily):
    engine.answer(asked(), Attempt())
print(status_mb("VmHWM"))
"""
_SPEAKS = """
import sys
from workers.engines import engine_class, preload
import workers.handlers.tts

preload("tts", "espeak")
engine_class("tts", "espeak")
heavy = {"harper", "lemminflect", "wordfreq", "pocketsphinx", "openai", "anthropic", "jinja2", "pypdf", "bs4"}
ours = {name for name in sys.modules if name.startswith(("workers.engines.practice", "workers.engines.grammar"))}
print(sorted(heavy & sys.modules.keys()) + sorted(ours))
"""


def _run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=100).stdout


def test_a_process_that_serves_replies_offline_stays_under_400_mb():
    assert int(_run(_SERVES)) < LIMIT_MB


def test_a_process_that_only_speaks_imports_nothing_of_it():
    assert _run(_SPEAKS).strip() == "[]"
