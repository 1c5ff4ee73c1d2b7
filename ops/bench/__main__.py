"""`python -m ops.bench`."""

from ops.bench.main import run

run()
