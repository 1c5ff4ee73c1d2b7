"""What goes through the pipes to and from a child process: a JSON header, and raw bytes behind it.

A frame is the header's length and the body's length (two unsigned 32-bit integers, big endian), the header, the body.
"""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Mapping

_LENGTHS = struct.Struct(">II")

#: Above any frame of ours (an uploaded file is the longest): a length beyond it means that the sides have lost step.
MAX_PART_BYTES = 64 * 1024 * 1024


class BrokenFrameError(Exception):
    """The pipe ended within a frame, or what came is no frame."""


def write_frame(stream: BinaryIO, header: Mapping[str, Any], body: bytes | bytearray = b"") -> None:
    """Write one frame and flush it."""
    head = json.dumps(header).encode("ascii")
    stream.write(_LENGTHS.pack(len(head), len(body)) + head)
    stream.write(body)
    stream.flush()


def read_frame(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """Wait for a frame; None when the stream has ended between two frames.

    Raises:
        BrokenFrameError: the stream ended within a frame, or carries something else.
    """
    lengths = stream.read(_LENGTHS.size)
    if not lengths:
        return None
    if len(lengths) < _LENGTHS.size:
        raise BrokenFrameError("the stream ended within a frame")
    head_bytes, body_bytes = _LENGTHS.unpack(lengths)
    if max(head_bytes, body_bytes) > MAX_PART_BYTES:
        raise BrokenFrameError("a frame is longer than any that is sent")
    return _header(_exactly(stream, head_bytes)), _exactly(stream, body_bytes)


def _exactly(stream: BinaryIO, count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise BrokenFrameError("the stream ended within a frame")
    return data


def _header(data: bytes) -> dict[str, Any]:
    try:
        header = json.loads(data)
    except ValueError as error:
        raise BrokenFrameError("a header is not JSON") from error
    if not isinstance(header, dict):
        raise BrokenFrameError("a header is not an object")
    return header
