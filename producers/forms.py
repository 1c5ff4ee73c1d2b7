"""Submissions as `multipart/form-data`: files beside the request's other fields, read into what the JSON would be.

What a form says is validated as JSON is: by the one typed route of its kind.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import Request
from pydantic_core import from_json
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from producers.bodies import JSON, too_large
from producers.failures import invalid
from producers.files import Upload
from producers.form_fields import REQUEST_PART, text_fields
from producers.multipart import parsed
from producers.problems import FieldError, ProblemError
from producers.validation import field_errors
from schemas.files import UPLOADS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.datastructures import FormData
    from starlette.types import Message

    from producers.bodies import ReadForm
    from schemas.files import FileField
    from schemas.kinds import AnyKind

_UNKNOWN_MEDIA = "application/octet-stream"


def form_reader(kind: AnyKind) -> ReadForm | None:
    """Return what reads a form of the kind; None where it has no files, and JSON says all."""
    if not kind.files:
        return None
    return partial(_read, kind=kind, texts=text_fields(kind))


@asynccontextmanager
async def _read(request: Request, *, kind: AnyKind, texts: frozenset[str]) -> AsyncIterator[Request]:
    """Read a form; its files are in `request.state.uploads`, until the end.

    Raises:
        ProblemError: it is no form, too large, or has a part that can't be read.
    """
    form = await parsed(request, kind)
    try:
        document, uploads = await _understood(form, kind, texts)
        request.state.uploads = uploads
        yield _as_json(request, document)
    finally:
        await form.close()


async def _understood(
    form: FormData, kind: AnyKind, texts: frozenset[str]
) -> tuple[dict[str, Any], tuple[Upload, ...]]:
    """Return the request, in which a file stands as the reference that it gets, and the files."""
    parts = form.multi_items()
    _refuse_duplicates([name for name, _ in parts])
    document: dict[str, Any] = {}
    uploads = []
    for name, part in sorted(parts, key=_order):
        if name == REQUEST_PART:
            document |= _request(await _text(part, kind))
        elif name in kind.files and isinstance(part, UploadFile):
            upload = await _upload(part, name, kind.files[name])
            _put(document, name, upload.ref)
            uploads.append(upload)
        elif name in kind.files:
            _put(document, name, await _text(part, kind))
        elif name not in kind.request.model_fields:
            document[name] = None  # the typed route refuses it by its name
        else:
            text = await _text(part, kind)
            document[name] = text if name in texts else _value(text)
    return document, tuple(uploads)


def _order(part: tuple[str, Any]) -> tuple[bool, int]:
    """Sort the whole request before its fields, and a field before those within it."""
    return part[0] != REQUEST_PART, part[0].count(".")


def _put(document: dict[str, Any], path: str, ref: str) -> None:
    """Put a file's reference where its path leads."""
    *parents, name = path.split(".")
    place = document
    for depth, parent in enumerate(parents, 1):
        place = place.setdefault(parent, {})
        if not isinstance(place, dict):
            raise invalid([_no_object(".".join(parents[:depth]))])
    place[name] = ref


def _refuse_duplicates(names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        errors = [{"type": "value_error", "loc": ("body", name), "msg": "Should be given once"} for name in twice]
        raise invalid(field_errors(errors))


async def _upload(part: UploadFile, name: str, field: FileField) -> Upload:
    """Return a file under a reference made from its content: the same file again is the same request."""
    if not part.size:
        raise invalid([FieldError(field=name, message="Should be a file that is not empty", code="too_short")])
    if part.size > field.max_bytes:
        raise too_large(field.max_bytes)
    content_id = await run_in_threadpool(_content_id, part.file)
    given = (part.content_type or "").lower().partition(";")[0].strip()
    mime = given if UPLOADS[field.media].mime.fullmatch(given) else _UNKNOWN_MEDIA
    return Upload(ref=f"{field.media}:{content_id}", mime=mime, file=part.file)


def _content_id(file: Any) -> str:  # noqa: ANN401 - a spooled file has no better type
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    return digest[:32]


async def _text(part: UploadFile | str, kind: AnyKind) -> str:
    """Return a part's text; a browser sends JSON of a `Blob` as a file."""
    if isinstance(part, str):
        return part
    if (part.size or 0) > kind.request_max_bytes:
        raise too_large(kind.request_max_bytes)
    try:
        return (await part.read()).decode("utf-8")
    except UnicodeDecodeError:
        raise ProblemError("malformed_form", "Send text in UTF-8.") from None


def _request(text: str) -> dict[str, Any]:
    try:
        document = from_json(text, allow_inf_nan=False)
    except ValueError:
        raise ProblemError("malformed_json", f"The part `{REQUEST_PART}` could not be read as JSON.") from None
    if not isinstance(document, dict):
        raise invalid([_no_object(REQUEST_PART)])
    return document


def _no_object(name: str) -> FieldError:
    return FieldError(field=name, message="Should be a JSON object", code="dict_type")


def _value(text: str) -> Any:  # noqa: ANN401 - any JSON
    try:
        return from_json(text, allow_inf_nan=False)
    except ValueError:
        return text  # the typed route says what the field takes instead


def _as_json(request: Request, document: dict[str, Any]) -> Request:
    """Return the request as if the document had been its body; what `request.state` holds is the same."""
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    described = {b"content-type", b"content-length"}
    headers = [(name, value) for name, value in request.scope["headers"] if name not in described]

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request({**request.scope, "headers": [*headers, (b"content-type", JSON.encode())]}, receive)
