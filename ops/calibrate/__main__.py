"""`python -m ops.calibrate CORPUS`."""

from ops.calibrate.main import run

run()
