"""A copy of the source with the storm's kinds: two lines each, as CONTRIBUTING.md promises."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
KINDS = ("noop", "vendor", "rogue")
_PARTS = ("schemas", "producers", "workers", "ops", "tests")


def plant(tree: Path) -> None:
    """Make the copy at a path that doesn't exist yet."""
    for part in _PARTS:
        shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
    for kind in KINDS:
        (tree / f"schemas/kinds/{kind}.py").write_text(f"from tests.chaos.kinds.{kind} import KIND\n")
        (tree / f"workers/handlers/{kind}.py").write_text(f"from tests.chaos.handlers.{kind} import handle\n")
