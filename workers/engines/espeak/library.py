"""espeak-ng's C library by ctypes. One instance per process, and one thread: eight threads at once crash it.

Source: https://github.com/espeak-ng/espeak-ng/blob/1.52.0/src/include/espeak-ng/speak_lib.h
"""

from __future__ import annotations

import ctypes
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable

_SYNCHRONOUS = 2
_DONT_EXIT = 0x8000
_CHARACTERS, _UTF8, _SSML, _END_PAUSE = 1, 1, 0x10, 0x1000
_IPA = 2
_RATE = 1
_EVENT_TYPES = {1: "word", 2: "sentence"}


class LibraryError(Exception):
    """espeak-ng refused a call."""


class _EventId(ctypes.Union):
    _fields_: ClassVar = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_: ClassVar = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    ]


class _Voice(ctypes.Structure):
    _fields_: ClassVar = [
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_void_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("xx1", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    ]


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@dataclass(frozen=True, kw_only=True)
class Utterance:
    """One text for espeak, as its process is asked to speak it."""

    text: str
    ssml: bool
    voice: str
    """An identifier, for example `gmw/en-US+f3`."""
    words_per_minute: int
    max_samples: int
    """Longest audio; the synthesis is broken off beyond it."""


@dataclass
class Outcome:
    """What is known once an utterance has been spoken."""

    events: list[tuple[str, int, int]]
    """Type (`word`, `sentence`), time in ms, and index of a character (Unicode code point) in the utterance's text."""
    samples: int = 0
    truncated: bool = False


class Library:
    """The loaded library, ready to speak."""

    def __init__(self, library_path: str, data_path: str) -> None:
        self._library = ctypes.CDLL(library_path)
        self._library.espeak_Info.restype = ctypes.c_char_p
        self._library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        # espeak builds paths in a buffer of 160 bytes and fails with a longer data path, so it is started from within
        # the directory; the process has no other use for its working directory.
        os.chdir(data_path)
        self.sample_rate_hz = int(self._library.espeak_Initialize(_SYNCHRONOUS, 0, b".", _DONT_EXIT))
        if self.sample_rate_hz <= 0:
            raise LibraryError("espeak-ng could not be initialised")
        self.version = (self._library.espeak_Info(None) or b"").decode()
        self.variants = sorted(path.name for path in Path(data_path, "voices", "!v").iterdir())
        self._callback: Any = None

    def voices(self) -> list[tuple[str, list[str], str]]:
        """Each voice's name, languages (best first) and identifier."""
        found = []
        listed = self._library.espeak_ListVoices(None)
        index = 0
        while listed[index]:
            voice = listed[index].contents
            found.append((voice.name.decode().strip(), _languages(voice.languages), voice.identifier.decode()))
            index += 1
        return found

    def speak(self, utterance: Utterance, on_audio: Callable[[bytes], None]) -> Outcome:
        """Speak; `on_audio` is given mono PCM s16le piece by piece.

        Raises:
            LibraryError: the voice can't be selected, or the synthesis failed.
        """
        self._select(utterance.voice)
        self._library.espeak_SetParameter(_RATE, utterance.words_per_minute, 0)
        outcome = Outcome([])
        # Kept on self: the library calls it after this method's own reference is gone, when a synthesis is broken off.
        self._callback = _CALLBACK(_Receiver(outcome, utterance.max_samples, on_audio))
        self._library.espeak_SetSynthCallback(self._callback)
        data = utterance.text.encode()
        flags = _UTF8 | _END_PAUSE | (_SSML if utterance.ssml else 0)
        size = ctypes.c_size_t(len(data) + 1)
        status = self._library.espeak_Synth(data, size, 0, _CHARACTERS, 0, flags, None, None)
        if status != 0 and not outcome.truncated:
            raise LibraryError(f"the synthesis ended with status {status}")
        return outcome

    def phonemes(self, text: str, voice: str) -> str:
        """Return how a voice would say the text, in IPA with stress marks.

        Raises:
            LibraryError: the voice can't be selected.
        """
        self._select(voice)
        rest = ctypes.c_char_p(text.encode())
        clauses = []
        while rest.value:
            clauses.append(self._library.espeak_TextToPhonemes(ctypes.byref(rest), _CHARACTERS, _IPA) or b"")
        return b" ".join(clauses).decode()

    def _select(self, voice: str) -> None:
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise LibraryError("the voice can't be selected")


class _Receiver:
    """espeak's callback: 0 goes on, 1 ends the synthesis."""

    def __init__(self, outcome: Outcome, max_samples: int, on_audio: Callable[[bytes], None]) -> None:
        self._outcome = outcome
        self._max_samples = max_samples
        self._on_audio = on_audio

    def __call__(self, wave: Any, samples: int, events: Any) -> int:  # noqa: ANN401 - ctypes pointers
        self._note(events)
        if not wave or samples <= 0 or self._outcome.truncated:
            return int(self._outcome.truncated)
        self._outcome.samples += samples
        if self._outcome.samples > self._max_samples:
            self._outcome.truncated = True
            return 1
        self._on_audio(ctypes.string_at(wave, samples * 2))
        return 0

    def _note(self, events: Any) -> None:  # noqa: ANN401 - a ctypes pointer
        index = 0
        while events[index].type != 0:
            event = events[index]
            index += 1
            if name := _EVENT_TYPES.get(event.type):
                self._outcome.events.append((name, event.audio_position, max(0, event.text_position - 1)))


def _languages(pointer: int) -> list[str]:
    """Read espeak's list: a byte of priority, a C string, and so on until a priority of 0."""
    found = []
    while ctypes.string_at(pointer, 1) != b"\0":
        language = ctypes.string_at(pointer + 1)
        found.append(language.decode())
        pointer += len(language) + 2
    return found
