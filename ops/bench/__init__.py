"""`python -m ops.bench`: what Sayline costs and how fast it is, measured beside its peers on one embedded emulator."""
