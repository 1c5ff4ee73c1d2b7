"""A temporary virtual environment for peers that are no dependencies of Sayline."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PACKAGES = ("dramatiq_sqs==0.4.4", "taskiq-aio-sqs==2.1.1")
_TIMEOUT_S = 240


class NotInstalledError(Exception):
    """The peers could not be installed; the message says why."""


@cache
def peers() -> Path:
    """Make the environment once, and return its folder of programs.

    Raises:
        NotInstalledError: pip did not do it, for example without a network.
    """
    folder = Path(mkdtemp(prefix="sayline-peers-"))
    _run([sys.executable, "-m", "venv", str(folder)])
    _run([str(folder / "bin/pip"), "install", "--quiet", *PACKAGES])
    return folder / "bin"


def remove() -> None:
    """Remove the environment, if there is one."""
    if peers.cache_info().currsize:
        shutil.rmtree(peers().parent, ignore_errors=True)


def _run(command: Sequence[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_TIMEOUT_S)  # noqa: S603 - as written above
    except subprocess.CalledProcessError as error:
        lines = error.stderr.decode("utf-8", "replace").strip().splitlines()
        raise NotInstalledError(lines[-1] if lines else str(error)) from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalledError(str(error)) from None
