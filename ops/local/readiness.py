"""Waiting until an HTTP server of this machine answers."""

from __future__ import annotations

import time

import httpx2

_INTERVAL_S = 0.05
_REQUEST_TIMEOUT_S = 2.0


class NotReadyError(Exception):
    """Something did not become ready in time, or ended before it was."""


def answers(url: str) -> bool:
    """Whether a GET of the URL succeeds; blocks for two seconds at most."""
    try:
        # A proxy from the environment has no business on the way to this machine itself.
        return httpx2.get(url, timeout=_REQUEST_TIMEOUT_S, trust_env=False).is_success
    except httpx2.TransportError:
        return False


def wait_until_answers(url: str, timeout_s: float) -> None:
    """Return once a GET of the URL succeeds.

    Raises:
        NotReadyError: it hasn't within the time.
    """
    deadline = time.monotonic() + timeout_s
    while not answers(url):
        if time.monotonic() >= deadline:
            raise NotReadyError(f"{url} did not answer within {timeout_s:g} s")
        time.sleep(_INTERVAL_S)
