"""The route that lets a caller write a file straight into the bucket, by a form that is good for one file."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Annotated, Literal
from uuid import uuid4

from fastapi import APIRouter, Body, Response
from pydantic import AwareDatetime, Field, ValidationInfo, field_validator

from producers.bodies import json_route
from producers.failures import invalid
from producers.problems import FieldError, responses
from producers.services import OwnerOf, ServicesOf
from schemas.files import UPLOADS, upload_key
from schemas.kinds import AnyKind
from schemas.model import Model

EXPIRES = timedelta(minutes=15)
_MAX_BYTES = 4096


class UploadRequest(Model):
    """A file that is to be uploaded."""

    media: Literal["audio", "document", "picture"] = "audio"
    """Which sort of file: a recording, a text (plain, Markdown, HTML, PDF), a picture (JPEG, PNG, WebP, GIF, BMP)."""
    bytes: Annotated[int, Field(ge=1, strict=True)]
    """How many bytes it has: the form takes a file of just this size."""
    mime: Annotated[str, Field(max_length=80, examples=["audio/webm", "text/markdown", "image/jpeg"])]
    """Its type, without parameters."""

    @field_validator("mime")
    @classmethod
    def _fits_the_media(cls, mime: str, info: ValidationInfo) -> str:
        # Media that are not valid themselves are not in the data.
        if "media" in info.data and not UPLOADS[info.data["media"]].mime.fullmatch(mime):
            raise ValueError(f"this is no type of {info.data['media']} files")
        return mime


class UploadView(Model):
    """How to upload it, and how a request names it then."""

    ref: str
    """What a request's field says, for example `audio:5f2d7c1e9b0a4d3c8e6f1a2b3c4d5e6f`."""
    url: str
    """Where to POST the form as `multipart/form-data`; the answer is 204."""
    fields: dict[str, str]
    """The form's fields, as they are; the file follows as the last one, `file`."""
    expires_at: AwareDatetime
    """When the form is refused."""


def routes(kinds: Mapping[str, AnyKind]) -> APIRouter:
    """Return the route of uploads; the largest file is that of the kind that takes the largest."""
    router = APIRouter(tags=["uploads"])
    router.add_api_route(
        "/v1/uploads",
        _endpoint(kinds),
        methods=["POST"],
        status_code=201,
        response_model=UploadView,
        operation_id="create_upload",
        summary="Upload a file",
        description="Get a form by which one file is written straight into the bucket, within "
        f"{EXPIRES.seconds // 60} minutes. Nothing is stored before. "
        "Recordings are kept for 30 days, documents and pictures for 7.",
        response_description="A presigned form",
        responses=responses("malformed_json", "request_too_large", "unsupported_media_type", "validation_error"),
        route_class_override=json_route(_MAX_BYTES),
    )
    return router


def _endpoint(kinds: Mapping[str, AnyKind]) -> Callable[..., Response]:
    def create_upload(body: Annotated[UploadRequest, Body()], services: ServicesOf, owner: OwnerOf) -> Response:
        _refuse_larger(body, largest(kinds, body.media))
        # Not made from the content, which nobody has seen yet: a form is used up by what is written with it.
        ref = f"{body.media}:{uuid4().hex}"
        form = services.ports.objects.upload_form(
            upload_key(ref, owner), mime=body.mime, size=body.bytes, expires_s=EXPIRES.seconds
        )
        shown = UploadView(ref=ref, url=form.url, fields=dict(form.fields), expires_at=services.ports.now() + EXPIRES)
        headers = {"Cache-Control": "no-store"}
        return Response(shown.model_dump_json(), status_code=201, headers=headers, media_type="application/json")

    return create_upload


def largest(kinds: Mapping[str, AnyKind], media: str) -> int:
    """Return how many bytes a file of this sort may have."""
    fields = (field for kind in kinds.values() for field in kind.files.values())
    return max((field.max_bytes for field in fields if field.media == media), default=0)


def _refuse_larger(body: UploadRequest, limit: int) -> None:
    if body.bytes > limit:
        raise invalid([FieldError(field="bytes", message=f"Should be at most {limit}", code="less_than_equal")])
