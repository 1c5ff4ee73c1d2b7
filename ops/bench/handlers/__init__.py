"""Handlers of the benchmark's kinds."""
