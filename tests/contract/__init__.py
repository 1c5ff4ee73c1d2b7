"""Contract tests: the same suite over the in-memory twins and over the real stores."""
