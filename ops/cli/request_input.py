"""A request as it is put together from the command line's options."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ops.cli.output import Exit, fail

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemas.job import JsonObject


def build_request(*, file: Path | None, text: str | None, settings: Iterable[str]) -> JsonObject:
    """Return the file's request (`-` is stdin), with the text and then the settings put over it."""
    request = _read(file) if file else {}
    if text is not None:
        request["text"] = text
    for setting in settings:
        put_setting(request, setting)
    _require_json(request)
    return request


def _require_json(request: JsonObject) -> None:
    """End the command where a terminal's bytes are no UTF-8, or a number is none."""
    try:
        json.dumps(request, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        fail("The request is not JSON in UTF-8.", "Look at the terminal's encoding, and for NaN.", Exit.REFUSED)


def named_files(options: Iterable[str]) -> dict[str, Path]:
    """Return the files of `field=file` options, by field."""
    files: dict[str, Path] = {}
    for option in options:
        field, equals, path = option.partition("=")
        if not (field and equals and path):
            raise typer.BadParameter(f"{option!r} is not of the form field=file", param_hint="--upload")
        files[field] = Path(path)
    return files


def _read(file: Path) -> JsonObject:
    source = "stdin" if str(file) == "-" else str(file)
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        document = json.loads(data)
    except ValueError as error:
        fail(f"{source} is not JSON: {_where(error)}.", code=Exit.REFUSED)
    if not isinstance(document, dict):
        fail(f"{source} must be a JSON object.", code=Exit.REFUSED)
    return document


def _where(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno}, column {error.colno}"
    return "it is not UTF-8"


def put_setting(request: JsonObject, setting: str) -> None:
    """Put `a.b=value` into the request; a value that is no JSON is a string."""
    path, equals, value = setting.partition("=")
    *parents, name = path.split(".")
    if not equals or not all((*parents, name)):
        raise typer.BadParameter(f"{setting!r} is not of the form field=value", param_hint="--set")
    place = request
    for parent in parents:
        place = place.setdefault(parent, {})
        if not isinstance(place, dict):
            raise typer.BadParameter(f"{path!r} leads into a value that has no fields", param_hint="--set")
    place[name] = _value(value)


def _value(text: str) -> Any:  # noqa: ANN401 - any JSON
    try:
        return json.loads(text)
    except ValueError:
        return text
