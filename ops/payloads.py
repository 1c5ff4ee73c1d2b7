"""Claim check: a document stays in its record while it is small, else the record keeps its key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from schemas.job import JsonObject, Payload

if TYPE_CHECKING:
    from schemas.model import Model
    from schemas.ports import ObjectStore


class ClaimCheck:
    """Keeps documents of up to `inline_max_bytes` (UTF-8 JSON) in the record."""

    def __init__(self, objects: ObjectStore, *, inline_max_bytes: int) -> None:
        self._objects = objects
        self._inline_max_bytes = inline_max_bytes

    def save(self, key: str, document: Model) -> Payload:
        """Return the document as a payload, written under `key` where it is too large for the record."""
        text = document.model_dump_json()
        data = text.encode()
        if len(data) <= self._inline_max_bytes:
            return Payload(inline=json.loads(text))
        self._objects.put(key, data, mime="application/json")
        return Payload(key=key)

    def load(self, payload: Payload) -> JsonObject:
        """Return the document.

        Raises:
            MissingObjectError: its retention is over.
        """
        if payload.key is None:
            return payload.inline or {}
        document: JsonObject = json.loads(self._objects.get(payload.key))
        return document
