"""Kinds of job that exist in a storm only; `tests.chaos.tree` adds them to a copy of the source."""
