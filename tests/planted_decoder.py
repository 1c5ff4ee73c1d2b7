"""The decoder's process, with files that do to it what a defect of FFmpeg would: their first word says what."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

from workers.engines.audio import decode as real
from workers.engines.audio.server import MAX_ADDRESS_BYTES, start
from workers.engines.child.server import serve

if TYPE_CHECKING:
    from collections.abc import Callable

_decode = real.decode


def decode(data: bytes, *, max_s: float, send: Callable[[bytes], None]) -> real.Decoded:
    """Do what the file's first word says, or decode it."""
    word, _, rest = data.partition(b" ")
    if word == b"SEGV":
        ctypes.string_at(0)
    if word == b"SEGV-ONCE" and not (marker := Path(os.fsdecode(rest.partition(b" ")[0]))).exists():
        marker.touch()
        ctypes.string_at(0)
    if word == b"KILL":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == b"EXIT":
        os._exit(3)
    if word == b"SPIN":
        while True:
            pass
    if word == b"SLEEP":
        time.sleep(60)
    if word == b"EAT":
        bytearray(2 * MAX_ADDRESS_BYTES)
        data = rest
    return _decode(rest.partition(b" ")[2] if word == b"SEGV-ONCE" else data, max_s=max_s, send=send)


if __name__ == "__main__":
    real.decode = decode
    serve(start, max_address_bytes=MAX_ADDRESS_BYTES)
