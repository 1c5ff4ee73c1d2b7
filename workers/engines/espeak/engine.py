"""The embedded speech engine: a request in, encoded audio and speech marks out; no network, about 40 MB."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol

from schemas.errors import PermanentError, TransientError
from workers.engines.audio.encode import MIMES, encode, require_encodable
from workers.engines.audio.loudness import Loudness
from workers.engines.calling import Clock
from workers.engines.espeak.library import Utterance
from workers.engines.espeak.process import EspeakProcess, RefusedByEspeakError
from workers.engines.espeak.script import script_of_text
from workers.engines.espeak.spans import speech_marks
from workers.engines.espeak.ssml import script_of_ssml
from workers.engines.espeak.voices import Catalogue
from workers.engines.ports import Speech

if TYPE_CHECKING:
    from schemas.kinds.tts import TtsRequest
    from workers.engines.espeak.process import Hello, Spoken
    from workers.engines.espeak.script import Script
    from workers.engines.espeak.voices import ChosenVoice

#: 20,000 characters take 20 minutes in English and 51 in Korean at normal speed; an hour of PCM is 159 MB.
MAX_AUDIO_S = 3_600
WORDS_PER_MINUTE = 175
#: The slowest and fastest that espeak speaks.
_RATE_BOUNDS = (80, 450)


class Speaker(Protocol):
    """What the engine needs of espeak's process."""

    def hello(self, *, timeout_s: float) -> Hello:
        """Say what there is."""

    def speak(self, utterance: Utterance, *, timeout_s: float) -> Spoken:
        """Speak it."""

    def close(self) -> None:
        """End it."""


class EspeakEngine:
    """Implements SpeechEngine; safe to use from several threads, which take turns."""

    name: ClassVar[str] = "espeak-ng"

    def __init__(self, speaker: Speaker | None = None) -> None:
        self._speaker = EspeakProcess() if speaker is None else speaker

    def speak(self, request: TtsRequest, *, timeout_s: float) -> Speech:
        """Speak the request's text.

        Raises:
            PermanentError: `nothing_to_speak`, `invalid_ssml`, `unsupported_language`, `unknown_voice`,
                `unsupported_sample_rate`, `audio_too_long`, `refused_by_engine`.
            TransientError: `engine_timeout`, `engine_crashed`.
        """
        require_encodable(request.format, request.sample_rate_hz)
        clock = Clock(timeout_s, _late)
        hello = self._speaker.hello(timeout_s=clock.remaining_s())
        catalogue = Catalogue(hello.voices, hello.variants)
        voice = catalogue.choose(request.language, request.voice)
        script = _script(request, voice, catalogue)
        spoken = self._spoken(_utterance(request, voice, script, hello), clock)
        return _speech(request, voice, script, hello, spoken, clock)

    def close(self) -> None:
        """End espeak's process."""
        self._speaker.close()

    def _spoken(self, utterance: Utterance, clock: Clock) -> Spoken:
        try:
            spoken = self._speaker.speak(utterance, timeout_s=clock.remaining_s())
        except RefusedByEspeakError as error:
            raise _permanent("refused_by_engine", f"espeak-ng refused the text: {error}.") from error
        if spoken.truncated:
            raise _permanent("audio_too_long", f"Spoken, the text lasts longer than {MAX_AUDIO_S // 60} minutes.")
        return spoken


def _late() -> TransientError:
    return TransientError("engine_timeout", "Encoding the audio took too long.", engine=EspeakEngine.name)


def _script(request: TtsRequest, voice: ChosenVoice, catalogue: Catalogue) -> Script:
    if request.text_type == "ssml":
        return script_of_ssml(request.text, voice.language, lambda tag: catalogue.choose(tag, None).language)
    return script_of_text(request.text, voice.language)


def _utterance(request: TtsRequest, voice: ChosenVoice, script: Script, hello: Hello) -> Utterance:
    slowest, fastest = _RATE_BOUNDS
    return Utterance(
        text=script.text,
        ssml=script.ssml,
        voice=voice.identifier,
        words_per_minute=min(fastest, max(slowest, round(WORDS_PER_MINUTE * request.rate))),
        max_samples=MAX_AUDIO_S * hello.sample_rate_hz,
    )


def _speech(  # noqa: PLR0913, PLR0917 - everything that was found out on the way
    request: TtsRequest, voice: ChosenVoice, script: Script, hello: Hello, spoken: Spoken, clock: Clock
) -> Speech:
    loudness = Loudness(spoken.pcm, hello.sample_rate_hz)
    if loudness.silent:
        raise _permanent("nothing_to_speak", "The voice has no sound for any of the text; see its language.")
    duration_ms = len(spoken.pcm) // 2 * 1000 // hello.sample_rate_hz
    return Speech(
        audio=encode(
            spoken.pcm,
            hello.sample_rate_hz,
            to=request.format,
            sample_rate_hz=request.sample_rate_hz,
            checkpoint=clock.check,
        ),
        mime=MIMES[request.format],
        duration_ms=duration_ms,
        sample_rate_hz=request.sample_rate_hz,
        marks=speech_marks(
            request.text, script, spoken.events, loudness=loudness, duration_ms=duration_ms, wanted=request.marks
        ),
        voice=voice.name,
        model=hello.version,
        characters=script.characters,
    )


def _permanent(code: str, message: str) -> PermanentError:
    return PermanentError(code, message, engine=EspeakEngine.name)
