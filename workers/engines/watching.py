"""Looking at the time while an answer comes in: an SDK's time-out is of silence alone.

A server may keep a connection alive for ever by saying nothing: comments of server-sent events, Anthropic's pings,
which SDKs pass over. In a thread nothing else would end the call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import httpx2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def watched(parts: Iterable[bytes], look: Callable[[], None]) -> Iterator[bytes]:
    """Return the parts of an answer, and look before each; what `look` raises ends the reading."""
    for part in parts:
        look()
        yield part


def watch(response: httpx2.Response, look: Callable[[], None]) -> None:
    """Have a response that is not read yet look whenever anything of it comes."""
    response.stream = _Watched(cast("httpx2.SyncByteStream", response.stream), look)


class _Watched(httpx2.SyncByteStream):
    def __init__(self, behind: httpx2.SyncByteStream, look: Callable[[], None]) -> None:
        self._behind = behind
        self._look = look

    def __iter__(self) -> Iterator[bytes]:
        return watched(self._behind, self._look)

    def close(self) -> None:
        self._behind.close()
