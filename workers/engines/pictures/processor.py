"""The worker's side of processing pictures: what is asked of the picture process, what its answers mean to a job."""

from __future__ import annotations

import atexit
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers.engines.child.files import FileProcess
from workers.engines.pictures.refusals import MAX_BYTES, REFUSALS

if TYPE_CHECKING:
    from workers.engines.child.running import Reply

NAME = "pillow"
#: CPU time that a file may take; the largest ones take some four seconds.
CPU_S = 20


@dataclass(frozen=True, kw_only=True)
class MadePicture:
    """A picture that was made, without metadata."""

    format: str
    """`jpeg`, `png` or `webp`."""
    width: int
    height: int
    data: bytes


@dataclass(frozen=True, kw_only=True)
class MadePictures:
    """What was made of a file."""

    format: str
    """What the file was: `jpeg`, `png`, `webp`, `gif` or `bmp`."""
    frames: int
    original: MadePicture
    processed: MadePicture
    thumbnail: MadePicture
    model: str
    """Pillow's version."""


class Processor:
    """Processes one picture at a time; callers on other threads wait for their turn."""

    def __init__(self, module: str = "workers.engines.pictures.server") -> None:
        self.process = FileProcess(
            module, name=NAME, label="pictures", task="Processing the picture", max_bytes=MAX_BYTES
        )

    def make(self, data: bytes, *, timeout_s: float) -> MadePictures:
        """Make original, processed and thumbnail of a picture's file.

        Args:
            data: the file: JPEG, PNG, WebP, GIF or BMP.
            timeout_s: how long the caller can wait.

        Raises:
            PermanentError: `unsupported_picture`, `unreadable_picture`, `picture_too_large`.
            TransientError: `engine_timeout`, `engine_crashed`.
        """
        deadline = time.monotonic() + timeout_s
        reply = self.process.read({}, data, refusals=REFUSALS, cpu_s=CPU_S, deadline=deadline)
        version = self.process.child.hello(timeout_s=timeout_s)["version"]
        return MadePictures(
            format=reply.header["format"], frames=reply.header["frames"], model=f"Pillow {version}", **_made(reply)
        )

    def close(self) -> None:
        """End the process. The next call would start another."""
        self.process.close()


#: This process's, which starts its own process with the first picture.
PROCESSOR = Processor()
atexit.register(PROCESSOR.close)


def _made(reply: Reply) -> dict[str, MadePicture]:
    made, at = {}, 0
    for name, format_, width, height, length in reply.header["pictures"]:
        data = bytes(reply.body[at : at + length])
        made[name] = MadePicture(format=format_, width=width, height=height, data=data)
        at += length
    return made
