"""How unknown words are said, by espeak-ng's rules, asked of a process of its own."""

from __future__ import annotations

import time
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

import structlog

from schemas.errors import TransientError
from workers.engines.espeak.process import EspeakProcess, RefusedByEspeakError

if TYPE_CHECKING:
    from collections.abc import Callable

#: The accent of the dictionary and the acoustic model.
VOICE = "gmw/en-US"
TIMEOUT_S = 5.0
#: A process that failed is not asked again for so long: the words stay without scores, and the job is not held up.
REST_S = 30.0
_REMEMBERED = 4096

log = structlog.get_logger(__name__)


class Speller(Protocol):
    """What is needed of espeak's process."""

    def phonemes(self, text: str, *, voice: str, timeout_s: float) -> str:
        """Return a text's IPA."""

    def close(self) -> None:
        """End it."""


class Rules:
    """Asks espeak-ng for a word's IPA; None where it is not installed, or fails."""

    def __init__(self, speller: Speller | None = None, *, now: Callable[[], float] = time.monotonic) -> None:
        self._speller = speller or (EspeakProcess() if find_spec("espeakng_loader") else None)
        self._now = now
        self._rests_until = 0.0
        self._remembered = lru_cache(_REMEMBERED)(self._asked)

    def __call__(self, word: str) -> str | None:
        """Return the word's IPA, if there is any."""
        if self._speller is None or self._now() < self._rests_until:
            return None
        try:
            return self._remembered(word)
        except (TransientError, RefusedByEspeakError) as error:
            self._rests_until = self._now() + REST_S
            log.warning("pronunciation_rules_failed", error=type(error).__name__)
            return None

    def close(self) -> None:
        """End espeak's process."""
        if self._speller is not None:
            self._speller.close()

    def _asked(self, word: str) -> str | None:
        if self._speller is None:
            return None
        return self._speller.phonemes(word, voice=VOICE, timeout_s=TIMEOUT_S) or None
