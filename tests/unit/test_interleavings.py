"""Everybody's steps in any order, with anybody killed or unanswered at any of them; see `tests/interleavings`.

`SAYLINE_INTERLEAVINGS=20000` tries so many seeds and examples; each is about a hundred requests.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import structlog
from hypothesis import HealthCheck, settings

from tests.interleavings.machine import Interleavings
from tests.interleavings.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = int(os.environ.get("SAYLINE_INTERLEAVINGS", "120"))
#: Other seeds than those before: where a long run begins.
FIRST_SEED = int(os.environ.get("SAYLINE_INTERLEAVINGS_SEED", "0"))


@pytest.fixture(autouse=True)
def _no_logs() -> Iterator[None]:
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
    yield
    structlog.configure(**before)


@pytest.mark.timeout(120 + EXAMPLES)
def test_whatever_happens_in_whatever_order_the_accounts_are_right():
    for seed in range(FIRST_SEED, FIRST_SEED + 3 * EXAMPLES):
        walk(seed)


TestInterleavings = pytest.mark.timeout(120 + EXAMPLES)(Interleavings.TestCase)
TestInterleavings.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=60,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
