"""What a process does about its memory before it is forked."""

from __future__ import annotations

import ctypes
import gc


def settle() -> None:
    """Give back to the system what was needed while models were read, and keep the rest shared with children.

    glibc keeps what is freed between pieces that are still in use, 40 MB once Harper has been made; other C libraries
    have no such call. What is frozen the collector leaves alone: it writes into each object that it looks at, and every
    child would get a copy of that page.
    """
    gc.collect()
    gc.freeze()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
