"""An owner's collections of documents over HTTP: listed, and deleted for good."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from schemas.collections import SegmentName, collection_prefix, document_key
from tests.api import ApiBench

COURSE = "/v1/collections/course"


def put(bench: ApiBench, document: str, *, owner: str = "mina", collection: str = "course", version: int = 1) -> str:
    name = SegmentName(document_key(document), version, 3 * version, "c" * 32)
    key = f"{collection_prefix(owner, collection)}{name}"
    bench.objects.inner.put(key, b"passages", mime="application/octet-stream")
    return key


def ask(bench: ApiBench, method: str, path: str, *, owner: str = "mina") -> Any:
    return bench.http.request(method, path, headers={"X-Sayline-Owner": owner})


def test_collections_say_how_many_documents_count():
    bench = ApiBench()
    put(bench, "guide.md")
    put(bench, "guide.md", version=2)
    put(bench, "안내.pdf")
    put(bench, "menu.txt", collection="a-cafe")

    found = ask(bench, "GET", "/v1/collections").json()["collections"]

    assert [(one["name"], one["documents"], one["passages"]) for one in found] == [("a-cafe", 1, 3), ("course", 2, 9)]
    assert ask(bench, "GET", "/v1/collections", owner="jun").json() == {"collections": []}


def test_a_deleted_collection_is_gone_and_nothing_else_is():
    bench = ApiBench()
    put(bench, "guide.md")
    put(bench, "guide.md", version=2)
    left = {put(bench, "guide.md", owner="jun"), put(bench, "guide.md", collection="course-2")}

    assert ask(bench, "DELETE", COURSE).status_code == 204
    assert set(bench.objects.inner.objects) == left
    assert ask(bench, "DELETE", COURSE).json()["code"] == "collection_not_found"


@pytest.mark.parametrize("name", ["안내.pdf", "a/b ?#.md", "guide.md"])
def test_a_deleted_document_goes_with_all_of_its_versions(name: str):
    bench = ApiBench()
    put(bench, name)
    put(bench, name, version=2)
    left = put(bench, "other.md")

    answer = ask(bench, "DELETE", f"{COURSE}/documents/{quote(name, safe='')}")

    assert answer.status_code == 204
    assert set(bench.objects.inner.objects) == {left}


def test_anothers_collection_is_none():
    bench = ApiBench()
    kept = put(bench, "guide.md", owner="jun")

    assert ask(bench, "DELETE", COURSE).status_code == 404
    assert ask(bench, "DELETE", f"{COURSE}/documents/guide.md").status_code == 404
    assert set(bench.objects.inner.objects) == {kept}


@pytest.mark.parametrize("name", ["..", "A", "%2e%2e%2f", "a.b"])
def test_a_name_that_no_collection_can_have_is_refused(name: str):
    bench = ApiBench()
    kept = put(bench, "guide.md")

    assert ask(bench, "DELETE", f"/v1/collections/{name}").status_code in {404, 405, 422}
    assert set(bench.objects.inner.objects) == {kept}
