"""One stack for the tests that leave it whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.acceptance.running import RunningStack

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    with RunningStack(tmp_path_factory.mktemp("stack")) as running:
        yield running
