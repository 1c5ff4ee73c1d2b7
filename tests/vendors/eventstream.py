"""AWS's binary framing of events, `application/vnd.amazon.eventstream`, as a service writes it.

A message is: total length and headers' length (uint32, big endian), CRC-32 of these, headers, payload, CRC-32 of all
before it. A header is: length of its name (uint8), name, type 7 (string), length of the value (uint16), value.
https://smithy.io/2.0/aws/amazon-eventstream.html
"""

from __future__ import annotations

import json
from struct import pack
from typing import Any
from zlib import crc32

_STRING = 7


def message(headers: dict[str, str], payload: bytes) -> bytes:
    """Return a message's bytes."""
    head = b"".join(_header(name, value) for name, value in headers.items())
    prelude = pack("!II", 12 + len(head) + len(payload) + 4, len(head))
    body = prelude + pack("!I", crc32(prelude)) + head + payload
    return body + pack("!I", crc32(body))


def event(kind: str, document: dict[str, Any]) -> bytes:
    """Return an event, for example of the type `messageStart`."""
    headers = {":event-type": kind, ":content-type": "application/json", ":message-type": "event"}
    return message(headers, json.dumps(document, ensure_ascii=False).encode())


def exception(kind: str, text: str = "No.") -> bytes:
    """Return an error that the service has modelled, for example `throttlingException`."""
    headers = {":exception-type": kind, ":content-type": "application/json", ":message-type": "exception"}
    return message(headers, json.dumps({"message": text}).encode())


def error(code: str, text: str = "No.") -> bytes:
    """Return an error that it has not."""
    return message({":error-code": code, ":error-message": text, ":message-type": "error"}, b"")


def _header(name: str, value: str) -> bytes:
    return (
        pack("!B", len(name)) + name.encode() + pack("!B", _STRING) + pack("!H", len(value.encode())) + value.encode()
    )
