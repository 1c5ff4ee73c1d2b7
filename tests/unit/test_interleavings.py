"""Everybody's steps in any order, with anybody killed or unanswered at any of them; see `tests/interleavings`.

`SAYLINE_INTERLEAVINGS=50000` tries so many examples; each is a few hundred requests.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import structlog
from hypothesis import HealthCheck, settings

from tests.interleavings.machine import Interleavings

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = int(os.environ.get("SAYLINE_INTERLEAVINGS", "250"))


@pytest.fixture(autouse=True)
def _no_logs() -> Iterator[None]:
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
    yield
    structlog.configure(**before)


TestInterleavings = pytest.mark.timeout(0 if EXAMPLES > 1000 else 120)(Interleavings.TestCase)
TestInterleavings.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
