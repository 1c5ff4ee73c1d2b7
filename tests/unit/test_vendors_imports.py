"""A vendor's engine needs its vendor's package, and none of another's."""

from __future__ import annotations

import subprocess
import sys

import pytest

ENGINES = {"s3vectors": set(), "pinecone": {"pinecone"}, "embedded": set()}
PACKAGES = {"pinecone", "openai", "anthropic", "jinja2", "harper", "pypdf", "bs4"}


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_loads_no_other_vendors_package(engine: str):
    code = f"import sys, workers.engines.retrieval.{engine}; print(*sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    loaded = {module.partition(".")[0] for module in done.stdout.split()}
    assert loaded & PACKAGES == ENGINES[engine]
