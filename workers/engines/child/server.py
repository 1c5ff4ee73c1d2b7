"""The child's side: reads requests from stdin and writes replies to stdout, until stdin ends. Standard library alone.

The first frame says what the process is; then each request has one reply, in as many frames as it takes: all but the
last have `more` in their headers.
"""

from __future__ import annotations

import os
import resource
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from workers.engines.child.frames import read_frame, write_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Send: TypeAlias = Callable[[bytes], None]
    Answer: TypeAlias = Callable[[dict[str, Any], bytes, Send], Mapping[str, Any]]

ORPHAN_CHECK_S = 0.5
#: Holds back small pieces (espeak makes 60 ms at a time), which would each cost a system call and a frame.
_PIECE_BYTES = 64 * 1024


def serve(start: Callable[[], tuple[Mapping[str, Any], Answer]], *, max_address_bytes: int) -> None:
    """Serve the parent whose process id is the first argument.

    Args:
        start: loads the library, under the limits; returns what to say about it, and what answers requests: it is given
            the header, the body and a function that sends pieces of the reply's body, and returns the reply's header.
        max_address_bytes: the process's address space; beyond it allocations fail.
    """
    end_with_parent(int(sys.argv[1]))
    requests, replies = _private_pipes()
    _limit(resource.RLIMIT_AS, max_address_bytes)
    _limit(resource.RLIMIT_CORE, 0)
    hello, answer = start()
    write_frame(replies, hello)
    while _answer_one(requests, replies, answer):
        pass


def _answer_one(requests: BinaryIO, replies: BinaryIO, answer: Answer) -> bool:
    """Serve the next request, and let go of it: a body may be large, and the next one hours away."""
    frame = read_frame(requests)
    if frame is None:
        return False
    header, body = frame
    allow_cpu(header.pop("cpu_s"))
    pieces = _Pieces(replies)
    pieces.end(answer(header, body, pieces.add))
    return True


def end_with_parent(parent: int) -> None:
    """Leave when the parent has died, even in the midst of a computation (in C, which lets go of the GIL).

    The end of stdin says it too, but not while the process computes, nor when a fork of the parent still holds the
    pipe. Linux's PR_SET_PDEATHSIG is no use: it fires when the *thread* ends that made this process, a pool's for
    example.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(ORPHAN_CHECK_S)
        os._exit(0)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


def allow_cpu(seconds: int) -> None:
    """Let this process use so much more CPU time; the kernel ends it then, whether the parent looks or not."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + 1 + seconds)


def _limit(what: int, soft: int) -> None:
    _, hard = resource.getrlimit(what)
    resource.setrlimit(what, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep stdin and stdout for frames alone: whatever C code prints goes to stderr."""
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    return requests, replies


class _Pieces:
    """A reply's body, sent as it is made."""

    def __init__(self, replies: BinaryIO) -> None:
        self._replies = replies
        self._held = bytearray()

    def add(self, piece: bytes) -> None:
        self._held += piece
        if len(self._held) >= _PIECE_BYTES:
            self._write({"more": True})

    def end(self, header: Mapping[str, Any]) -> None:
        self._write(header)

    def _write(self, header: Mapping[str, Any]) -> None:
        try:
            write_frame(self._replies, header, self._held)
        except BrokenPipeError:
            # The parent is gone. An exception would be lost in ctypes' callback.
            os._exit(0)
        self._held.clear()
