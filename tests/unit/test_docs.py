"""The docs say what is so: blocks from the code have not drifted, every path that is named exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ops.docs import BLOCKS, documents, filled

ROOT = Path(__file__).parents[2]
DOCUMENTS = documents(ROOT)
#: A path of the project in backticks, or the target of a link that leads nowhere outside.
_IN_TICKS = re.compile(r"`((?:schemas|producers|workers|ops|tests|docs)/[\w./-]*)`")
_LINKS = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_blocks_from_the_code_have_not_drifted(path: Path):
    text = path.read_text("utf-8")

    assert filled(text) == text, "run `make docs`"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_that_is_named_exists(path: Path):
    text = path.read_text("utf-8")
    missing = [name for name in _IN_TICKS.findall(text) if not (ROOT / name).exists()]
    missing += [name for name in _LINKS.findall(text) if not (path.parent / name).exists()]

    assert missing == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_test_that_is_named_exists(path: Path):
    named = re.findall(r"`(tests/[\w/]+\.py)`: `(test_\w+)`", path.read_text("utf-8"))
    missing = [name for file, name in named if f"def {name}(" not in (ROOT / file).read_text("utf-8")]

    assert missing == []


@pytest.mark.parametrize("name", BLOCKS)
def test_every_block_stands_somewhere(name: str):
    assert any(f"<!-- {name} -->" in path.read_text("utf-8") for path in DOCUMENTS)


def test_every_make_target_that_is_named_exists():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    named = {name for path in DOCUMENTS for name in re.findall(r"`make (\w+)`", path.read_text("utf-8"))}

    assert named <= set(re.findall(r"^(\w+):", makefile, re.MULTILINE))
