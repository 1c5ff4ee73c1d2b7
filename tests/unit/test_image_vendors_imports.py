"""An image vendor's engine needs its vendor's package, none of another's, and nothing that decodes or draws."""

from __future__ import annotations

import subprocess
import sys

import pytest

ENGINES = {"bedrock_images.engine": {"boto3"}, "openai.images": {"openai"}}
PACKAGES = {"boto3", "openai", "anthropic", "numpy", "av", "PIL", "resvg_py", "lemminflect"}


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_loads_its_vendors_package_alone(engine: str):
    code = f"import sys, workers.engines.{engine}; print(*sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert {module.partition(".")[0] for module in done.stdout.split()} & PACKAGES == ENGINES[engine]
