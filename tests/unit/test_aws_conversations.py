"""The heads of conversations on the wire: what is asked of DynamoDB, and what its answers mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ops.aws.clients import Clients
from ops.aws.dynamodb import DynamoConversations, DynamoJobStore
from schemas.conversation import ConversationHead
from schemas.errors import UnavailableError
from schemas.job import CountAfter, TurnAfter
from tests.conftest import ManualClock, new_job
from tests.unit.test_aws_requests import SETTINGS, Wire, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.job import Job

NOW = ManualClock().now
HEAD = ConversationHead(
    id="c", owner="mina", turns=1, pending="job-0", level="low", role="a tutor", created_at=NOW, updated_at=NOW
)
FAILED, FINE, CONFLICT = ({"Code": code} for code in ("ConditionalCheckFailed", "None", "TransactionConflict"))


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def heads(wire: Wire) -> DynamoConversations:
    return DynamoConversations(wire.attach(Clients(SETTINGS).dynamodb), "table")


@pytest.fixture
def store(wire: Wire) -> DynamoJobStore:
    return DynamoJobStore(wire.attach(Clients(SETTINGS).dynamodb), "table")


def succeeded() -> Job:
    turn = TurnAfter(conversation="c", turn=2, key="users/u/2.json", level="B1", role="a tutor")
    count = CountAfter(name="n", by=1, day="2026-11-21")
    return new_job("job", ManualClock(), status="succeeded", finished_at=NOW, after={"turn": turn, "n": count})


def cancelled(*reasons: dict[str, str]) -> tuple[int, dict[str, object]]:
    return refusal("TransactionCanceledException", CancellationReasons=list(reasons))


@pytest.mark.parametrize(
    "ask",
    [
        lambda heads: heads.get("mina", "c"),
        lambda heads: heads.list_by_owner("mina", limit=1),
        lambda heads: list(heads.scan()),
        lambda heads: heads.begin(HEAD),
        lambda heads: heads.hold(HEAD, run="next-0", now=NOW),
        lambda heads: heads.delete("mina", "c", now=NOW),
    ],
)
def test_a_table_that_answers_no_request_is_out_of_reach(
    wire: Wire, heads: DynamoConversations, ask: Callable[[DynamoConversations], object]
):
    wire.answers = [refusal("ResourceNotFoundException")]

    with pytest.raises(UnavailableError, match="DynamoDB is unavailable: ResourceNotFound"):
        ask(heads)


def test_heads_are_read_strongly_consistent(wire: Wire, heads: DynamoConversations):
    heads.get("mina", "c")
    wire.answers = [(200, {"Items": []})]
    heads.list_by_owner("mina", limit=1)
    list(heads.scan())

    assert [params["ConsistentRead"] for _, params in wire.asked] == [True, True, True]


def test_a_list_reads_its_owners_conversations_and_no_counters(wire: Wire, heads: DynamoConversations):
    wire.answers = [(200, {"Items": []})]

    heads.list_by_owner("mina", limit=1)

    (params,) = wire.params("Query")
    assert params["KeyConditionExpression"] == "pk = :pk AND begins_with(sk, :sk)"
    assert params["ExpressionAttributeValues"] == {":pk": {"S": "owner#mina"}, ":sk": {"S": "conversation#"}}
    assert "IndexName" not in params


def test_a_list_is_of_all_pages(wire: Wire, heads: DynamoConversations):
    def page(conversation_id: str, at: int, **more: Any) -> tuple[int, Any]:
        heads.begin(HEAD.model_copy(update={"id": conversation_id, "updated_at": NOW.replace(second=at)}))
        return 200, {"Items": [wire.params("PutItem")[-1]["Item"]], **more}

    last: Any = {"pk": {"S": "owner#mina"}, "sk": {"S": "conversation#a"}}
    wire.answers = [*[page("a", 1, LastEvaluatedKey=last)], page("b", 2)]

    assert [head.id for head in heads.list_by_owner("mina", limit=1)] == ["b"]


def test_a_head_is_in_no_index_of_jobs(wire: Wire, heads: DynamoConversations):
    heads.begin(HEAD)

    (params,) = wire.params("PutItem")
    assert not {"owner", "open_shard", "next_check_at"} & params["Item"].keys()
    assert params["ConditionExpression"] == "attribute_not_exists(pk)"


def test_a_turn_and_its_entrys_removal_are_one_transaction(wire: Wire, store: DynamoJobStore):
    after = store.complete_after(succeeded(), "turn")

    assert after is not None
    assert list(after.after) == ["n"]
    (params,) = wire.params("TransactWriteItems")
    job, head = (item["Update"] for item in params["TransactItems"])
    assert job["Key"]["pk"] == {"S": "job#job"}
    assert head["Key"] == {"pk": {"S": "owner#mina"}, "sk": {"S": "conversation#c"}}
    assert head["ConditionExpression"] == "#pending = :v0 AND #turns = :v1"
    assert (head["ExpressionAttributeValues"][":v0"], head["ExpressionAttributeValues"][":v1"]) == (
        {"S": "job-0"},
        {"N": "1"},
    )


def test_of_a_conversation_that_is_deleted_the_entry_alone_is_removed(wire: Wire, store: DynamoJobStore):
    wire.answers = [cancelled(FINE, FAILED), (200, {})]

    after = store.complete_after(succeeded(), "turn")

    assert after is not None
    assert list(after.after) == ["n"]
    (params,) = wire.params("UpdateItem")
    assert params["Key"]["pk"] == {"S": "job#job"}
    assert "size(#after) = " in params["ConditionExpression"]


@pytest.mark.parametrize(
    "answers",
    [
        [cancelled(FAILED, FINE)],
        [cancelled(FAILED, FAILED)],
        [cancelled(FINE, FAILED), refusal("ConditionalCheckFailedException")],
    ],
)
def test_where_another_has_removed_the_entry_nothing_is_done(
    wire: Wire, store: DynamoJobStore, answers: list[tuple[int, Any]]
):
    wire.answers = list(answers)

    assert store.complete_after(succeeded(), "turn") is None

    assert len(wire.asked) == len(answers)


@pytest.mark.parametrize("reasons", [(FINE, CONFLICT), (CONFLICT, FINE), (CONFLICT, CONFLICT)])
def test_a_transaction_that_meets_another_is_left_for_later(
    wire: Wire, store: DynamoJobStore, reasons: tuple[dict[str, str], ...]
):
    wire.answers = [cancelled(*reasons)]

    with pytest.raises(UnavailableError, match="TransactionCanceledException"):
        store.complete_after(succeeded(), "turn")
    assert not wire.params("UpdateItem")


def test_a_conflict_beside_a_failed_condition_is_no_lost_race_of_the_other(wire: Wire, store: DynamoJobStore):
    """The head's condition says nothing while the job is being written by somebody else."""
    wire.answers = [cancelled(CONFLICT, FAILED), refusal("ConditionalCheckFailedException")]

    assert store.complete_after(succeeded(), "turn") is None
