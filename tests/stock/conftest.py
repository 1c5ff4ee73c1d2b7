"""Stock Celery beside Sayline, on one emulator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.stock.ours import deployed
from tests.stock.worker import Bench

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.settings import Settings
    from tests.stock.ours import Ours


@pytest.fixture(scope="module")
def bench(local_aws: Settings, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(local_aws, tmp_path_factory.mktemp("stock"))


@pytest.fixture(scope="session")
def ours(local_aws: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ours]:
    with deployed(local_aws, tmp_path_factory.mktemp("ours")) as ours:
        yield ours
