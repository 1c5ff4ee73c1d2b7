"""What the caller is told and what is left behind, for every step that AWS may not answer."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from producers.sending import RESEND_AFTER
from schemas.errors import UnavailableError
from tests.api import INLINE_MAX_BYTES, ApiBench

if TYPE_CHECKING:
    from datetime import datetime

    from schemas.envelope import Envelope
    from schemas.job import Job

LONG = "Hello " * INLINE_MAX_BYTES


def is_safe(bench: ApiBench) -> bool:
    """Rule 1: what was accepted has a record, a request that can be read, and a place in the clock's index."""
    (job,) = bench.records
    readable = job.request.inline is not None or job.request.key in bench.objects.inner.objects
    return readable and job.open_shard is not None and job.next_check_at is not None


def test_unreachable_table_refuses_and_leaves_nothing():
    bench = ApiBench()
    bench.store.before = {"create"}
    answer = bench.submit(LONG)
    assert answer.status_code == 503
    assert answer.json()["code"] == "unavailable"
    assert answer.headers["Retry-After"] == "2"
    assert (bench.records, bench.queues.inner.sent, bench.objects.inner.objects) == ([], [], {})


def test_unreachable_bucket_refuses_a_long_request_and_leaves_nothing():
    bench = ApiBench()
    bench.objects.before = {"put"}
    assert bench.submit(LONG).status_code == 503
    assert (bench.records, bench.queues.inner.sent) == ([], [])


def test_record_whose_answer_was_lost_is_taken_back():
    bench = ApiBench()
    bench.store.after = {"create"}
    assert bench.submit(LONG).status_code == 503
    assert (bench.records, bench.objects.inner.objects) == ([], {})


def test_object_stays_while_a_record_may_refer_to_it():
    bench = ApiBench()
    bench.store.after, bench.store.before = {"create"}, {"withdraw"}
    assert bench.submit(LONG).status_code == 503
    (job,) = bench.records
    assert job.request.key in bench.objects.inner.objects


def test_object_stays_where_the_record_whose_answer_was_lost_is_begun_by_now():
    bench = ApiBench()
    create = bench.store.inner.create

    def begun_at_once(job: Job) -> None:
        create(job)
        bench.claim(job.id)

    bench.store.inner.create, bench.store.after = begun_at_once, {"create"}
    assert bench.submit(LONG).status_code == 503
    assert is_safe(bench)


def test_unreachable_queue_withdraws_the_record():
    bench = ApiBench()
    bench.queues.before = {"send"}
    assert bench.submit(LONG).status_code == 503
    assert (bench.records, bench.objects.inner.objects) == ([], {})


def test_refusal_stands_though_its_object_cannot_be_deleted():
    bench = ApiBench()
    bench.queues.before, bench.objects.before = {"send"}, {"delete"}
    assert bench.submit(LONG).status_code == 503
    assert bench.records == []


def test_message_that_arrived_though_its_answer_was_lost_is_accepted():
    bench = ApiBench()
    send = bench.queues.inner.send

    def deliver_at_once(envelope: Envelope, *, owner: str, delay_s: int = 0) -> None:
        send(envelope, owner=owner, delay_s=delay_s)
        bench.claim(envelope.job_id)

    bench.queues.inner.send, bench.queues.after = deliver_at_once, {"send"}
    answer = bench.submit()
    assert answer.status_code == 202
    assert bench.job(answer.json()["id"]).attempt == 1


def test_record_that_cannot_be_withdrawn_is_accepted_and_left_to_the_clock():
    bench = ApiBench()
    bench.queues.before, bench.store.before = {"send"}, {"withdraw"}
    answer = bench.submit(LONG)
    assert answer.status_code == 202
    assert is_safe(bench)
    later = bench.clock.advance(10)
    assert [job.id for job in bench.store.inner.due_for_check("echo", now=later)] == [answer.json()["id"]]


def test_record_that_can_neither_be_withdrawn_nor_hastened_is_accepted_all_the_same():
    bench = ApiBench()
    bench.queues.before, bench.store.before = {"send"}, {"withdraw", "postpone_check"}
    assert bench.submit(LONG).status_code == 202
    assert is_safe(bench)


def test_repeat_is_accepted_though_its_own_object_cannot_be_deleted():
    bench = ApiBench()
    job_id = bench.submitted(LONG, key="k")
    bench.objects.before = {"delete"}
    bench.clock.advance(1)
    answer = bench.submit(LONG, key="k")
    assert (answer.status_code, answer.json()["id"]) == (202, job_id)


def test_withdrawal_whose_answer_was_lost_is_no_acceptance():
    bench = ApiBench()
    bench.queues.before, bench.store.after = {"send"}, {"withdraw"}
    assert bench.submit(LONG).status_code == 503
    assert (bench.records, bench.objects.inner.objects) == ([], {})


def test_a_record_that_another_request_with_the_key_has_made_since_is_no_acceptance():
    bench = ApiBench()
    withdraw = bench.store.inner.withdraw

    def withdrawn_and_made_again(job: Job) -> bool:
        withdraw(job)
        bench.store.inner.create(job.model_copy(update={"submission": "another"}))
        raise UnavailableError("DynamoDB", "the answer was lost")

    bench.store.inner.withdraw = withdrawn_and_made_again
    bench.queues.before = {"send"}

    assert bench.submit(LONG, key="k").status_code == 503
    (job,) = bench.records
    assert (job.submission, job.checks) == ("another", 0)


def test_nothing_is_promised_where_nothing_is_known():
    bench = ApiBench()
    bench.queues.before, bench.store.before = {"send"}, {"withdraw", "get"}
    assert bench.submit().status_code == 503


@pytest.mark.parametrize("fate", ["before", "after"])
def test_unreachable_queue_withdraws_a_keyed_record_too_and_the_repeat_makes_it(fate: str):
    bench = ApiBench()
    setattr(bench.queues, fate, {"send"})
    assert bench.submit(LONG, key="k").status_code == 503
    assert (bench.records, bench.objects.inner.objects) == ([], {})
    setattr(bench.queues, fate, set())
    bench.clock.advance(1)
    answer = bench.submit(LONG, key="k")
    assert (answer.status_code, "Idempotency-Replayed" in answer.headers) == (202, False)
    assert bench.queues.inner.sent[-1].job_id == answer.json()["id"]
    assert is_safe(bench)


def test_what_was_vouched_for_is_accepted_though_its_message_cannot_be_sent():
    bench = ApiBench()
    bench.submitted(LONG, key="k")
    bench.queues.before = {"send"}
    bench.clock.advance(1)
    assert bench.submit(LONG, key="k").status_code == 202
    (job,) = bench.records
    assert job.next_check_at == bench.clock() + RESEND_AFTER


def test_a_record_that_is_withdrawn_before_it_is_vouched_for_is_made_again():
    bench = ApiBench()
    job_id = bench.submitted(LONG, key="k")
    postpone = bench.store.inner.postpone_check

    def withdrawn_first(job: Job, until: datetime) -> bool:
        bench.store.inner.withdraw(job)
        bench.store.inner.postpone_check = postpone
        return postpone(job, until)

    bench.store.inner.postpone_check = withdrawn_first
    bench.clock.advance(1)
    answer = bench.submit(LONG, key="k")
    assert (answer.status_code, answer.json()["id"]) == (202, job_id)
    assert is_safe(bench)


def test_retry_with_the_key_after_a_lost_answer_finds_the_job_and_sends_it():
    bench = ApiBench()
    bench.store.after = {"create"}
    assert bench.submit(LONG, key="k").status_code == 503
    bench.store.after = set()
    bench.clock.advance(1)
    answer = bench.submit(LONG, key="k")
    assert (answer.status_code, answer.headers["Idempotency-Replayed"]) == (202, "true")
    assert [envelope.job_id for envelope in bench.queues.inner.sent] == [answer.json()["id"]]
    assert is_safe(bench)


STORE_FAULTS = ("create", "withdraw", "get", "postpone_check")
FATES = ("works", "before", "after")


@pytest.mark.parametrize("key", [None, "k"])
def test_every_combination_of_faults_keeps_what_it_accepts(key: str | None):
    for send, delete, *fates in product(FATES, FATES, *[FATES] * len(STORE_FAULTS)):
        bench = ApiBench()
        for twin, method, fate in (
            (bench.queues, "send", send),
            (bench.objects, "delete", delete),
            *((bench.store, method, fate) for method, fate in zip(STORE_FAULTS, fates, strict=True)),
        ):
            if fate != "works":
                getattr(twin, fate).add(method)
        try:
            bench.accept(LONG, key=key)
        except UnavailableError:
            continue
        assert is_safe(bench), (send, delete, fates)


def test_nothing_takes_back_what_another_request_with_the_key_was_promised():
    bench = ApiBench()
    promised: list[str] = []
    send = bench.queues.inner.send

    def fail_once_while_another_succeeds(envelope: Envelope, *, owner: str, delay_s: int = 0) -> None:
        if promised:
            send(envelope, owner=owner, delay_s=delay_s)
            return
        promised.append("")
        bench.clock.advance(1)
        promised.append(bench.accept(LONG, key="k").id)
        raise UnavailableError("SQS", "OutOfReach")

    bench.queues.inner.send = fail_once_while_another_succeeds
    assert bench.accept(LONG, key="k").id == promised[1]
    assert [job.id for job in bench.records] == promised[1:]
    assert is_safe(bench)
