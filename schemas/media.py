"""Files that a job has made, as its result describes them."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from schemas.model import Model

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Ms = Annotated[int, Field(ge=0)]
"""Milliseconds."""
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]
"""A BCP 47 tag, for example `en-US` or `ko-KR`."""
AudioFormat = Literal["mp3", "ogg", "wav"]
SampleRate = Literal[8_000, 16_000, 22_050, 24_000, 44_100, 48_000]


def primary_language(tag: str) -> str:
    """Return the first part of a BCP 47 tag in lower case, for example `ko` of `ko-KR`."""
    return tag.partition("-")[0].lower()


class StoredFile(Model):
    """An object in the bucket."""

    key: str
    mime: str
    bytes: Annotated[int, Field(ge=0)]
    sha256: Sha256


class Audio(StoredFile):
    """Mono audio; the duration is that of the samples, without a codec's padding."""

    duration_ms: Annotated[int, Field(ge=0)]
    sample_rate_hz: int


def stored_files(document: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - any JSON
    """Find the `StoredFile`s that a result's document describes, wherever in it they stand."""
    match document:
        case {"key": str(), "sha256": str()}:
            yield document
        case dict():
            for value in document.values():
                yield from stored_files(value)
        case list():
            for value in document:
                yield from stored_files(value)
