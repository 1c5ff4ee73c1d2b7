from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.timing import utc_now
from producers.ids import derived_id, is_job_id, new_id
from tests.api import INLINE_MAX_BYTES, ApiBench

LONG = "Hello " * INLINE_MAX_BYTES
KEYS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=255)
#: As they arrive: HTTP strips the spaces around a header's value.
SENT_KEYS = KEYS.map(str.strip).filter(bool)


@given(KEYS, KEYS)
def test_a_key_leads_to_one_id_of_its_owner(key: str, other: str):
    derived = uuid.UUID(derived_id("mina", key))
    assert (derived.version, derived.variant) == (8, uuid.RFC_4122)
    assert is_job_id(str(derived))
    assert derived_id("mina", key) == str(derived)
    assert derived_id("juno", key) != str(derived)
    assert (derived_id("mina", other) == str(derived)) == (key == other)


def test_new_ids_are_uuid7_and_sort_by_time():
    ids = [new_id() for _ in range(100)]
    assert ids == sorted(ids)
    assert {uuid.UUID(one).version for one in ids} == {7}
    assert all(map(is_job_id, ids))


@given(st.text(max_size=60))
def test_no_text_but_a_uuid_is_taken_for_an_id(text: str):
    try:
        assert is_job_id(text) == (str(uuid.UUID(text)) == text)
    except ValueError:
        assert not is_job_id(text)


@given(SENT_KEYS)
def test_same_key_and_request_make_one_job(key: str):
    bench = ApiBench()
    first = bench.submit(key=key)
    bench.clock.advance(1)
    again = bench.submit(key=key)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert first.headers["Location"] == again.headers["Location"]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("key", ["", "한글".encode(), "x" * 256, "tab\tinside", "\x7f"])
def test_other_keys_are_refused(key: str | bytes):
    answer = ApiBench().submit(key=key)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"].lower() == "idempotency-key"


def test_default_that_is_spelled_out_is_the_same_request():
    bench = ApiBench()
    bench.submit(key="k")
    bench.clock.advance(1)
    assert bench.submit(key="k", lines=[]).headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("text", ["Other", LONG])
def test_key_of_another_request_is_refused_and_touches_nothing(text: str):
    bench = ApiBench()
    job_id = bench.submitted("Hello " * INLINE_MAX_BYTES + "!", key="k")
    before = dict(bench.objects.inner.objects)
    answer = bench.submit(text, key="k")
    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency_key_reused"
    assert bench.objects.inner.objects == before
    assert [job.id for job in bench.records] == [job_id]


def test_key_of_another_kind_is_refused():
    bench = ApiBench()
    bench.submitted("Hello", key="k")
    answer = bench.http.post("/v1/jobs/tts", json={"text": "Hello"}, headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_owners_do_not_share_keys():
    bench = ApiBench()
    assert bench.submitted(key="k", owner="mina") != bench.submitted(key="k", owner="juno")


def test_replay_of_a_job_that_nobody_has_begun_sends_its_message_again():
    bench = ApiBench()
    bench.submitted(key="k")
    bench.clock.advance(1)
    bench.submitted(key="k")
    assert len(bench.queues.inner.sent) == 2


def test_replay_of_a_job_that_was_begun_sends_nothing():
    bench = ApiBench()
    bench.claim(bench.submitted(key="k"))
    answer = bench.submit(key="k")
    assert answer.json()["status"] == "running"
    assert len(bench.queues.inner.sent) == 1


def test_replay_leaves_one_object():
    bench = ApiBench()
    job_id = bench.submitted(LONG, key="k")
    bench.clock.advance(1)
    bench.submitted(LONG, key="k")
    assert list(bench.objects.inner.objects) == [bench.job(job_id).request.key]


def test_twenty_at_once_make_one_job():
    bench = ApiBench(clock=utc_now)
    with bench.http, ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: bench.submit(LONG, key="k"), range(20)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    (job,) = bench.records
    assert list(bench.objects.inner.objects) == [job.request.key]
