"""What each role does with the bucket, prefix by prefix: policies may allow some of them alone.

A part of an upload that never was is put, an object that is not there deleted if it is there. With an ETag in place of
`*`, S3 would want s3:GetObject as well: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ops.doctor.probes.probe import NOBODYS, Probe
from schemas.collections import collections_folder
from schemas.conversation import CONVERSATIONS_FOLDER
from schemas.files import UPLOADS, user_folder
from schemas.images import PicturedResult
from schemas.kinds import registry
from schemas.retention import REQUESTS_PREFIX, REUSE_PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ops.doctor.patient import Patient

_READ, _WRITE, _DELETE = "GetObject", "PutObject", "DeleteObject"
_ALL: tuple[str, ...] = (_READ, _WRITE, _DELETE)
_READ_ALONE: tuple[str, ...] = (_READ,)
#: Nobody's, but where those of somebody are.
_OWNED = (f"{user_folder(NOBODYS)}{CONVERSATIONS_FOLDER}", collections_folder(NOBODYS).rstrip("/"))


def of_bucket(patient: Patient) -> Iterator[Probe]:
    """Iterate over the probes of what the patient's role needs."""
    client, bucket = patient.clients.s3, patient.settings.bucket_name
    if patient.role != "clock":  # without it S3 says of an object that is not there that it may not be read
        yield Probe("s3:ListBucket", bucket, partial(client.list_objects_v2, Bucket=bucket, MaxKeys=1))
    for prefix, actions in _needed(patient).items():
        asks = _asks(client, bucket, f"{prefix}/{NOBODYS}")
        for action in actions:
            yield Probe(f"s3:{action}", f"{bucket}/{prefix}/", asks[action])


def _needed(patient: Patient) -> Mapping[str, tuple[str, ...]]:
    """Return what the role does below each prefix; what kinds make, such as pictures, lies below their names."""
    uploads = sorted({upload.prefix for upload in UPLOADS.values()})
    match patient.role:
        case "worker":
            made = dict.fromkeys(patient.kinds, _ALL)
            reused = {f"{REUSE_PREFIX}/{kind}": (_READ, _WRITE) for kind in patient.kinds}
            named = dict.fromkeys(registry(), _READ_ALONE)  # a request may name a file of another kind's job
            given = dict.fromkeys((REQUESTS_PREFIX, *uploads), _READ_ALONE)
            return named | made | reused | given | dict.fromkeys(_OWNED, _ALL)
        case "api":
            given = dict.fromkeys(uploads, (_READ, _WRITE)) | dict.fromkeys((REQUESTS_PREFIX, *_OWNED), _ALL)
            return given | dict.fromkeys(patient.kinds, _READ_ALONE) | _deleted(patient.kinds)
        case "clock":
            return {}
        case "operator":
            return {REQUESTS_PREFIX: _ALL}


def _deleted(kinds: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return where the pictures are that owners may delete, and what would have them be made again."""
    pictured = [kind for kind in kinds if issubclass(registry()[kind].result, PicturedResult)]
    return dict.fromkeys(pictured, (_READ, _DELETE)) | {f"{REUSE_PREFIX}/{kind}": (_DELETE,) for kind in pictured}


def _asks(client: Any, bucket: str, key: str) -> Mapping[str, Callable[[], object]]:  # noqa: ANN401 - any request
    nobodys = {"Bucket": bucket, "Key": key}
    part = {"Parts": [{"PartNumber": 1, "ETag": '"0"'}]}
    return {
        _READ: partial(client.get_object, **nobodys),
        # To complete an upload takes the right to put an object.
        _WRITE: partial(client.complete_multipart_upload, **nobodys, UploadId=NOBODYS, MultipartUpload=part),
        _DELETE: partial(client.delete_object, **nobodys, IfMatch="*"),
    }
