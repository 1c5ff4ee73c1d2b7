"""`python -m ops.cli`."""

from ops.cli.start import run

run()
