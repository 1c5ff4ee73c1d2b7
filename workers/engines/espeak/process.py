"""The parent's side of espeak's process, whose mechanism is `workers.engines.child`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from workers.engines.child.process import ChildProcess

if TYPE_CHECKING:
    from workers.engines.espeak.library import Utterance


@dataclass(frozen=True, kw_only=True)
class Hello:
    """What espeak's process says about itself when it is ready."""

    version: str
    sample_rate_hz: int
    variants: tuple[str, ...]
    voices: tuple[tuple[str, tuple[str, ...], str], ...]
    """Each voice's name, languages (best first) and identifier."""


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """What came back for an utterance."""

    pcm: bytes | bytearray
    """Mono PCM s16le at the rate of `Hello`."""
    events: tuple[tuple[str, int, int], ...]
    """As in `library.Outcome`."""
    truncated: bool


class RefusedByEspeakError(Exception):
    """espeak-ng was reached and refused the utterance."""


class EspeakProcess:
    """One process of espeak-ng, which answers one request at a time; callers on other threads wait."""

    def __init__(self) -> None:
        self.child = ChildProcess(
            "workers.engines.espeak.server", name="espeak-ng", label="espeak", task="Speaking the text"
        )

    @property
    def pid(self) -> int | None:
        """The process that runs now."""
        return self.child.pid

    def hello(self, *, timeout_s: float) -> Hello:
        """What the running process can do; starts it where there is none.

        Raises:
            TransientError: `engine_timeout`, `engine_crashed`.
        """
        header = self.child.hello(timeout_s=timeout_s)
        voices = tuple((name, tuple(languages), identifier) for name, languages, identifier in header["voices"])
        return Hello(
            version=header["version"],
            sample_rate_hz=header["sample_rate_hz"],
            variants=tuple(header["variants"]),
            voices=voices,
        )

    def speak(self, utterance: Utterance, *, timeout_s: float, cpu_s: int | None = None) -> Spoken:
        """Have an utterance spoken.

        Raises:
            RefusedByEspeakError: the library refused it.
            TransientError: `engine_timeout`, after which the process is gone; `engine_crashed`.
        """
        header = {**asdict(utterance), "ask": "speak"}
        text = header.pop("text").encode()
        reply = self.child.exchange(header, text, timeout_s=timeout_s, cpu_s=cpu_s)
        if reason := reply.header.get("refused"):
            raise RefusedByEspeakError(reason)
        events = tuple((str(kind), int(at_ms), int(index)) for kind, at_ms, index in reply.header["events"])
        return Spoken(pcm=reply.body, events=events, truncated=bool(reply.header["truncated"]))

    def phonemes(self, text: str, *, voice: str, timeout_s: float) -> str:
        """Return how a voice would say a text, in IPA with stress marks.

        Raises:
            RefusedByEspeakError: the library refused it.
            TransientError: as `speak`.
        """
        reply = self.child.exchange({"ask": "phonemes", "voice": voice}, text.encode(), timeout_s=timeout_s)
        if reason := reply.header.get("refused"):
            raise RefusedByEspeakError(reason)
        return str(reply.header["ipa"])

    def close(self) -> None:
        """End the process. The next call would start another."""
        self.child.close()
