"""The picture process. Run by processor.py as `python -m workers.engines.pictures.server PID`."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from workers.engines.child.server import serve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workers.engines.child.server import Answer, Send

MAX_ADDRESS_BYTES = 640 * 1024**2
#: How much of a picture is sent at a time.
_PIECE_BYTES = 1024**2


def main() -> None:
    """Serve the parent whose process id is the first argument."""
    serve(start, max_address_bytes=MAX_ADDRESS_BYTES)


def start() -> tuple[Mapping[str, Any], Answer]:
    """Load Pillow; returns its version and what answers requests."""
    import PIL  # noqa: PLC0415 - after the limits

    from workers.engines.pictures import make  # noqa: F401, PLC0415 - as above

    warnings.simplefilter("ignore")  # they are about what is in files
    return {"version": PIL.__version__}, answer


def answer(header: dict[str, Any], body: bytes, send: Send) -> Mapping[str, Any]:
    """Process one picture: the file is the body; the reply's has the pictures one after another, as its header says."""
    from workers.engines.pictures.make import made_of  # noqa: PLC0415 - loads Pillow
    from workers.engines.pictures.refusals import RefusedPictureError  # noqa: PLC0415 - as above

    del header
    try:
        outline, written = made_of(body)
    except RefusedPictureError as error:
        return {"refused": error.args[0]}
    except MemoryError:
        return {"refused": "too_many_pixels", "error": "MemoryError"}
    # Pillow raises OSError, SyntaxError, ValueError, struct.error and others as they come over damaged files: all of
    # them are this file's. The parent logs which it was.
    except Exception as error:  # noqa: BLE001
        return {"refused": "damaged", "error": type(error).__name__}
    for one in written:
        for start in range(0, len(one.data), _PIECE_BYTES):
            send(one.data[start : start + _PIECE_BYTES])
    pictures = [[one.name, one.format, one.width, one.height, len(one.data)] for one in written]
    return {"format": outline.format, "frames": outline.frames, "pictures": pictures}


if __name__ == "__main__":
    main()
