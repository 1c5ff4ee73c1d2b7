"""What a newer version has stored is read by this one: two run while one is deployed, or rolled back."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from ops.aws.dynamodb.items import from_item, to_item
from ops.memory import MemoryObjectStore
from schemas import histories
from schemas.conversation import ConversationHead, History
from schemas.job import Attempt, CountAfter, JobError, Lease, Progress
from tests.conftest import new_job

if TYPE_CHECKING:
    from tests.conftest import ManualClock

NEW = {"of_the_next_release": {"deep": [1]}}


def test_a_record_is_read_without_what_only_a_newer_version_knows_however_deep(clock: ManualClock):
    job = new_job(
        "a",
        clock,
        lease=Lease(token="t", until=clock() + timedelta(minutes=1), worker="w"),
        error=JobError(code="c", message="m", retryable=True),
        progress=Progress(note="n", at=clock()),
        history=(Attempt(epoch=0, attempt=1, outcome="retry", at=clock()),),
        after={"n": CountAfter(name="n", by=1, day="2026-11-21")},
    )
    item: Any = to_item(job)

    item["of_the_next_release"] = {"S": "new"}
    item["lease"]["M"]["of_the_next_release"] = {"N": "1"}
    for document in (item["error"], item["progress"], item["request"], *item["history"]["L"], item["after"]["M"]["n"]):
        document["S"] = json.dumps(json.loads(document["S"]) | NEW)

    assert from_item(item) == job


def test_a_history_is_read_without_what_only_a_newer_version_knows(clock: ManualClock):
    objects = MemoryObjectStore()
    history = History(id="c" * 26, created_at=clock(), level="mid", role="friend", topic=None)
    written = history.created_at
    head = ConversationHead(
        id=history.id,
        owner="mina",
        turns=1,
        key="k",
        level="mid",
        role="friend",
        created_at=written,
        updated_at=written,
    )
    objects.put("k", json.dumps(json.loads(history.model_dump_json()) | NEW).encode(), mime="application/json")

    assert histories.read(head, objects) == history


def test_what_a_caller_sends_may_have_no_unknown_field():
    with pytest.raises(ValidationError):
        Lease.model_validate({"token": "t", "until": "2026-11-21T00:00:00Z", "worker": "w"} | NEW)
