"""The parent's side of espeak's process: started when first needed, killed when late, started again after a crash."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import structlog

from schemas.errors import TransientError
from workers.engines.espeak.frames import BrokenFrameError, read_frame, write_frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from workers.engines.espeak.library import Utterance

T = TypeVar("T")

_ROOT = Path(__file__).parents[3]
_MODULE = "workers.engines.espeak.server"
_STDERR_LINE_MAX = 300

log = structlog.get_logger(__name__)


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
    """One process of espeak-ng, which speaks one utterance at a time; callers on other threads wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: _Child | None = None

    @property
    def pid(self) -> int | None:
        """The process that runs now."""
        return None if self._child is None else self._child.pid

    def hello(self, *, timeout_s: float) -> Hello:
        """What the running process can do; starts it where there is none.

        Raises:
            TransientError: `engine_timeout`, `engine_crashed`.
        """
        return self._talk(lambda child: child.hello, timeout_s)

    def speak(self, utterance: Utterance, *, timeout_s: float) -> Spoken:
        """Have an utterance spoken.

        Raises:
            RefusedByEspeakError: the library refused it.
            TransientError: `engine_timeout`, after which the process is gone; `engine_crashed`.
        """
        return self._talk(lambda child: child.speak(utterance, cpu_s=int(timeout_s) + 1), timeout_s)

    def close(self) -> None:
        """End the process. The next call would start another."""
        with self._lock:
            self._drop()

    def _talk(self, words: Callable[[_Child], T], timeout_s: float) -> T:
        deadline = time.monotonic() + timeout_s
        if not self._lock.acquire(timeout=max(0.0, timeout_s)):
            raise _late()
        completed = False
        try:
            child = self._alive()
            with _Deadline(child, deadline):
                child.greet()
                said = words(child)
            completed = not child.killed
        except RefusedByEspeakError:
            completed = True
            raise
        except (BrokenFrameError, EOFError, OSError) as error:
            if time.monotonic() >= deadline:
                raise _late() from error
            raise _crashed() from error
        finally:
            # Whatever else went wrong (a soft time limit's exception, Ctrl-C) left a reply half read.
            if not completed:
                self._drop()
            self._lock.release()
        return said

    def _alive(self) -> _Child:
        child = self._child
        if child is not None and child.owner != os.getpid():
            # This process was forked from the owner: the pipes are the owner's to use, and the child to end.
            child, self._child = None, None
        if child is not None and child.ended:
            self._drop()
        if self._child is None:
            self._child = _Child()
        return self._child

    def _drop(self) -> None:
        child, self._child = self._child, None
        if child is not None and child.owner == os.getpid():
            child.end()


class _Child:
    def __init__(self) -> None:
        self.owner = os.getpid()
        self.killed = False
        self._hello: Hello | None = None
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", _MODULE, str(self.owner)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(),
            # Ctrl-C in a terminal reaches the whole group: the worker lets a running job finish.
            start_new_session=True,
        )
        self.pid = self._process.pid
        self._drain = threading.Thread(target=_log_lines, args=(self._process.stderr, self.pid), daemon=True)
        self._drain.start()

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    @property
    def hello(self) -> Hello:
        if self._hello is None:
            raise EOFError
        return self._hello

    def greet(self) -> None:
        if self._hello is not None:
            return
        header, _ = self._read()
        voices = tuple((name, tuple(languages), identifier) for name, languages, identifier in header["voices"])
        self._hello = Hello(
            version=header["version"],
            sample_rate_hz=header["sample_rate_hz"],
            variants=tuple(header["variants"]),
            voices=voices,
        )
        log.info("espeak_started", espeak_pid=self.pid, version=self._hello.version)

    def speak(self, utterance: Utterance, *, cpu_s: int) -> Spoken:
        header = asdict(utterance)
        body = header.pop("text").encode()
        write_frame(_pipe(self._process.stdin), {**header, "cpu_s": cpu_s}, body)
        pcm = bytearray()
        while True:
            header, piece = self._read()
            if header["kind"] == "refused":
                raise RefusedByEspeakError(header["reason"])
            if header["kind"] == "done":
                events = tuple((str(kind), int(at_ms), int(index)) for kind, at_ms, index in header["events"])
                return Spoken(pcm=pcm, events=events, truncated=bool(header["truncated"]))
            pcm += piece

    def kill(self) -> None:
        self.killed = True
        self._process.kill()

    def end(self) -> None:
        self._process.kill()
        returncode = self._process.wait()
        self._drain.join()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            _close(_pipe(pipe))
        log.info("espeak_ended", espeak_pid=self.pid, returncode=returncode)

    def _read(self) -> tuple[dict[str, Any], bytes]:
        frame = read_frame(_pipe(self._process.stdout))
        if frame is None:
            raise EOFError
        return frame


class _Deadline:
    """Kills the child when time is up, which ends every read and write on its pipes."""

    def __init__(self, child: _Child, deadline: float) -> None:
        self._timer = threading.Timer(max(0.0, deadline - time.monotonic()), child.kill)

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()


def _environment() -> dict[str, str]:
    """What the child needs and no more: a C library that reads strangers' texts gets no AWS credentials."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH") if name in os.environ}
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**kept, "PYTHONPATH": os.pathsep.join(paths), "PYTHONSAFEPATH": "1", "LC_ALL": "C.UTF-8"}


def _log_lines(stream: BinaryIO, pid: int) -> None:
    for line in stream:
        log.warning("espeak_stderr", espeak_pid=pid, line=line.decode(errors="replace").strip()[:_STDERR_LINE_MAX])


def _pipe(stream: Any) -> BinaryIO:  # noqa: ANN401 - Popen's pipes are optional to its types
    pipe: BinaryIO = stream
    return pipe


def _close(pipe: BinaryIO) -> None:
    try:
        pipe.close()
    except BrokenPipeError:
        log.debug("espeak_pipe_broken")  # what was still in the buffer has no reader any more


def _late() -> TransientError:
    return TransientError("engine_timeout", "Speaking the text took too long.", engine="espeak-ng")


def _crashed() -> TransientError:
    return TransientError("engine_crashed", "The speech engine stopped while it spoke the text.", engine="espeak-ng")
