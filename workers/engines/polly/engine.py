"""Speech by Amazon Polly: a text goes out in pieces, and comes back as one recording with its speech marks."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from schemas.errors import PermanentError
from workers.engines.audio.encode import MIMES, require_encodable
from workers.engines.calling import Clock
from workers.engines.polly.assembly import Part, assembled
from workers.engines.polly.atoms import atoms_of
from workers.engines.polly.calls import Calls, late
from workers.engines.polly.joining import decoded, of_pcm
from workers.engines.polly.options import PollyOptions
from workers.engines.polly.pieces import MAX_AUDIO_S, pieces_of
from workers.engines.polly.service import NAME, Polly
from workers.engines.polly.source import source_of
from workers.engines.polly.voices import PREFERRED, Catalogue
from workers.engines.ports import Speech

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.kinds.tts import TtsRequest
    from workers.engines.polly.pieces import Piece
    from workers.engines.polly.source import Source
    from workers.engines.polly.voices import ChosenVoice

#: Goes into `identity`: another number when pieces are cut, joined or encoded otherwise.
_REVISION = 1


class PollyEngine:
    """Implements SpeechEngine; safe to use from several threads."""

    Options: ClassVar = PollyOptions
    name: ClassVar[str] = NAME
    metered: ClassVar[bool] = True

    def __init__(self, options: PollyOptions) -> None:
        self._options = options
        self._polly = Polly(options)
        self._lock = threading.Lock()
        self._known: Catalogue | None = None

    @property
    def identity(self) -> str:
        """What its audio depends on: the engine, the voices that are taken, lexicons, and how it is joined."""
        settings = json.dumps(
            [dict(PREFERRED), self._options.voices, self._options.lexicons, _REVISION], sort_keys=True
        )
        return f"{NAME}/{self._options.engine}/{hashlib.sha256(settings.encode()).hexdigest()[:16]}"

    def speak(self, request: TtsRequest, *, timeout_s: float) -> Speech:
        """Speak the request's text.

        Raises:
            PermanentError: `nothing_to_speak`, `invalid_ssml`, `unsupported_language`, `unknown_voice`,
                `engine_not_supported`, `unsupported_sample_rate`, `text_too_long`, `unknown_lexicon`,
                `audio_too_long`, `marks_not_supported`, `refused_by_engine`.
            TransientError: `engine_timeout`, `throttled`, `engine_unavailable`.
        """
        require_encodable(request.format, request.sample_rate_hz)
        _require_marks(request, self._options.engine)
        clock = Clock(timeout_s, late)
        pieces = pieces_of(atoms_of(request, self._options.engine))
        source = source_of(request, self._options.engine, len(pieces))
        with Calls(self._options.concurrent_calls, clock) as calls:
            catalogue = calls.begin(partial(self._catalogue, clock))
            calls.wait()
            voice = catalogue.result().choose(request.language, request.voice)
            # What may be paid for is left to the job, but not one of many pieces: all would be bought again.
            again = len(pieces) > 1
            jobs = [partial(self._spoken, piece, request, voice, source, clock) for piece in pieces]
            spoken = [calls.begin(job, again=again) for job in jobs]
            calls.wait()
        return self._speech(request, voice, source, [part.result() for part in spoken], clock)

    def close(self) -> None:
        """Nothing is held but connections, which end with the process."""

    def _catalogue(self, clock: Clock) -> Catalogue:
        """Polly's voices, asked for once per process."""
        with self._lock:
            if self._known is None:
                voices = self._polly.voices(deadline_s=clock.remaining_s())
                self._known = Catalogue(voices, self._options.engine, self._options.voices)
            return self._known

    def _spoken(self, piece: Piece, request: TtsRequest, voice: ChosenVoice, source: Source, clock: Clock) -> Part:
        """One piece: its audio, and its marks by a second call."""
        answer = self._polly.audio(
            piece, voice, to=source.format, sample_rate_hz=source.sample_rate_hz, deadline_s=clock.remaining_s()
        )
        samples = of_pcm(answer.body) if source.format == "pcm" else decoded(answer.body, source.sample_rate_hz)
        if len(samples) >= (MAX_AUDIO_S - 1) * source.sample_rate_hz:
            minutes = MAX_AUDIO_S // 60
            raise PermanentError(
                "audio_too_long",
                f"Polly speaks for {minutes} minutes at once, and a part of the text takes longer.",
                engine=NAME,
            )
        part = Part(piece=piece, samples=samples, audio=answer.body, billed_characters=answer.characters)
        if not request.marks:
            return part
        clock.check()
        marks, characters = self._polly.marks(piece, voice, request.marks, deadline_s=clock.remaining_s())
        return replace(part, marks=marks, billed_characters=part.billed_characters + characters)

    def _speech(
        self, request: TtsRequest, voice: ChosenVoice, source: Source, parts: Sequence[Part], clock: Clock
    ) -> Speech:
        recording = assembled(request, parts, source, clock.check)
        billed = sum(part.billed_characters for part in parts)
        return Speech(
            audio=recording.audio,
            mime=MIMES[request.format],
            duration_ms=recording.duration_ms,
            sample_rate_hz=request.sample_rate_hz,
            marks=recording.marks,
            voice=voice.id,
            model=f"polly-{self._options.engine}",
            characters=sum(part.piece.characters for part in parts),
            billed_characters=billed,
            cost_microusd=round(billed * self._options.microusd_per_character),
        )


def _require_marks(request: TtsRequest, engine: str) -> None:
    """Refuse before anything is paid: https://docs.aws.amazon.com/polly/latest/dg/speechmarks.html."""
    if request.marks and engine == "generative":
        raise PermanentError("marks_not_supported", "Polly's generative voices have no speech marks.", engine=NAME)
