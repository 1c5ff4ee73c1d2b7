"""One module per scenario: `run(tell)` measures and returns a report."""
