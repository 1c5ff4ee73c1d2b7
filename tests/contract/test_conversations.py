"""The heads of conversations, and turns that follow jobs: DynamoDB and its in-memory twin keep the same contract."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from ops.aws.clients import Clients
from ops.aws.dynamodb import DynamoConversations, DynamoJobStore
from ops.memory import MemoryJobStore
from schemas import moves
from schemas.after import complete
from schemas.conversation import FORGOTTEN_AFTER, ConversationHead
from schemas.job import CountAfter, Job, Lease, Payload, TurnAfter
from schemas.moves import End, Holder, Success
from tests.conftest import ManualClock, new_job

if TYPE_CHECKING:
    from ops.settings import Settings
    from schemas.ports import Conversations, JobStore

ID = "c1"
DAY = "2026-11-21"


@dataclass
class Table:
    jobs: JobStore
    heads: Conversations
    clock: ManualClock
    owner: str
    """One of the test's own."""

    def begin(self, conversation_id: str = ID, **fields: Any) -> ConversationHead:
        defaults: dict[str, Any] = {"level": "low", "role": "a tutor", "topic": "음식", "pending": "job-0"}
        head = ConversationHead(
            id=conversation_id,
            owner=self.owner,
            created_at=self.clock(),
            updated_at=self.clock(),
            **defaults | fields,
        )
        assert self.heads.begin(head)
        return head

    def held(self, turns: int = 0, conversation_id: str = ID) -> tuple[ConversationHead, Job]:
        """A conversation of so many turns, and a job that holds the next one."""
        job = self.claimed()
        return self.begin(conversation_id, turns=turns, pending=job.run), job

    def claimed(self) -> Job:
        job = new_job(uuid4().hex, self.clock, owner=self.owner, kind="reply")
        self.jobs.create(job)
        lease = Lease(token="t", until=self.clock() + timedelta(minutes=1), worker="host:1")
        return self.jobs.apply(moves.claim(job.id, epoch=0, lease=lease, now=self.clock()))

    def succeeded(self, job: Job, turn: int, *, counted: int = 1, **fields: Any) -> Job:
        defaults: dict[str, Any] = {"level": "B1", "role": "a waiter", "topic": "커피"}
        after = TurnAfter(conversation=ID, turn=turn, key=f"users/u/{turn}.json", **defaults | fields)
        counts = {f"n{n}": CountAfter(name=f"n{n}", by=1, day=DAY) for n in range(counted)}
        end = End(expires_at=self.clock() + timedelta(days=30), after={"turn": after, **counts})
        holder = Holder(
            kind="reply", job_id=job.id, epoch=job.epoch, attempt=1, token="t", worker="host:1", max_attempts=3
        )
        success = Success(result=Payload(inline={}), files={}, engine="e", model="m")
        return self.jobs.apply(moves.succeed(holder, success, end=end, now=self.clock()))

    def head(self) -> ConversationHead:
        found = self.heads.get(self.owner, ID)
        assert found is not None
        return found


@pytest.fixture(params=["memory", "dynamodb"])
def table(request: pytest.FixtureRequest, clock: ManualClock) -> Table:
    owner = f"민아-{uuid4().hex[:8]}"
    if request.param == "memory":
        jobs = MemoryJobStore()
        return Table(jobs, jobs.conversations, clock, owner)
    local: Settings = request.getfixturevalue("local_aws")
    client = Clients(local).dynamodb
    name = local.table_name
    return Table(DynamoJobStore(client, name), DynamoConversations(client, name), clock, owner)


# --- heads ---


def test_a_head_comes_back_as_it_was_written(table: Table):
    head = table.begin(turns=3, key="users/u/3.json")

    assert table.head() == head


def test_a_conversation_without_a_topic_has_none(table: Table):
    assert table.begin(topic=None) == table.head()


def test_what_is_not_there_is_none(table: Table):
    assert table.heads.get(table.owner, ID) is None


def test_an_id_is_taken_once(table: Table):
    head = table.begin()

    assert not table.heads.begin(head.model_copy(update={"pending": "another-0"}))

    assert table.head() == head


def test_an_owners_conversation_is_nobody_elses(table: Table):
    head = table.begin()
    other = f"other-{table.owner}"

    assert table.heads.get(other, ID) is None
    assert list(table.heads.list_by_owner(other, limit=10)) == []
    assert not table.heads.delete(other, ID, now=table.clock())
    assert table.heads.begin(head.model_copy(update={"owner": other}))


def test_of_many_jobs_one_holds_the_next_turn(table: Table):
    head = table.begin(pending=None)

    with ThreadPoolExecutor(8) as pool:
        held = list(pool.map(lambda n: table.heads.hold(head, run=f"job-{n}", now=table.clock()), range(8)))

    assert held.count(True) == 1
    assert table.head().pending == f"job-{held.index(True)}"


def test_a_turn_is_taken_over_from_who_was_seen_to_hold_it(table: Table):
    seen = table.begin(pending="dead-0")

    assert table.heads.hold(seen, run="next-0", now=table.clock())
    assert not table.heads.hold(seen, run="late-0", now=table.clock())

    assert table.head() == seen.model_copy(update={"pending": "next-0"})


def test_a_turn_is_not_held_by_who_saw_fewer(table: Table):
    """Between its look and its write another has held, answered and let go."""
    seen, job = table.held(turns=1)
    seen = seen.model_copy(update={"pending": None})
    complete(table.jobs, table.succeeded(job, 2))
    assert table.head().pending is None

    assert not table.heads.hold(seen, run="late-0", now=table.clock())

    assert table.head().pending is None


def test_a_list_has_the_latest_turn_first_and_no_jobs(table: Table):
    for name in ("one", "two", "three"):
        table.begin(name)
        table.clock.advance(1)
    job = table.claimed()

    assert [head.id for head in table.heads.list_by_owner(table.owner, limit=2)] == ["three", "two"]
    assert [found.id for found in table.jobs.list_by_owner(table.owner, limit=10)] == [job.id]


def test_a_list_goes_on_behind_a_place(table: Table):
    for name in ("one", "two", "three", "four"):
        table.begin(name)  # two and two of the same moment: the id decides
        table.clock.advance(name == "two")
    listed = table.heads.list_by_owner(table.owner, limit=9)
    ids = [head.id for head in listed]

    assert ids == ["three", "four", "two", "one"]
    for number, head in enumerate(listed, 1):
        behind = table.heads.list_by_owner(table.owner, limit=2, before=head.place)
        assert [one.id for one in behind] == ids[number : number + 2]


# --- deletion ---


def test_a_deleted_one_is_remembered_and_nothing_is_known_of_it(table: Table):
    head, _ = table.held(turns=2)
    now = table.clock.advance(5)

    assert table.heads.delete(table.owner, ID, now=now)

    assert table.head() == ConversationHead(
        id=ID,
        owner=table.owner,
        turns=2,
        level="low",
        role="",
        created_at=head.created_at,
        updated_at=now,
        deleted=True,
    )
    assert list(table.heads.list_by_owner(table.owner, limit=10)) == []


def test_it_is_deleted_once(table: Table):
    table.begin()

    assert table.heads.delete(table.owner, ID, now=table.clock())
    assert not table.heads.delete(table.owner, ID, now=table.clock())


def test_of_a_deleted_one_no_turn_is_held_and_none_begun(table: Table):
    head = table.begin(pending=None)
    table.heads.delete(table.owner, ID, now=table.clock())

    assert not table.heads.hold(head, run="job-0", now=table.clock())
    assert not table.heads.begin(head)

    assert table.head().deleted


def test_what_is_to_be_forgotten_has_its_time(local_aws: Settings, clock: ManualClock):
    """A deleted conversation, and one that has come to no turn; none that has."""
    client = Clients(local_aws).dynamodb
    owner = uuid4().hex
    heads = DynamoConversations(client, local_aws.table_name)
    table = Table(DynamoJobStore(client, local_aws.table_name), heads, clock, owner)

    def expires_at() -> int:
        key: Any = {"pk": {"S": f"owner#{owner}"}, "sk": {"S": f"conversation#{ID}"}}
        item = client.get_item(TableName=local_aws.table_name, Key=key, ConsistentRead=True)["Item"]
        return int(item["expires_at"]["N"]) if "expires_at" in item else 0

    job = table.claimed()
    head = table.begin(pending=None)
    assert expires_at() == int((clock() + FORGOTTEN_AFTER).timestamp())
    heads.hold(head, run=job.run, now=clock.advance(3600))
    assert expires_at() == int((clock() + FORGOTTEN_AFTER).timestamp())
    complete(table.jobs, table.succeeded(job, 1))
    assert expires_at() == 0
    heads.hold(table.head(), run="next-0", now=clock())
    assert expires_at() == 0
    heads.delete(owner, ID, now=clock())
    assert expires_at() == int((clock() + FORGOTTEN_AFTER).timestamp())


# --- turns ---


@pytest.mark.parametrize("topic", ["커피", None])
def test_a_turn_is_counted_with_its_entrys_removal(table: Table, topic: str | None):
    head, job = table.held(turns=1)
    done = table.succeeded(job, 2, counted=0, topic=topic)
    assert table.head().turns == 1

    after = table.jobs.complete_after(done, "turn")

    assert after == table.jobs.get(job.id)
    assert after is not None
    assert (after.after, after.is_open) == ({}, False)
    assert table.head() == ConversationHead(
        id=ID,
        owner=table.owner,
        turns=2,
        key="users/u/2.json",
        level="B1",
        role="a waiter",
        topic=topic,
        created_at=head.created_at,
        updated_at=table.clock(),
    )


def test_however_many_complete_it_a_turn_is_counted_once(table: Table):
    _, job = table.held()
    done = table.succeeded(job, 1, counted=0)

    with ThreadPoolExecutor(8) as pool:
        completed = list(pool.map(lambda _: table.jobs.complete_after(done, "turn"), range(8)))

    assert len([job for job in completed if job]) == 1
    assert table.head().turns == 1


def test_a_turn_of_a_deleted_conversation_is_dropped_and_the_rest_is_done(table: Table):
    _, job = table.held()
    done = table.succeeded(job, 1)
    table.heads.delete(table.owner, ID, now=table.clock())

    complete(table.jobs, done)

    assert (table.head().turns, table.head().deleted) == (0, True)
    found = table.jobs.get(job.id)
    assert found is not None
    assert (found.after, found.is_open) == ({}, False)
    assert table.jobs.counter(table.owner, DAY, "n0") == 1


def test_a_turn_that_is_dropped_twice_is_dropped_once(table: Table):
    _, job = table.held()
    done = table.succeeded(job, 1)
    table.heads.delete(table.owner, ID, now=table.clock())
    assert table.jobs.complete_after(done, "turn")

    assert table.jobs.complete_after(done, "turn") is None


def test_who_no_longer_holds_the_turn_counts_none(table: Table):
    head, job = table.held()
    table.heads.hold(head, run="another-0", now=table.clock())
    done = table.succeeded(job, 1, counted=0)

    complete(table.jobs, done)

    assert (table.head().turns, table.head().pending) == (0, "another-0")


def test_a_head_without_its_job_is_as_good_as_none(table: Table):
    """The conversation was begun anew after it was forgotten: nobody counts an old turn into it."""
    job = table.claimed()
    done = table.succeeded(job, 1, counted=0)

    complete(table.jobs, done)

    assert table.heads.get(table.owner, ID) is None
