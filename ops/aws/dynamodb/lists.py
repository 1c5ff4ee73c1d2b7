"""Lists of jobs: by index where there is one, else by reading the table; none holds more than a page in memory."""

from __future__ import annotations

from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING

from ops.aws.dynamodb.expressions import Expression
from ops.aws.dynamodb.items import decode, job_id_of
from ops.aws.dynamodb.reads import Reads
from schemas.dead_letters import DeadKey, Period
from schemas.job import dead_shards, open_shards, parked_shard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from typing import Any

    from schemas.job import Job
    from schemas.status import Status

#: Keys that are read with one request, of each shard at a time. A page of 1 MB has 11,000, which take
#: 14 MB once they are parsed.
_PAGE = 1000


class Lists(Reads):
    """The part of the job store that lists."""

    def list_by_owner(self, owner: str, *, limit: int) -> Sequence[Job]:
        """Return the owner's latest jobs, newest first."""
        return list(self._read(islice(self._keys_of(owner), limit)))

    def owned(self, owner: str) -> Iterator[Job]:
        """Iterate over an owner's jobs, newest first."""
        return self._read(self._keys_of(owner))

    def _keys_of(self, owner: str) -> Iterator[Any]:
        return self._query("by_owner", "#k = :k", {"#k": "owner"}, {":k": {"S": owner}}, ScanIndexForward=False)

    def open_jobs(self, kind: str) -> Iterator[Job]:
        """Iterate over a kind's jobs with something left to do; one that moves meanwhile may come twice.

        Scheduled ones first: one that is released while this reads is met again among those that wait, not missed.
        """
        for shard in (parked_shard(kind), *open_shards(kind)):
            yield from self._read(self._of(shard))

    def oldest_open(self, kind: str) -> datetime | None:
        """Return about when the oldest of a kind's jobs that wait or run was to begin.

        The index sorts by the next check, which comes in the order of creation while the clock finds no message
        missing, and doubles its distance with each check after that: the oldest is at one of the two ends.
        """
        ends = {
            job_id_of(key)
            for shard in open_shards(kind)
            for forward in (True, False)
            for key in islice(self._of(shard, ScanIndexForward=forward, Limit=1), 1)
        }
        begins = [job.begins_at for job in self.get_many(sorted(ends)) if not job.status.is_final]
        return min(begins, default=None)

    def count_open(self, kind: str, *, at_most: int) -> int:
        """Count the open jobs of a kind but for scheduled ones, no further than `at_most`."""
        keys = (key for shard in open_shards(kind) for key in self._of(shard))
        return sum(1 for _ in islice(keys, at_most))

    def due_for_check(self, kind: str, *, now: datetime) -> Iterator[Job]:
        """Iterate over the open jobs of a kind whose next check is due, the earliest first."""
        shards = (*open_shards(kind), parked_shard(kind))
        due = (self._due(shard, now, PaginationConfig={"PageSize": _PAGE}) for shard in shards)
        for job in self._read(merge(*due, key=_check_of)):
            # The index is eventually consistent: what it names may be done by now.
            if job.next_check_at and job.next_check_at <= now:
                yield job

    def first_check(self, shards: Iterable[str], *, by: datetime) -> datetime | None:
        """Return the earliest check in these partitions of the open index, where one was due by then.

        One request a partition; the index may be a moment behind the table.
        """
        firsts = [key for shard in shards for key in islice(self._due(shard, by, Limit=1), 1)]
        return min(map(_check_of, firsts), default=None)

    def _due(self, shard: str, by: datetime, **more: Any) -> Iterator[Any]:  # noqa: ANN401 - boto's own
        """Iterate over the keys in a partition of the open index whose check is due by then, the earliest first."""
        e = Expression()
        when = f"{e.name('open_shard')} = {e.value('open_shard', shard)}"
        when += f" AND {e.name('next_check_at')} <= {e.value('next_check_at', by)}"
        return self._query("open", when, e.names, e.values, **more)

    def dead_keys(self, kind: str, period: Period = Period()) -> Iterator[DeadKey]:  # noqa: B008 - a frozen value
        """Iterate over the dead letters of a kind, the oldest first; the index may be a moment behind the table."""
        if period.since > period.until:  # AWS refuses a BETWEEN whose ends are the wrong way round
            return iter(())
        return merge(*(self._dead_of(shard, period) for shard in dead_shards(kind)))

    def _dead_of(self, shard: str, period: Period) -> Iterator[DeadKey]:
        e = Expression()
        at = e.name("next_check_at")
        between = f"{e.value('next_check_at', period.since)} AND {e.value('next_check_at', period.until)}"
        condition = f"{e.name('open_shard')} = {e.value('open_shard', shard)} AND {at} BETWEEN {between}"
        for key in self._query("open", condition, e.names, e.values, PaginationConfig={"PageSize": _PAGE}):
            yield DeadKey(_check_of(key), job_id_of(key))

    def count_dead(self, kind: str) -> int:
        """Count the dead letters of a kind, without reading them."""
        condition, names = "#k = :k", {"#k": "open_shard"}
        return sum(
            page["Count"]
            for shard in dead_shards(kind)
            for page in self._pages("open", condition, names, {":k": {"S": shard}}, Select="COUNT")
        )

    def redriven(self, redrive_id: str | None = None) -> Iterator[Job]:
        """Iterate over the jobs that operators have run again, in no order; reads the whole table."""
        e = Expression()
        path = f"redrives.{redrive_id}" if redrive_id else "redrives"
        return self._scan(e, f"attribute_exists({e.name(path)})", consistent=True)

    def scan(self) -> Iterator[Job]:
        """Iterate over all jobs, in no order; reads the whole table, strongly consistent."""
        return self._scan(Expression(), consistent=True)

    def select(
        self, *, kinds: frozenset[str], statuses: frozenset[Status], since: datetime | None, until: datetime | None
    ) -> Iterator[Job]:
        """Iterate over jobs of these kinds and states, created in this time, in no order; reads the whole table."""
        e, conditions = Expression(), []
        for field, values in (("kind", kinds), ("status", statuses)):
            if values:
                among = ", ".join(e.value(field, value) for value in sorted(values))
                conditions.append(f"{e.name(field)} IN ({among})")
        for comparison, time in ((">=", since), ("<=", until)):
            if time:
                conditions.append(f"{e.name('created_at')} {comparison} {e.value('created_at', time)}")
        return self._scan(e, *conditions)


def _check_of(key: Any) -> datetime:  # noqa: ANN401 - boto's own
    at: datetime = decode("next_check_at", key["next_check_at"])
    return at
