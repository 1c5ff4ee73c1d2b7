"""What a process owes: a name, to say when it is ready, and not to outlive its parent, however that ends."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

#: Set by the supervisor for its children: the supervisor's process id.
SUPERVISED = "SAYLINE_SUPERVISED"

#: Set by the supervisor for a child that says so itself: the file that it makes once it is ready.
READY_FILE = "SAYLINE_READY_FILE"

#: From <linux/prctl.h>.
_PR_SET_PDEATHSIG = 1
_POLL_INTERVAL_S = 0.5


def die_with_supervisor(signum: signal.Signals = signal.SIGKILL) -> None:
    """Die with the supervisor that started this process; does nothing where none did.

    For the main of a supervised process, as its first statement; not for processes that it starts in turn.
    """
    parent = os.environ.get(SUPERVISED)
    if parent is not None:
        die_with_parent(int(parent), signum)


def process_name() -> str:
    """Return the name by which records and leases know this process, `host:pid`."""
    return f"{socket.gethostname()}:{os.getpid()}"


def say_ready() -> None:
    """Tell the supervisor that this process is ready; does nothing where none asked."""
    path = os.environ.get(READY_FILE)
    if path is not None:
        Path(path).touch()


def die_with_parent(parent: int, signum: signal.Signals = signal.SIGKILL) -> None:
    """Have this process receive the signal when its parent ends, in whatever way.

    On Linux the kernel sends it, when the *thread* that started this process ends; elsewhere a thread looks twice a
    second. A forked child doesn't inherit this: a pool's children call it themselves, with the pool's process id.
    """
    if sys.platform == "linux":
        _ask_kernel(signum)
    else:
        threading.Thread(target=_watch, args=(parent, signum), name="lifeline", daemon=True).start()
    # The parent may have ended before the kernel was asked.
    if os.getppid() != parent:
        os.kill(os.getpid(), signum)


def _ask_kernel(signum: signal.Signals) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signum, 0, 0, 0) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def _watch(parent: int, signum: signal.Signals) -> None:
    while os.getppid() == parent:
        time.sleep(_POLL_INTERVAL_S)
    os.kill(os.getpid(), signum)
