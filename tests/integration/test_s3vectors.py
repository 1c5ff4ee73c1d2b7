"""Amazon S3 Vectors: its index is made where it is not there, and looked at before a worker begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from schemas.errors import EngineUnavailableError, PermanentError
from tests.integration.calling import impatient
from tests.integration.storing import DIMENSIONS, NETWORK, Vendor, fate_of, use, vendor_of
from tests.vendors import s3vectors
from tests.vendors.s3vectors import BUCKET, CREATE, GET, INDEX, PUT, QUERY, Index, S3VectorsServer
from tests.vendors.server import HangUp
from workers.engines import EngineOptionsError, check_engine, load_engine
from workers.engines.retrieval.vendors.bedrock import TitanEmbeddings
from workers.retry import Fail, Retry

if TYPE_CHECKING:
    from collections.abc import Iterator

#: MiniLM's.
WIDTH = 384


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    with vendor_of("s3vectors", monkeypatch) as vendor:
        yield vendor


@pytest.fixture
def server(vendor: Vendor) -> S3VectorsServer:
    assert isinstance(vendor.server, S3VectorsServer)
    return vendor.server


@pytest.mark.parametrize("what", ["put", "query"])
def test_an_index_that_is_not_there_is_made_for_the_embeddings(vendor: Vendor, server: S3VectorsServer, what: str):
    server.indexes.clear()

    use(vendor.store(), what)
    use(vendor.store(), what)

    index = server.indexes[INDEX]
    assert (index.dimension, index.metric, server.times(CREATE)) == (DIMENSIONS, "cosine", 1)


def test_nothing_is_made_to_delete_from(vendor: Vendor, server: S3VectorsServer):
    server.indexes.clear()

    use(vendor.store(), "drop")

    assert server.indexes == {}


def test_an_index_that_another_worker_has_just_made_is_as_good(vendor: Vendor, server: S3VectorsServer):
    server.plan(PUT, s3vectors.refusal("NotFoundException"))

    use(vendor.store(), "put")

    assert (server.times(CREATE), server.times(PUT)) == (1, 2)
    assert len(server.keys) == 1


def test_an_index_that_is_not_ready_yet_has_the_job_try_again_later(vendor: Vendor, server: S3VectorsServer):
    server.plan(PUT, *[s3vectors.refusal("NotFoundException")] * 99)

    with impatient(NETWORK), pytest.raises(EngineUnavailableError) as raised:
        use(vendor.store(), "put")

    assert isinstance(fate_of(raised.value), Retry)


def test_a_bucket_that_there_is_not_fails_the_job(vendor: Vendor):
    with pytest.raises(PermanentError) as raised:
        use(vendor.store(bucket="no-such-bucket"), "put")

    assert (raised.value.code, fate_of(raised.value)) == ("store_not_found", Fail())


@pytest.mark.parametrize(
    ("effect", "error"),
    [
        (s3vectors.refusal("AccessDeniedException"), EngineUnavailableError),
        (s3vectors.refusal("ServiceQuotaExceededException"), PermanentError),
        (s3vectors.refusal("InternalServerException"), EngineUnavailableError),
    ],
)
def test_what_goes_wrong_as_the_index_is_made_is_not_swallowed(
    vendor: Vendor, server: S3VectorsServer, effect: bytes, error: type[Exception]
):
    server.indexes.clear()
    server.plan(CREATE, *[effect] * 99)

    with impatient(NETWORK), pytest.raises(error):
        use(vendor.store(), "put")


@pytest.mark.parametrize("code", ["KmsDisabledException", "KmsInvalidStateException", "KmsNotFoundException"])
def test_a_key_of_the_accounts_that_is_of_no_use_fails_the_job(vendor: Vendor, server: S3VectorsServer, code: str):
    server.plan(PUT, s3vectors.refusal(code))

    with pytest.raises(PermanentError, match=code):
        use(vendor.store(), "put")


def test_others_keys_are_ignored_whatever_the_vendor_answers(vendor: Vendor, server: S3VectorsServer):
    hits = [{"key": "sora-course/a#0", "distance": 0.0}, {"key": "mina-course/a#1", "distance": 0.5}]
    server.plan(QUERY, s3vectors.ok({"vectors": hits, "distanceMetric": "cosine"}))

    assert [near.key for near in use(vendor.store(), "query")] == ["a#1"]  # type: ignore[attr-defined]


def test_distances_that_are_no_cosines_are_not_taken_for_them(vendor: Vendor, server: S3VectorsServer):
    server.indexes[INDEX].metric = "euclidean"

    with pytest.raises(PermanentError) as raised:
        use(vendor.store(), "query")

    assert raised.value.code == "wrong_index"


def test_pages_without_an_end_are_not_asked_for(vendor: Vendor, server: S3VectorsServer):
    page = {"vectors": [], "distanceMetric": "cosine", "nextToken": "1"}
    server.plan(QUERY, *[s3vectors.ok(page)] * 99)

    assert use(vendor.store(), "query") == []
    assert server.times(QUERY) == 1


def given(server: S3VectorsServer, **options: Any) -> dict[str, Any]:
    return {"bucket": BUCKET, "index": INDEX, "endpoint_url": server.url, **options}


def check(server: S3VectorsServer, **options: Any) -> None:
    check_engine("retrieval", "s3vectors", given(server, **options), {"region": "us-east-1"})


def test_a_worker_begins_where_the_index_fits_or_is_not_there(server: S3VectorsServer):
    server.indexes[INDEX] = Index(WIDTH)
    check(server)
    server.indexes.clear()
    check(server)

    assert (server.times(GET), server.indexes) == (2, {})


@pytest.mark.parametrize("index", [Index(1_024), Index(WIDTH, "euclidean")])
def test_a_worker_does_not_begin_with_an_index_of_other_vectors(server: S3VectorsServer, index: Index):
    server.indexes[INDEX] = index

    with pytest.raises(EngineOptionsError, match=f"index 'sayline' has {index.dimension} dimensions .* {index.metric}"):
        check(server)


@pytest.mark.parametrize("effect", [s3vectors.refusal("AccessDeniedException"), HangUp()])
def test_a_worker_that_may_not_look_begins_all_the_same(server: S3VectorsServer, effect: Any):
    server.plan(GET, effect)

    check(server, embeddings={"name": "titan", "dimensions": 512})


def test_the_settings_region_holds_for_the_embeddings_as_well(server: S3VectorsServer):
    options = given(server, embeddings={"name": "titan", "endpoint_url": server.url})
    elsewhere = given(server, embeddings={"name": "titan", "region": "us-west-2", "endpoint_url": server.url})

    for wanted, chosen in (("ap-northeast-2", options), ("us-west-2", elsewhere)):
        engine = load_engine("retrieval", "s3vectors", chosen, {"region": "ap-northeast-2"})
        embeddings = engine._embeddings  # noqa: SLF001 - nobody else can tell
        assert isinstance(embeddings, TitanEmbeddings)
        assert embeddings._client.meta.region_name == wanted  # noqa: SLF001 - likewise
        engine.close()


@pytest.mark.parametrize(
    ("embeddings", "where"),
    [
        ({"name": "word2vec"}, "embeddings"),
        ({"name": "titan", "dimensions": 384}, "embeddings.titan.dimensions"),
        ({"name": "cohere", "dimensions": 512}, "version 3 has 1024 dimensions"),
        ({"name": "openai", "model": "m", "dimensions": 8, "api_key": "sk-0123456789"}, "embeddings.openai.api_key"),
        ({"name": "openai", "model": "m"}, "embeddings.openai.dimensions"),
    ],
)
def test_options_that_are_wrong_are_named_and_never_repeated(embeddings: dict[str, Any], where: str):
    with pytest.raises(EngineOptionsError) as raised:
        load_engine("retrieval", "s3vectors", {"bucket": BUCKET, "embeddings": embeddings}, {})

    assert where in str(raised.value)
    assert "sk-" not in str(raised.value)
