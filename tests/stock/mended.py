"""What a test of stock Celery says when a newer version behaves better than the one we departed from."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


def mended(row: int, departure: str) -> str:
    """Return the message for an assertion of a bad outcome; `departure` is what of ours may have become needless."""
    return f"kombu or Celery has mended row {row}: look whether Sayline still needs {departure}"


def wait_still(condition: Callable[[], Any], row: int, departure: str, *, timeout_s: float = 30) -> Any:
    """Wait for a bad outcome; that it doesn't come within the time is good news, and fails the test with it."""
    deadline = time.monotonic() + timeout_s
    while not (value := condition()):
        if time.monotonic() > deadline:
            pytest.fail(mended(row, departure))
        time.sleep(0.02)
    return value
