"""The worker's side of audio decoding: what is asked of the decoder's process, and what its answers mean to a job."""

from __future__ import annotations

import atexit
import time
from typing import TYPE_CHECKING

from workers.engines.child.files import FileProcess
from workers.engines.ports import Recording

if TYPE_CHECKING:
    from workers.engines.child.files import Refusals

NAME = "audio-decoder"
FORMATS = "WAV, MP3, Ogg (Opus, Vorbis), WebM, M4A, FLAC"
#: Longest file, as kinds take in.
MAX_BYTES = 50_000_000
#: CPU time that a file may take: a second of any format takes below 0.003 s.
CPU_S, CPU_PER_SECOND = 5, 0.02


class Decoder:
    """Decodes one file at a time; callers on other threads wait for their turn."""

    def __init__(self, module: str = "workers.engines.audio.server") -> None:
        self._process = FileProcess(
            module, name=NAME, label="decoder", task="Decoding the recording", max_bytes=MAX_BYTES
        )
        self.child = self._process.child

    def decode(self, data: bytes, *, max_s: float, timeout_s: float) -> Recording:
        """Decode a recording.

        Args:
            data: the file.
            max_s: how long it may last, at most an hour.
            timeout_s: how long the caller can wait.

        Raises:
            PermanentError: `unreadable_audio`, `audio_too_long`, `audio_too_large`.
            TransientError: `engine_timeout`, `engine_crashed`.
        """
        cpu_s, deadline = CPU_S + int(CPU_PER_SECOND * max_s), time.monotonic() + timeout_s
        reply = self._process.read({"max_s": max_s}, data, refusals=_refusals(max_s), cpu_s=cpu_s, deadline=deadline)
        import numpy as np  # noqa: PLC0415 - a worker of other kinds never loads it

        return Recording(samples=np.frombuffer(reply.body, dtype="<i2"), truncated=bool(reply.header["truncated"]))

    def close(self) -> None:
        """End the process. The next call would start another."""
        self._process.close()


#: This process's decoder, which starts its own process with the first file. Threads take turns: a learner's recording
#: takes some 25 ms, so that a process for each thread would cost much memory and save little time.
DECODER = Decoder()
atexit.register(DECODER.close)


def _refusals(max_s: float) -> Refusals:
    """Return what is said of recordings that may last so long."""
    damaged = f"The recording can't be read: it is damaged, incomplete, or in a format other than these: {FORMATS}."
    slow = f"The recording takes too long to decode. Send it in another of the formats that are taken: {FORMATS}."
    return {
        "too_many_bytes": (
            "audio_too_large",
            f"The file is larger than {MAX_BYTES // 10**6} MB. Send it compressed.",
        ),
        "too_long": ("audio_too_long", f"The recording lasts longer than {_length(max_s)}."),
        "no_sound": ("unreadable_audio", f"The file has no sound. Send a recording as one of these: {FORMATS}."),
        "damaged": ("unreadable_audio", damaged),
        "slow": ("unreadable_audio", slow),
    }


def _length(seconds: float) -> str:
    return f"{seconds / 60:g} minutes" if seconds >= 120 else f"{seconds:g} seconds"  # noqa: PLR2004 - two minutes
