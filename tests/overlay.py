"""Kinds that only a test needs."""

from ops.local.overlay import kinds_of

__all__ = ["kinds_of"]
