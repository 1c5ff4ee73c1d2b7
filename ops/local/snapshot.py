"""Snapshots of the emulator's state that a crash can't tear: all services of one moment, or the snapshot before."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Save = Callable[[Path], None]

_CURRENT = "current"
#: The most that a crash loses, while snapshots are quick.
_INTERVAL_S = 1.0
#: Snapshots take at most this share of the time, so that a large state makes them rarer and not the emulator slow.
_SHARE = 0.05


log = structlog.get_logger(__name__)


class Snapshots:
    """Directories `snapshot-N` below one root, of which the link `current` names the last that is complete.

    The emulator writes a file per service. A link over whole directories, and not a rename per file: CloudFormation's
    record of a stack and the table it speaks of must be of one moment, or the next deployment would make the table
    anew.
    """

    def __init__(self, root: Path, save: Save) -> None:
        self._root = root
        self._save = save
        self._dirty = False

    def mark_dirty(self) -> None:
        """Say that the state has changed since the last snapshot was begun."""
        self._dirty = True

    @property
    def current(self) -> Path:
        """The directory to start from."""
        return self._root / _CURRENT

    def take(self) -> None:
        """Write a snapshot and make it the current one; the one before stays if that fails.

        Raises:
            OSError: it could not be written.
            RuntimeError: the state changed meanwhile.
        """
        self._dirty = False
        target = self._root / f"snapshot-{time.time_ns()}"
        target.mkdir(parents=True)
        try:
            self._save(target)
            self._switch_to(target)
        except BaseException:
            self._dirty = True
            shutil.rmtree(target, ignore_errors=True)
            raise
        self._remove_others(target)

    async def run(self) -> None:
        """Take a snapshot whenever something has changed, until cancelled."""
        pause_s = _INTERVAL_S
        while True:
            await asyncio.sleep(pause_s)
            if not self._dirty:
                continue
            began = time.monotonic()
            try:
                self.take()
            except (OSError, RuntimeError) as error:
                log.warning("snapshot_failed", reason=str(error))
            pause_s = max(_INTERVAL_S, (time.monotonic() - began) / _SHARE)

    def _switch_to(self, target: Path) -> None:
        link = self._root / f"{_CURRENT}.new"
        link.unlink(missing_ok=True)
        link.symlink_to(target.name)
        os.replace(link, self.current)  # noqa: PTH105 - Path.replace says less clearly that this is the atomic step

    def _remove_others(self, target: Path) -> None:
        for path in self._root.glob("snapshot-*"):
            if path.name != target.name:
                shutil.rmtree(path, ignore_errors=True)
