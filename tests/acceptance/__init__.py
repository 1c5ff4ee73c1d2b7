"""Acceptance tests: API, workers and emulator as processes."""
