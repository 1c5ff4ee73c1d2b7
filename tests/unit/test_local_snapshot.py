from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ops.local.snapshot import Snapshots

if TYPE_CHECKING:
    from pathlib import Path


class State:
    """Two services whose files must be of one moment."""

    def __init__(self) -> None:
        self.version = 0
        self.fails = False

    def save(self, directory: Path) -> None:
        (directory / "first.json").write_text(str(self.version))
        if self.fails:
            raise OSError("disk full")
        (directory / "second.json").write_text(str(self.version))


def current(snapshots: Snapshots) -> dict[str, str]:
    return {path.name: path.read_text() for path in snapshots.current.iterdir()}


def test_snapshot_becomes_the_current_one_and_the_one_before_is_removed(tmp_path: Path):
    state = State()
    snapshots = Snapshots(tmp_path, state.save)
    for state.version in (1, 2):
        snapshots.take()
    assert current(snapshots) == {"first.json": "2", "second.json": "2"}
    assert len(list(tmp_path.glob("snapshot-*"))) == 1


def test_snapshot_that_fails_halfway_leaves_the_one_before_whole(tmp_path: Path):
    state = State()
    snapshots = Snapshots(tmp_path, state.save)
    state.version = 1
    snapshots.take()
    state.version, state.fails = 2, True
    with pytest.raises(OSError, match="disk full"):
        snapshots.take()
    assert current(snapshots) == {"first.json": "1", "second.json": "1"}
    assert len(list(tmp_path.glob("snapshot-*"))) == 1


def test_link_that_a_crash_left_behind_is_no_obstacle(tmp_path: Path):
    (tmp_path / "current.new").symlink_to("snapshot-gone")
    state = State()
    snapshots = Snapshots(tmp_path, state.save)
    snapshots.take()
    assert current(snapshots) == {"first.json": "0", "second.json": "0"}
