"""`python -m ops.clock`."""

from ops.clock.process import main

main()
