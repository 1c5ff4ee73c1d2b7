"""Files that a request names: an upload of the caller's, or a file that one of the caller's own jobs has made.

`audio:{32 hex}`, `document:{32 hex}` or `picture:{32 hex}` is an upload, `job:{job id}/{name}` a result's file. Whose
it is stands in no reference: the key is made from the job's owner, so that another's upload can't be named at all.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

if TYPE_CHECKING:
    from schemas.ports import JobStore


@dataclass(frozen=True)
class Medium:
    """A sort of upload."""

    prefix: str
    """The bucket's prefix under which such uploads lie; `schemas.retention` says how long."""
    mime: re.Pattern[str]
    """Types that are taken, without parameters. What a file really is, its reader sees."""


_NAME = r"[a-z0-9][a-z0-9.+-]{0,60}"

#: Sorts of uploads, by the first part of their references.
UPLOADS = {
    "audio": Medium("user-audio", re.compile(rf"(audio|video)/{_NAME}")),
    "document": Medium("uploads", re.compile(r"text/(plain|markdown|x-markdown|html)|application/pdf")),
    "picture": Medium("uploads", re.compile(r"image/(jpeg|png|webp|gif|bmp)")),
}

#: What owners have for as long as they like lies below.
USERS_PREFIX = "users"

#: Files that go with kinds' examples.
SAMPLES = Path(__file__).parent / "samples"

_ID = r"[0-9a-f]{32}"
_JOB_FILE = r"job:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}"

AudioRef = Annotated[
    str,
    Field(
        pattern=rf"^(audio:{_ID}|{_JOB_FILE})$",
        description="A recording: `audio:{id}` of an upload, or `job:{id}/{name}` of a file that a job of yours made.",
        examples=["audio:5f2d7c1e9b0a4d3c8e6f1a2b3c4d5e6f", "job:0198c5f0-3b5a-7c3e-9d55-0d6c1f6a2b11/speech.mp3"],
    ),
]

DocumentRef = Annotated[
    str,
    Field(
        pattern=rf"^(document:{_ID}|{_JOB_FILE})$",
        description="A text: `document:{id}` of an upload, or `job:{id}/{name}` of a file that a job of yours made.",
        examples=["document:5f2d7c1e9b0a4d3c8e6f1a2b3c4d5e6f"],
    ),
]

PictureRef = Annotated[
    str,
    Field(
        pattern=rf"^(picture:{_ID}|{_JOB_FILE})$",
        description="A picture: `picture:{id}` of an upload, or `job:{id}/{name}` of a file that a job of yours made.",
        examples=["picture:5f2d7c1e9b0a4d3c8e6f1a2b3c4d5e6f"],
    ),
]


@dataclass(frozen=True, kw_only=True)
class FileField:
    """A field of a request that names a file; a multipart submission may bring the file itself in its place."""

    media: str = "audio"
    """Which sort of upload, a key of `UPLOADS`."""
    max_bytes: int
    """Longest file that is taken in."""
    sample: str | None = None
    """Name of a file in `schemas/samples` that goes with the kind's example; None where that has no such field."""


def user_folder(owner: str) -> str:
    """Return the prefix of what an owner has beside jobs and uploads: conversations, collections of documents."""
    return f"{USERS_PREFIX}/{hashlib.sha256(owner.encode()).hexdigest()[:32]}/"


def owner_folder(media: str, owner: str) -> str:
    """Return the prefix of all uploads of one sort that an owner has; erasing the owner empties it."""
    return f"{UPLOADS[media].prefix}/{hashlib.sha256(owner.encode()).hexdigest()[:32]}/"


def upload_key(ref: str, owner: str) -> str:
    """Return the key under which an owner's upload lies.

    Raises:
        ValueError: the reference is no upload's.
    """
    media, _, upload_id = ref.partition(":")
    if media not in UPLOADS:
        raise ValueError("not an upload")
    return owner_folder(media, owner) + upload_id


def source_key(ref: str, *, owner: str, jobs: JobStore) -> str | None:
    """Return the key of the file that an owner's request names; None where none of the owner's jobs has made it.

    Whether an upload, or a job's file, still lies there is not looked at. Costs a read of the record for a job's file.
    """
    if not ref.startswith("job:"):
        return upload_key(ref, owner)
    job_id, _, name = ref.removeprefix("job:").partition("/")
    job = jobs.get(job_id)
    return job.files.get(name) if job and job.owner == owner else None
