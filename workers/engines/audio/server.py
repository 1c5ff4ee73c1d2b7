"""The audio decoder's own process. Run by decoder.py as `python -m workers.engines.audio.server PID`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workers.engines.child.server import serve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workers.engines.child.server import Answer, Send

#: FFmpeg's libraries and Python take 210 MB of addresses, 290 MB with a file of 50 MB.
MAX_ADDRESS_BYTES = 512 * 1024**2


def main() -> None:
    """Serve the parent whose process id is the first argument."""
    serve(start, max_address_bytes=MAX_ADDRESS_BYTES)


def start() -> tuple[Mapping[str, Any], Answer]:
    """Load FFmpeg; returns its version and what answers requests."""
    import av  # noqa: PLC0415 - after the limits

    av.logging.set_level(None)  # its messages quote what is in the file
    return {"version": av.ffmpeg_version_info}, answer


def answer(header: dict[str, Any], body: bytes, send: Send) -> Mapping[str, Any]:
    """Decode one file: `max_s` is in the header, the file is the body, the samples are the reply's body."""
    from workers.engines.audio.decode import UnusableError, decode  # noqa: PLC0415 - loads FFmpeg

    try:
        decoded = decode(body, max_s=header["max_s"], send=send)
    except UnusableError as error:
        return {"refused": error.args[0]}
    # PyAV raises its own errors over damaged files, and IndexError, ValueError, MemoryError and others as they come:
    # all of them are this file's. The parent logs which it was.
    except Exception as error:  # noqa: BLE001
        return {"refused": "damaged", "error": type(error).__name__}
    return {"truncated": decoded.truncated, "damaged": decoded.damaged}


if __name__ == "__main__":
    main()
