"""Amazon S3 Vectors and Pinecone: what is stored is found, in its own collection alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ops.bench.folder import MemoryFolder
from tests.integration.calling import Attempt
from tests.integration.storing import DIMENSIONS, FOLDER, Vendor, rows, use, vendor_of
from workers.work import CancelledError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workers.engines.retrieval.vectors import Near

OTHERS = MemoryFolder("mina-course2")


@pytest.fixture(params=["s3vectors", "pinecone"])
def vendor(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    with vendor_of(request.param, monkeypatch) as vendor:
        yield vendor


def keys(found: Sequence[Near]) -> list[str]:
    return [near.key for near in found]


def test_the_closest_vectors_come_first_with_their_cosines(vendor: Vendor):
    store = vendor.store()
    store.put(FOLDER, ["a#0", "a#1", "a#2"], rows("hot soup", "soup", "bicycle"), Attempt())

    found = store.nearest(FOLDER, rows("soup")[0], limit=10, call=Attempt())

    assert keys(found) == ["a#1", "a#0"]  # what is not alike at all is left out
    assert [near.similarity for near in found] == pytest.approx([1, np.sqrt(0.5)], abs=1e-6)
    assert keys(store.nearest(FOLDER, rows("soup")[0], limit=1, call=Attempt())) == ["a#1"]


def test_a_collection_is_found_by_itself_alone(vendor: Vendor):
    store = vendor.store()
    store.put(FOLDER, ["a#0"], rows("soup"), Attempt())
    store.put(OTHERS, ["b#0"], rows("soup"), Attempt())

    assert keys(store.nearest(FOLDER, rows("soup")[0], limit=10, call=Attempt())) == ["a#0"]
    store.drop(OTHERS, ["a#0"], Attempt())
    assert keys(store.nearest(FOLDER, rows("soup")[0], limit=10, call=Attempt())) == ["a#0"]
    assert keys(store.nearest(OTHERS, rows("soup")[0], limit=10, call=Attempt())) == ["b#0"]


def test_others_closer_vectors_take_no_places(vendor: Vendor):
    store, crowd = vendor.store(), [f"b#{number}" for number in range(120)]
    store.put(OTHERS, crowd, np.tile(rows("soup"), (120, 1)), Attempt())
    vendor.store("older:64").put(FOLDER, crowd, np.tile(rows("soup"), (120, 1)), Attempt())
    store.put(FOLDER, ["a#0"], rows("hot soup"), Attempt())

    assert keys(store.nearest(FOLDER, rows("soup")[0], limit=100, call=Attempt())) == ["a#0"]


def test_vectors_of_another_model_are_not_compared(vendor: Vendor):
    vendor.store("older:64").put(FOLDER, ["a#0"], rows("soup"), Attempt())
    store = vendor.store("newer:64")
    store.put(FOLDER, ["b#0"], rows("hot soup"), Attempt())

    assert keys(store.nearest(FOLDER, rows("soup")[0], limit=1, call=Attempt())) == ["b#0"]
    store.drop(FOLDER, ["a#0"], Attempt())
    assert len(vendor.server.keys) == 1


def test_vectors_of_the_same_key_are_replaced_and_dropped_ones_are_gone(vendor: Vendor):
    store = vendor.store()
    for text in ("soup", "bicycle"):
        store.put(FOLDER, ["a#0"], rows(text), Attempt())

    assert use(store, "query") == []
    assert len(vendor.server.keys) == 1
    store.drop(FOLDER, ["a#0", "never#0"], Attempt())
    assert vendor.server.keys == []


def test_what_was_never_stored_can_be_dropped(vendor: Vendor):
    use(vendor.store(), "drop")

    assert vendor.server.times(vendor.drop) == 1


def test_nothing_to_store_is_no_request(vendor: Vendor):
    vendor.store().put(FOLDER, [], np.zeros((0, DIMENSIONS), np.float32), Attempt())
    vendor.store().drop(FOLDER, [], Attempt())

    assert vendor.server.asked == []


def test_many_vectors_go_in_as_few_requests_as_the_vendor_takes(vendor: Vendor):
    store, count = vendor.store(), 2_500
    names = [f"{'0' * 80}#{number}" for number in range(count)]

    store.put(FOLDER, names, np.full((count, DIMENSIONS), -1 / 8 + 1e-9, np.float32), Attempt())

    assert len(vendor.server.keys) == count
    assert vendor.server.times(vendor.put) <= 5
    store.drop(FOLDER, names, Attempt())
    assert vendor.server.keys == []
    assert vendor.server.times(vendor.drop) <= 5


@pytest.mark.parametrize("dimensions", [1_536, 4_096])
def test_requests_of_long_vectors_stay_below_the_vendors_limit(
    monkeypatch: pytest.MonkeyPatch, dimensions: int, request: pytest.FixtureRequest
):
    del request
    numbers = np.random.default_rng(7).normal(size=(600, dimensions)).astype(np.float32)
    for name in ("s3vectors", "pinecone"):
        with vendor_of(name, monkeypatch, dimensions=dimensions) as vendor:
            vendor.store().put(FOLDER, [f"a#{number}" for number in range(600)], -numbers * 1e-6, Attempt())
            assert len(vendor.server.keys) == 600


def test_more_is_found_than_a_page_has(vendor: Vendor):
    store = vendor.store()
    store.put(FOLDER, [f"a#{number:03}" for number in range(260)], np.tile(rows("soup"), (260, 1)), Attempt())

    found = store.nearest(FOLDER, rows("soup")[0], limit=250, call=Attempt())

    assert len(set(keys(found))) == 250
    assert len(store.nearest(FOLDER, rows("soup")[0], limit=100, call=Attempt())) == 100


def test_a_cancelled_job_stores_no_more(vendor: Vendor):
    def cancel() -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        use(vendor.store(), "put", Attempt(on_progress=cancel))

    assert vendor.server.asked == []
