"""espeak-ng's own process: reads utterances from stdin and writes their audio to stdout, until stdin ends.

It imports the standard library and espeak-ng alone. Run by process.py as `python -m workers.engines.espeak.server PID`.
"""

from __future__ import annotations

import os
import resource
import sys
import threading
import time
from typing import TYPE_CHECKING, BinaryIO

from workers.engines.espeak.frames import read_frame, write_frame
from workers.engines.espeak.library import Library, LibraryError, Utterance

if TYPE_CHECKING:
    from collections.abc import Callable

#: espeak and Python take about 100 MB of addresses; the audio is passed on as it is made.
MAX_ADDRESS_BYTES = 1024**3
ORPHAN_CHECK_S = 0.5
#: Holds back small pieces (espeak makes 60 ms at a time), which would each cost a system call and a frame.
_PIECE_BYTES = 64 * 1024


def main() -> None:
    """Serve the parent whose process id is the first argument."""
    end_with_parent(int(sys.argv[1]))
    requests, replies = _private_pipes()
    _limit(resource.RLIMIT_AS, MAX_ADDRESS_BYTES)
    import espeakng_loader  # noqa: PLC0415 - after the limits

    library = Library(espeakng_loader.get_library_path(), espeakng_loader.get_data_path())
    hello = {"version": library.version, "sample_rate_hz": library.sample_rate_hz, "variants": library.variants}
    write_frame(replies, {**hello, "voices": library.voices()})
    while frame := read_frame(requests):
        header, body = frame
        allow_cpu(header.pop("cpu_s"))
        _answer(library, Utterance(text=body.decode(), **header), replies)


def end_with_parent(parent: int) -> None:
    """Leave when the parent has died, even in the midst of a synthesis (the GIL is free then).

    The end of stdin says it too, but not while espeak computes, nor when a fork of the parent still holds the pipe.
    Linux's PR_SET_PDEATHSIG is no use: it fires when the *thread* ends that made this process, a pool's for example.
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


def _answer(library: Library, utterance: Utterance, replies: BinaryIO) -> None:
    pieces = _Pieces(lambda pcm: write_frame(replies, {"kind": "audio"}, pcm))
    try:
        outcome = library.speak(utterance, pieces.add)
    except LibraryError as error:
        write_frame(replies, {"kind": "refused", "reason": str(error)})
        return
    pieces.flush()
    write_frame(replies, {"kind": "done", "events": outcome.events, "truncated": outcome.truncated})


class _Pieces:
    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send = send
        self._held = bytearray()

    def add(self, pcm: bytes) -> None:
        self._held += pcm
        if len(self._held) >= _PIECE_BYTES:
            self.flush()

    def flush(self) -> None:
        try:
            self._send(bytes(self._held))
        except BrokenPipeError:
            # The parent is gone. An exception would be lost in ctypes' callback.
            os._exit(0)
        self._held.clear()


if __name__ == "__main__":
    main()
