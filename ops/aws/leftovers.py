"""Requests for many, of which AWS does some and leaves the others for another try."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from tenacity import Retrying, retry_if_result, stop_after_attempt, wait_random_exponential

if TYPE_CHECKING:
    from collections.abc import Callable, Sized

T = TypeVar("T", bound="Sized")

#: Requests for the same, and the pauses between them: up to 0.1, 0.2, 0.4 s and so on.
_TRIES = 8
_PAUSE = wait_random_exponential(multiplier=0.1, max=2)


def ask_for_all(request: Callable[[T], T], wanted: T, *, tries: int = _TRIES) -> T:
    """Ask, ask again for what is left, at growing distances, and return what is left in the end.

    Args:
        request: makes one request, and returns what AWS has left out of it.
        wanted: all that is asked for.
        tries: requests at most.
    """
    left = wanted

    def once() -> T:
        nonlocal left
        left = request(left)
        return left

    retrying = Retrying(
        stop=stop_after_attempt(tries),
        wait=_PAUSE,
        retry=retry_if_result(bool),
        retry_error_callback=lambda _: left,
    )
    return retrying(once)
