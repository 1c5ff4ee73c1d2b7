"""How much memory a process takes."""

from __future__ import annotations

from pathlib import Path


def status_mb(field: str, pid: int | None = None) -> int:
    """Return a size from `/proc/{pid}/status`, this process's where none is given; `VmHWM` is the largest resident one.

    Not `ru_maxrss`: on Linux that has the size of the process that it was started from, which is pytest's.
    https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
    """
    status = Path(f"/proc/{pid or 'self'}/status").read_text("ascii", errors="replace")
    return int(status.split(f"{field}:")[1].split()[0]) // 1024
