"""The document reader's own process. Run by reader.py as `python -m workers.engines.documents.server PID`."""

from __future__ import annotations

from dataclasses import astuple
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from workers.engines.child.server import serve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workers.engines.child.server import Answer, Send

MAX_ADDRESS_BYTES = 512 * 1024**2


def main() -> None:
    """Serve the parent whose process id is the first argument."""
    serve(start, max_address_bytes=MAX_ADDRESS_BYTES)


def start() -> tuple[Mapping[str, Any], Answer]:
    """Load the readers; returns the version of the one that errs most, and what answers requests."""
    from workers.engines.documents import read  # noqa: F401, PLC0415 - after the limits

    return {"version": f"pypdf {version('pypdf')}"}, answer


def answer(header: dict[str, Any], body: bytes, send: Send) -> Mapping[str, Any]:
    """Read one document: its name is in the header, the file is the body, its text (UTF-8) is the reply's body."""
    from workers.engines.documents.read import read  # noqa: PLC0415 - loads the readers
    from workers.engines.documents.refusals import RefusedDocumentError  # noqa: PLC0415 - as above

    try:
        reading, cuts = read(body, header["name"])
    except RefusedDocumentError as error:
        return {"refused": error.args[0]}
    # pypdf and markdown-it raise their own errors over damaged files, and RecursionError, MemoryError, KeyError and
    # others as they come: all of them are this file's. The parent logs which it was.
    except Exception as error:  # noqa: BLE001
        return {"refused": "damaged", "error": type(error).__name__}
    send(reading.text.encode())
    return {"format": reading.format, "passages": [astuple(one) for one in cuts]}


if __name__ == "__main__":
    main()
