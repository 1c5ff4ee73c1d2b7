"""Pinecone: what is its own, and what its SDK would do if it were let."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from schemas.errors import EngineUnavailableError, PermanentError, TransientError
from tests.integration.calling import Attempt, impatient
from tests.integration.storing import NETWORK, Vendor, fate_of, use, vendor_of
from tests.vendors import pinecone
from tests.vendors.pinecone import KEY, QUERY, STATS, UPSERT, PineconeServer
from tests.vendors.server import Hang, HangUp
from workers.engines import EngineOptionsError, check_engine, load_engine
from workers.retry import Fail

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 384


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    with vendor_of("pinecone", monkeypatch) as vendor:
        yield vendor


@pytest.fixture
def server(vendor: Vendor) -> PineconeServer:
    assert isinstance(vendor.server, PineconeServer)
    return vendor.server


@pytest.mark.parametrize("what", ["put", "query", "drop"])
def test_what_is_forbidden_fails_the_job(vendor: Vendor, server: PineconeServer, what: str):
    server.plan(getattr(vendor, what), pinecone.refusal(403, message="mina's soup"))

    with pytest.raises(PermanentError) as raised:
        use(vendor.store(), what)

    assert (raised.value.code, fate_of(raised.value)) == ("insufficient_quota", Fail())
    assert "soup" not in raised.value.message


@pytest.mark.parametrize("effect", [HangUp(), pinecone.refusal(503), pinecone.refusal(500), pinecone.refusal(408)])
def test_the_sdk_makes_a_call_once(vendor: Vendor, server: PineconeServer, effect: Any):
    server.plan(QUERY, *[effect] * 99)

    with impatient(NETWORK, within_s=0), pytest.raises(EngineUnavailableError):
        use(vendor.store(), "query")

    assert server.times(QUERY) == 1


def test_vectors_that_were_not_all_taken_are_not_taken_for_stored(vendor: Vendor, server: PineconeServer):
    server.plan(UPSERT, pinecone.ok({"upsertedCount": 0}))

    with pytest.raises(TransientError) as raised:
        use(vendor.store(), "put")

    assert raised.value.code == "unreadable_answer"


def test_a_key_in_the_environment_is_not_sent_to_just_any_host(
    vendor: Vendor, server: PineconeServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PINECONE_API_KEY", "pcsk_of_somebody_else")

    use(vendor.store(), "query")

    assert [request.headers["api-key"] for _, request in server.asked] == [KEY]


def check(server: PineconeServer, **options: Any) -> None:
    given = {"host": server.url, "api_key": "env:SAYLINE_TEST_KEY", **options}
    check_engine("retrieval", "pinecone", given, {"region": "us-east-1"})


@pytest.mark.parametrize("metric", ["cosine", "dotproduct"])
def test_a_worker_begins_where_the_index_fits(server: PineconeServer, metric: str):
    server.dimension, server.metric = WIDTH, metric

    check(server)

    assert server.times(STATS) == 1


@pytest.mark.parametrize(("dimension", "metric"), [(1_024, "cosine"), (WIDTH, "euclidean")])
def test_a_worker_does_not_begin_with_an_index_of_other_vectors(server: PineconeServer, dimension: int, metric: str):
    server.dimension, server.metric = dimension, metric

    with pytest.raises(EngineOptionsError, match=f"has {dimension} dimensions and compares by {metric}"):
        check(server)


@pytest.mark.parametrize("effect", [pinecone.refusal(503), HangUp(), pinecone.refusal(401)])
def test_a_worker_that_finds_nobody_to_ask_begins_all_the_same(server: PineconeServer, effect: Any):
    server.plan(STATS, effect)

    check(server)


def test_a_key_that_is_not_there_is_said_before_a_worker_begins(
    server: PineconeServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("SAYLINE_TEST_KEY")

    with pytest.raises(EngineOptionsError, match="env:SAYLINE_TEST_KEY"):
        check(server)


def test_a_key_of_the_embeddings_that_is_not_there_is_said_too(server: PineconeServer):
    embeddings = {"name": "openai", "model": "m", "dimensions": 8, "api_key": "env:SAYLINE_NO_SUCH_KEY"}

    with pytest.raises(EngineOptionsError, match="env:SAYLINE_NO_SUCH_KEY"):
        check(server, embeddings=embeddings)


def test_a_key_instead_of_its_place_is_refused_and_not_repeated(server: PineconeServer):
    with pytest.raises(EngineOptionsError) as raised:
        load_engine("retrieval", "pinecone", {"host": server.url, "api_key": KEY})

    assert KEY not in str(raised.value)


def test_what_another_worker_waits_for_does_not_hold_this_one(vendor: Vendor, server: PineconeServer):
    server.plan(QUERY, Hang())
    with pytest.raises(EngineUnavailableError):
        use(vendor.store(timeout_s=0.2), "query", Attempt(seconds=5.1))

    assert use(vendor.store(), "query") == []
