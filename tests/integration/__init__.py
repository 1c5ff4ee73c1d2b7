"""Integration tests: one part with its real neighbours."""
