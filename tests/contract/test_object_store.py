"""The object store: S3 and its in-memory twin keep the same contract."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

import httpx2
import pytest

from ops.aws.clients import Clients
from ops.aws.objects import S3ObjectStore
from ops.memory import MemoryObjectStore
from ops.payloads import ClaimCheck
from schemas.errors import MissingObjectError
from schemas.kinds.tts import TtsRequest

if TYPE_CHECKING:
    from typing import BinaryIO

    from ops.settings import Settings
    from schemas.ports import ObjectStore, UploadForm


@pytest.fixture(params=["memory", "s3"])
def objects(request: pytest.FixtureRequest) -> ObjectStore:
    if request.param == "memory":
        return MemoryObjectStore()
    local: Settings = request.getfixturevalue("local_aws")
    return S3ObjectStore(Clients(local).s3, local.bucket_name)


@pytest.fixture
def folder() -> str:
    return f"tts/{uuid4().hex}/"


def test_an_object_comes_back_byte_for_byte(objects: ObjectStore, folder: str):
    data = bytes(range(256)) * 1000

    objects.put(folder + "a", data, mime="audio/mpeg")

    assert objects.get(folder + "a") == data


def test_a_missing_object_is_said_to_be(objects: ObjectStore, folder: str):
    with pytest.raises(MissingObjectError):
        objects.get(folder + "missing")


def test_an_objects_size_is_told_without_reading_it(objects: ObjectStore, folder: str):
    objects.put(folder + "a", b"sound", mime="audio/mpeg")

    assert objects.size(folder + "a") == 5
    with pytest.raises(MissingObjectError, match="gone"):
        objects.size(folder + "gone")


def test_an_object_is_written_from_a_file(objects: ObjectStore, folder: str):
    with SpooledTemporaryFile(max_size=10) as file:  # more than that is on disk
        file.write(b"sound " * 10)
        file.seek(0)
        objects.put(folder + "a", cast("BinaryIO", file), mime="audio/webm")

    assert objects.get(folder + "a") == b"sound " * 10
    assert mime_of(objects, folder + "a") == "audio/webm"


def test_an_object_can_be_named_to_a_vendor(objects: ObjectStore, folder: str):
    bucket = objects._bucket if isinstance(objects, S3ObjectStore) else "memory"  # noqa: SLF001

    assert objects.uri(folder + "a") == f"s3://{bucket}/{folder}a"


def test_a_copy_has_the_bytes_and_the_type_and_stands_by_itself(objects: ObjectStore, folder: str):
    source, target = folder + "0.1/스피치 +&.mp3", folder + "0.2/speech.mp3"
    objects.put(source, b"sound", mime="audio/mpeg")
    objects.put(target, b"older", mime="text/plain")

    objects.copy(source, target)
    objects.delete([source])

    assert objects.get(target) == b"sound"
    assert mime_of(objects, target) == "audio/mpeg"


def test_a_copy_of_nothing_is_said_to_be_and_leaves_the_target(objects: ObjectStore, folder: str):
    objects.put(folder + "target", b"stays", mime="text/plain")

    with pytest.raises(MissingObjectError, match="gone"):
        objects.copy(folder + "gone", folder + "target")

    assert objects.get(folder + "target") == b"stays"


def mime_of(objects: ObjectStore, key: str) -> str:
    if isinstance(objects, MemoryObjectStore):
        return objects.objects[key][1]
    assert isinstance(objects, S3ObjectStore)
    return objects._client.head_object(Bucket=objects._bucket, Key=key)["ContentType"]  # noqa: SLF001


def test_keys_are_listed_and_deleted_by_prefix(objects: ObjectStore, folder: str):
    for name in ("0.1/a", "0.1/b", "0.2/a"):
        objects.put(folder + name, b"x", mime="text/plain")

    assert list(objects.keys(folder + "0.1/")) == [folder + "0.1/a", folder + "0.1/b"]
    objects.delete([folder + "0.1/a", folder + "missing"])

    assert list(objects.keys(folder)) == [folder + "0.1/b", folder + "0.2/a"]


def test_deleting_nothing_is_no_error(objects: ObjectStore):
    objects.delete([])


def test_a_small_document_stays_in_the_record_and_a_large_one_does_not(objects: ObjectStore, folder: str):
    payloads = ClaimCheck(objects, inline_max_bytes=400)
    small, large = TtsRequest(text="안녕하세요"), TtsRequest(text="안녕하세요" * 50)

    inline, claim = payloads.save(folder + "small", small), payloads.save(folder + "large", large)

    assert inline.key is None
    assert claim.inline is None
    assert list(objects.keys(folder)) == [folder + "large"]
    assert TtsRequest.model_validate(payloads.load(inline)) == small
    assert TtsRequest.model_validate(payloads.load(claim)) == large


@pytest.mark.parametrize(("spare", "inline"), [(0, True), (-1, False)])
def test_a_document_of_just_the_longest_size_stays_in_the_record(
    objects: ObjectStore, folder: str, spare: int, *, inline: bool
):
    document = TtsRequest(text="안녕하세요")
    size = len(document.model_dump_json().encode())

    payload = ClaimCheck(objects, inline_max_bytes=size + spare).save(folder + "edge", document)

    assert (payload.inline is not None) == inline


def test_a_presigned_url_serves_the_object_and_a_changed_one_does_not(local_aws: Settings, folder: str):
    objects = S3ObjectStore(Clients(local_aws).s3, local_aws.bucket_name)
    objects.put(folder + "speech.mp3", b"sound", mime="audio/mpeg")

    url = objects.url(folder + "speech.mp3", expires_s=60, filename="speech.mp3", mime="audio/mpeg")

    answer = httpx2.get(url)
    assert answer.content == b"sound"
    assert answer.headers["content-type"] == "audio/mpeg"
    assert "speech.mp3" in answer.headers["content-disposition"]
    assert httpx2.get(url.replace("Expires=60", "Expires=61")).status_code == 403


# --- the form by which anyone may write one object ---


@pytest.fixture
def bucket(local_aws: Settings) -> S3ObjectStore:
    return S3ObjectStore(Clients(local_aws).s3, local_aws.bucket_name)


def send(form: UploadForm, data: bytes, **fields: str) -> int:
    """Send a form as a browser does, the file last."""
    parts: Any = [(name, (None, value)) for name, value in {**form.fields, **fields}.items()]
    return httpx2.post(form.url, files=[*parts, ("file", ("recording", data))], timeout=10, trust_env=False).status_code


def test_a_form_writes_its_object(bucket: S3ObjectStore, folder: str):
    form = bucket.upload_form(folder + "a", mime="audio/webm", size=5, expires_s=60)

    assert send(form, b"sound") == 204

    assert bucket.get(folder + "a") == b"sound"
    assert mime_of(bucket, folder + "a") == "audio/webm"


@pytest.mark.parametrize(
    ("data", "fields", "expires_s"),
    [
        (b"soun", {}, 60),
        (b"sound!", {}, 60),
        (b"sound", {"key": "tts/another"}, 60),
        (b"sound", {"Content-Type": "text/html"}, 60),
        (b"sound", {"acl": "public-read"}, 60),
        (b"sound", {}, 0),
    ],
)
def test_a_form_writes_nothing_else(
    bucket: S3ObjectStore, folder: str, data: bytes, fields: dict[str, str], expires_s: int
):
    form = bucket.upload_form(folder + "a", mime="audio/webm", size=5, expires_s=expires_s)

    assert send(form, data, **fields) in {400, 403}

    assert list(bucket.keys(folder)) == []
