"""The offline practice engine: what it says follows from rules, and it says so."""
