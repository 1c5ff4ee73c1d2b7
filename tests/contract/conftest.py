"""The job store that a contract is held over: DynamoDB, and its twin in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from ops.aws.clients import Clients
from ops.aws.dynamodb import DynamoJobStore
from ops.memory import MemoryJobStore
from tests.conftest import ManualClock, future_clock

if TYPE_CHECKING:
    from ops.settings import Settings


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> Any:
    if request.param == "memory":
        return MemoryJobStore()
    local: Settings = request.getfixturevalue("local_aws")
    return DynamoJobStore(Clients(local).dynamodb, local.table_name)


@pytest.fixture
def clock() -> ManualClock:
    return future_clock()


@pytest.fixture
def kind() -> str:
    """A kind of the test's own, so that it has the open index to itself."""
    return f"k{uuid4().hex[:8]}"
